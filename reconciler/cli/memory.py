"""The collector of cyclic garbage, for commands that hold a whole fleet in memory for a few seconds and then end."""

import gc

_YOUNG = 200_000
"""Objects made before the collector looks for cycles; as shipped 700, so that a plan's half a million are looked through often."""


def collect_seldom() -> None:
    """A fifth of a large plan's processor time went into looking for cycles that documents and plans don't have."""
    gc.set_threshold(_YOUNG, 50, 100)
