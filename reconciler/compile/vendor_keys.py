"""Vendors' own keys under `raw`, held against our dated table. Pure.

The table is a snapshot: a key that it doesn't know may be new, so that is a warning here. What the live tenant doesn't
know is an error when a plan is made; so is what Apple doesn't publish, as no device says anything of it.
"""

import difflib
from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.apple.checking import SECRET, check_part
from reconciler.apple.published import Published
from reconciler.compile.raw_lines import APPLE, raw_lines
from reconciler.model.documents import Documents, RawLine
from reconciler.model.finding import Finding, Severity
from reconciler.settings.table import VendorKeys

_NEAR: Final = 0.75
"""How much alike two names are, of 1, before one is proposed for the other."""


def check_vendor_keys(documents: Documents, tables: Mapping[str, VendorKeys]) -> tuple[Finding, ...]:
    """Warnings for schemas and fields that the table of their system lacks; a system without a table has none."""
    lines = (line for line in raw_lines(documents) if line.system in tables)
    return tuple(finding for line in lines for finding in _check(line, tables[line.system]))


def check_apple_keys(documents: Documents, published: Published) -> tuple[Finding, ...]:
    """Warnings for what is wrong on every platform: a profile is judged whole, by its group's, when a plan is made.

    A secret in a file is an error on everything, before any of it reaches a plan.
    """
    lines = (line for line in raw_lines(documents) if line.system == APPLE)
    return tuple(finding for line in lines for finding in _check_apple(line, published))


def _check_apple(line: RawLine, published: Published) -> Iterator[Finding]:
    for problem in check_part(line.schema, line.fields, published=published):
        severity = Severity.ERROR if problem.code == SECRET else Severity.WARNING
        place = line.at.child("fields", problem.top) if problem.top else line.at.child("schema")
        yield Finding(code=problem.code, severity=severity, place=place, values=problem.values)


def _check(line: RawLine, keys: VendorKeys) -> Iterator[Finding]:
    if not keys.knows(line.schema):
        values = {"schema": line.schema, "read": keys.read, "near": _near_schema(line.schema, keys)}
        yield _warning("RAW-SCHEMA-UNKNOWN", line, ("schema",), values)
        return
    for name in line.fields:
        if not keys.knows(line.schema, name):
            near = difflib.get_close_matches(name, keys.schemas[line.schema], n=1, cutoff=0.6)
            values = {"schema": line.schema, "field": name, "read": keys.read, "near": near[0] if near else ""}
            yield _warning("RAW-FIELD-UNKNOWN", line, ("fields", name), values)


def _near_schema(schema: str, keys: VendorKeys) -> str:
    """Only the last names are compared: a namespace that is long and right would make any two of its schemas look alike."""
    namespace, _, name = schema.rpartition(".")
    spaces = {other.rpartition(".")[0] for other in keys.schemas}
    if namespace not in spaces:
        namespace = next(iter(difflib.get_close_matches(namespace, sorted(spaces), n=1, cutoff=_NEAR)), "")
    names = [other.rpartition(".")[2] for other in keys.schemas if other.rpartition(".")[0] == namespace]
    near = difflib.get_close_matches(name, names, n=1, cutoff=_NEAR)
    # Types of Microsoft Graph have no namespace.
    return ".".join(part for part in (namespace, near[0]) if part) if near else ""


def _warning(code: str, line: RawLine, path: tuple[str, ...], values: dict[str, str]) -> Finding:
    return Finding(code=code, severity=Severity.WARNING, place=line.at.child(*path), values=values)
