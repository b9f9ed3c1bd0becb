"""What a pull request means: two compiled states compared, in the words of those who must approve. Pure."""
