"""Desired state in Git for the school devices of a Swedish municipality."""

__version__ = "0.1.0"
