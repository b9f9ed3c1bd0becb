"""From files to documents. `tree` and `revision` read files, `cache` remembers; everything else is computation on bytes."""

from reconciler.load.repository import Loaded, load
from reconciler.load.tree import Tree, read_tree

__all__ = ["Loaded", "Tree", "load", "read_tree"]
