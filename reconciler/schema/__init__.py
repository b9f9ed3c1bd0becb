"""The JSON Schemas of the files that people write, and the check against them."""
