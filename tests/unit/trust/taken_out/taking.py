"""Asks all rows again of a copy of `reconciler.trust` in which one piece of source is another."""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

import reconciler.trust

FOLDER = Path(reconciler.trust.__file__).parent
AGAIN = ("reconciler.trust", "tests.unit.trust")


def red_rows(module: str, old: str, new: str) -> set[str]:
    """The names of the rows that no longer hold with `old`, which stands in the module exactly once, written as `new`."""
    source = (FOLDER / f"{module}.py").read_text("utf-8")
    assert source.count(old) == 1, f"{module}.py has {source.count(old)} times: {old}"
    with _instead(f"reconciler.trust.{module}", source.replace(old, new)):
        cases = importlib.import_module("tests.unit.trust.cases")
        holds = importlib.import_module("tests.unit.trust.cases.row").holds
        return {name for name, row in cases.ROWS.items() if not _still(holds, row)}


def _still(holds: Callable[[object], bool], row: object) -> bool:
    try:
        return holds(row)
    except (KeyError, AttributeError, TypeError):  # a crash is noticed too
        return False


class _Changed(MetaPathFinder, Loader):
    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target  # importlib's interface has them
        return spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.name, "exec"), module.__dict__)  # noqa: S102  # our own source, one piece changed


@contextmanager
def _instead(name: str, source: str) -> Iterator[None]:
    """Everything that knows the module is read anew, and put back as it was."""
    before = {key: module for key, module in sys.modules.items() if key.startswith(AGAIN)}
    finder = _Changed(name, source)
    for key in before:
        del sys.modules[key]
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for key in [key for key in sys.modules if key.startswith(AGAIN)]:
            del sys.modules[key]
        sys.modules.update(before)
