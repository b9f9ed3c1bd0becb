"""From documents to the desired state, and back from a value to the lines that made it so.

Purely computational: `desired = f(documents, inventory, as_of)`. Reads no file, no clock, no environment.
"""
