"""The command line: parses flags, calls the edges, renders, and ends with an exit code that means something.

Nothing is decided here. Commands are imported only when they are run, so that `--version` costs little more than click.
"""
