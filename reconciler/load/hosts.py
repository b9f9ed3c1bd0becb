"""hosts.yaml: which folder is which municipality, where its jobs run, and which tenants are its. Owned by the host alone.

A municipality edits its own folder. What it writes there as its uid or tenant counts only where this table says the
same, so that no folder can have another's tenant read or changed. A repository with one municipality needs no table.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from reconciler.load.faults import Faults
from reconciler.load.secrets_scan import find_secrets
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.model.finding import Finding
from reconciler.model.place import Pointer, Position

HOSTS: Final = "hosts.yaml"

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
RESERVED: Final = frozenset(
    {
        "app-catalogs",
        "build",
        "docs",
        "inventories",
        "policies",
        "reconciler",
        "schemas",
        "schools",
        "shared",
        "site",
        "tests",
    }
)
"""Folders at the top that are everybody's: the tool, its schemas and its tests, and what a municipality without a folder of its own has.
What lies in a municipality's folder needs nobody else's approval."""
_UID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KEYS: Final = frozenset({"folder", "uid", "environment", "tenants"})
LARGEST: Final = 1_000_000
"""Bytes; what is beyond is not read, so that a longer table is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One municipality: its folder from the root, its uid, the environment its jobs run in, tenant by backend."""

    folder: str
    uid: str
    environment: str
    tenants: Mapping[str, str] = field(default_factory=dict)
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """`listed` is None where there is no table. With an error nothing in it counts."""

    listed: tuple[Host, ...] | None
    findings: tuple[Finding, ...]
    locate: Sources


def read_hosts(root: Path) -> Hosts:
    file = root / HOSTS
    if not file.is_file() or file.is_symlink():
        return Hosts(listed=None, findings=(), locate=Sources({}))
    with file.open("rb") as opened:
        return read_table(opened.read(LARGEST))


def read_table(data: bytes) -> Hosts:
    """The same from what the file holds, at a revision for one."""
    locate = Sources({HOSTS: data})
    read = read_document(HOSTS, data)
    if found := (*find_secrets(HOSTS, data), *read.findings):
        return Hosts(listed=(), findings=found, locate=Sources({}))
    faults = Faults()
    listed = tuple(_hosts(read.value, faults))
    _check_unique(listed, faults)
    return Hosts(listed=() if faults.found else listed, findings=tuple(faults.found), locate=locate)


def _hosts(document: Any, faults: Faults) -> Iterator[Host]:
    rows = document.get("organisations") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows or set(document) != {"organisations"}:
        faults.error("HOSTS-NO-LIST", Position(file=HOSTS, line=1, column=1))
        return
    for number, row in enumerate(rows):
        at = Pointer(file=HOSTS, path=("organisations", number))
        if not isinstance(row, dict) or set(row) != _KEYS:
            faults.error("HOSTS-KEYS", at)
            continue
        wrong = next((key for key in ("folder", "uid", "environment", "tenants") if not _is_right(key, row[key])), None)
        if wrong:
            faults.error(f"HOSTS-{wrong.upper()}", Pointer(file=HOSTS, path=(*at.path, wrong)))
            continue
        yield Host(**row, at=at)


def _is_right(key: str, value: Any) -> bool:
    if key == "tenants":
        return isinstance(value, dict) and all(
            _NAME.fullmatch(str(name)) and isinstance(tenant, str) and tenant for name, tenant in value.items()
        )
    if not isinstance(value, str):
        return False
    if key == "folder":
        parts = PurePosixPath(value).parts
        own = not parts or parts[0] not in RESERVED
        return own and all(_NAME.fullmatch(part) for part in parts) and value == str(PurePosixPath(value))
    return bool((_UID if key == "uid" else _NAME).fullmatch(value))


def _check_unique(listed: tuple[Host, ...], faults: Faults) -> None:
    """Two rows for one folder, uid or environment, or one tenant of two municipalities: the second line is the error."""
    seen: dict[tuple[str, str], Host] = {}
    for host in listed:
        facts = [("folder", host.folder), ("uid", host.uid), ("environment", host.environment)]
        facts += [("tenant", tenant.lower()) for tenant in host.tenants.values()]
        for kind, value in dict.fromkeys(facts):
            other = seen.setdefault((kind, value), host)
            if other is not host:
                faults.error("HOSTS-TWICE", host.at, kind=kind, value=value, other=other.folder)
        if any(other is not host and _is_within(host.folder, other.folder) for other in listed):
            faults.error("HOSTS-WITHIN", host.at, folder=host.folder)


def _is_within(folder: str, other: str) -> bool:
    return folder != other and (other == "." or PurePosixPath(folder).is_relative_to(other))
