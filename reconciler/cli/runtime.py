"""How Python runs a command that holds a whole fleet in memory for a few seconds, reads in threads, and then ends."""

import atexit
import gc
import sys

_YOUNG = 200_000
"""Objects made before the collector looks for cycles; as shipped 700, so that a plan's half a million are looked through often."""


def suit_large_plans() -> None:
    """A fifth of a large plan's processor time went into looking for cycles that documents and plans don't have.

    So did the one search that Python makes at its end. And a page that had arrived waited up to 5 ms, again and again, for
    whoever was computing meanwhile.
    """
    atexit.register(gc.freeze)
    gc.set_threshold(_YOUNG, 50, 100)
    sys.setswitchinterval(0.0005)
