"""The forge that holds the repository: what is asked of it and written to it. GitHub, over the same HTTP as everything else."""
