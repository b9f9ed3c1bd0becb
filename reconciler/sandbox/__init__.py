"""Emulators of the vendors' HTTP APIs, for tests, `make demo` and trying things out.

Imports nothing of the rest of `reconciler`: a misunderstanding of a vendor must not be made twice. I/O: `server` opens a
socket on loopback and reads seed files, `clock` reads the time; everything else works on what it is given.
"""

from __future__ import annotations

from reconciler.sandbox.app import Sandbox, create_app
from reconciler.sandbox.clock import Clock, ManualClock, SystemClock
from reconciler.sandbox.faults import Fault
from reconciler.sandbox.options import Options
from reconciler.sandbox.seed_file import SeedError, load_seed
from reconciler.sandbox.server import reset, seed, serve
from reconciler.sandbox.state import State, dump, load

__all__ = [
    "Clock",
    "Fault",
    "ManualClock",
    "Options",
    "Sandbox",
    "SeedError",
    "State",
    "SystemClock",
    "create_app",
    "dump",
    "load",
    "load_seed",
    "reset",
    "seed",
    "serve",
]
