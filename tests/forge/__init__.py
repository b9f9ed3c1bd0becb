"""A stand-in for GitHub's REST API on loopback. It imports nothing of `reconciler`, so that no misunderstanding is made twice."""
