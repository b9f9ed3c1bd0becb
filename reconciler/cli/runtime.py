"""How Python runs a command that holds documents or a whole fleet in memory for a few seconds, and then ends."""

import atexit
import gc
import os
import sys
import threading

_YOUNG = 200_000
"""Objects made before the collector looks for cycles; as shipped 700, so that a plan's half a million are looked through often."""


def suit_one_command() -> None:
    """A fifth of a large plan's processor time went into looking for cycles that documents and plans don't have, and a
    twentieth of a small check's. So did the one search that Python makes at its end."""
    atexit.register(gc.freeze)
    gc.set_threshold(_YOUNG, 50, 100)


def suit_reading_in_threads() -> None:
    """A page that had arrived waited up to 5 ms, again and again, for whoever was computing meanwhile."""
    sys.setswitchinterval(0.0005)


def leave(code: int) -> None:
    """End at once where nothing is left to do: taking modules and documents apart first takes a twentieth of a small check.

    Returns where a thread is still at work, or where the reader of what is printed has gone; Python's own end then follows.
    """
    if threading.active_count() > 1:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(code)
