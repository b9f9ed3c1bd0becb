"""Neutral settings and ways to install, as data: what they mean, how they are ordered, what each system calls them.

Pure apart from `table.load_settings`, which reads the data files that lie in this package.
"""
