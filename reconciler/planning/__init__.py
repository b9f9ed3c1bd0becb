"""From what is wanted and what is there to a plan: differences, order, limits, effects. Purely computational.

Imports only the model: no files, no network, no clock. The same input gives the same plan, byte for byte.
"""
