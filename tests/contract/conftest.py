"""The adapters under contract, each with a tenant of its own for every test."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from reconciler.sandbox import load_seed
from tests.contract.google_live import google_live
from tests.contract.intune_live import intune_live
from tests.contract.live import Live
from tests.contract.memory_live import memory_live
from tests.contract.running import INTUNE_SEED, SEED, ZENTRAL_SEED, Run, new_run
from tests.contract.zentral_live import zentral_live

ADAPTERS: Mapping[str, Callable[[], Live]] = {
    "google": lambda: google_live(load_seed(SEED)),
    "intune": lambda: intune_live(load_seed(INTUNE_SEED)),
    "zentral": lambda: zentral_live(load_seed(ZENTRAL_SEED)),
    "memory": lambda: memory_live(SEED),
}


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Run]:
    """A run of an adapter by name, on the small repository and the small tenant."""

    def make(adapter: str, files: Mapping[str, str] | None = None) -> Run:
        return new_run(ADAPTERS[adapter](), tmp_path, files)

    return make
