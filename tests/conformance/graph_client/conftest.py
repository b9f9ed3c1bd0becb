"""These tests need packages that take 0.9 GB of disk: `make conformance` gives them an environment of their own."""

import importlib.util

# Modules here import those packages: without them not even their names can be collected.
collect_ignore_glob = [] if importlib.util.find_spec("msgraph") else ["test_*.py"]
