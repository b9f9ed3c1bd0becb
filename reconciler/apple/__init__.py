"""Apple's configuration profiles: composed, read back, and held against the keys that Apple publishes.

Every management system that takes profiles uses this; none of it knows of any of them. Pure apart from
`published.load_published`, which reads the extract that lies in this package.
"""
