"""One check of a module taken out while a test runs: the functions that are there get the code of a source with one piece changed."""

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import click


@contextmanager
def taken_out(name: str, old: str, new: str) -> Iterator[None]:
    """`old` stands in the module's source exactly once; it is put back at the end."""
    module = importlib.import_module(name)
    assert module.__file__ is not None
    source = Path(module.__file__).read_text("utf-8")
    assert source.count(old) == 1, f"{name} has {source.count(old)} times: {old}"
    other: dict[str, Any] = {"__name__": name, "__file__": module.__file__}
    exec(compile(source.replace(old, new), name, "exec"), other)  # noqa: S102  # our own source, one piece changed
    before = _codes(vars(module), module)
    for path, function in before.items():
        function.__code__ = _code_of(other, path)
    try:
        yield
    finally:
        original: dict[str, Any] = {"__name__": name, "__file__": module.__file__}
        exec(compile(source, name, "exec"), original)  # noqa: S102  # our own source, as it is
        for path, function in before.items():
            function.__code__ = _code_of(original, path)


def _codes(names: dict[str, Any], module: ModuleType) -> dict[tuple[str, ...], FunctionType]:
    """The functions that the module itself has written, methods and commands too, by where they stand."""
    found: dict[tuple[str, ...], FunctionType] = {}
    for name, value in names.items():
        function = _function(value)
        if function is not None and function.__module__ == module.__name__:
            found[name,] = function
        elif inspect.isclass(value) and value.__module__ == module.__name__:
            for own, inner in vars(value).items():
                method = _function(inner)
                if method is not None and method.__code__.co_filename != "<string>":  # a dataclass writes some itself
                    found[name, own] = method
    return {path: one for path, one in found.items() if not one.__code__.co_freevars}


def _function(value: object) -> FunctionType | None:
    value = value.callback if isinstance(value, click.Command) else value
    value = inspect.unwrap(value) if callable(value) and not inspect.isclass(value) else value
    return value if isinstance(value, FunctionType) else None


def _code_of(names: dict[str, Any], path: tuple[str, ...]) -> CodeType:
    value = names[path[0]]
    for part in path[1:]:
        value = vars(value)[part]
    function = _function(value)
    assert function is not None
    return function.__code__
