"""The words of the product as frozen data: documents, desired state, live state, changes, plan, findings.

Purely computational: imports nothing of the rest, reads no file, no clock, no environment.
"""
