"""Carrying out a saved plan, through the adapters' four verbs: read, compare, write, read back, and a journal of it all.

Knows no vendor and no HTTP: a failure is whatever exception says its message's `code` and `values()`.
"""
