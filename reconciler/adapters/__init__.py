"""Vendors. Each package turns the neutral desired state into its system's resources, reads, and writes; it decides nothing.

Pure modules (`lower`, `places`, `policies`, `mark`) are apart from those that talk HTTP (`adapter`, `reading`, `writing`).
"""
