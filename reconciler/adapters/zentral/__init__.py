"""Zentral: tags of one taxonomy of ours as groups, artifacts with versions, links of a blueprint as assignments.

Facts: tried against a running server in November 2026; what that left open was read in Zentral's source, commit 0e191465 of
2026-08-22, which the docstrings name by file.
"""
