"""`policies/tests/*.yaml` to cases, and a case's small documents to documents.

What all cases of a file begin with is written once, and each case writes only what is different. Mappings are put
together key by key, lists of things with an `id` thing by thing, other lists take each other's place, and null takes
something away.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from reconciler.load.faults import Faults
from reconciler.load.places import below
from reconciler.load.repository import Loaded, load
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.load.tree import Tree
from reconciler.load.wishes import Data, day
from reconciler.model.finding import Finding, is_error
from reconciler.model.place import Json, Pointer
from reconciler.model.policy_case import CaseDevice, PolicyCase
from reconciler.schema.check import check

_ORGANISATION: Final[Mapping[str, Json]] = {
    "uid": "00000000-0000-4000-8000-000000000000",
    "name": "Provkommun",
    "municipality_code": "9999",
    "language": "sv",
    "backends": [
        {"id": "google", "kind": "google", "customer": "C0prov", "root": "/Enheter"},
        {"id": "intune", "kind": "intune", "tenant": "00000000-0000-4000-8000-000000000001"},
    ],
    "routes": [{"backend": "google", "platforms": ["chromeos"]}, {"backend": "intune"}],
}
"""A municipality in two environments, for cases that are about something else."""

_APP: Final[Mapping[str, Json]] = {"source": {"url": "https://www.example.se/", "read": "2026-01-01"}}
_FOLDERS: Final = {"schools": "schools", "baselines": "policies/baselines", "exceptions": "policies/exceptions"}
_APPS: Final = "app-catalogs/prov.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """`findings` are about files that could not be read as cases, and have pointers for places."""

    cases: tuple[PolicyCase, ...]
    findings: tuple[Finding, ...]
    locate: Sources


def read_cases(tree: Tree) -> Cases:
    """Every case of the files, in the order of the files; a file that is wrong drops out with its findings."""
    faults = Faults()
    faults.found.extend(tree.findings)
    sources = Sources(tree.files)
    cases: list[PolicyCase] = []
    for path, data in tree.files.items():
        read = read_document(path, data)
        found = read.findings or check("policy-test", path, read.value, sources)
        faults.found.extend(found)
        if isinstance(read.value, dict) and not any(map(is_error, found)):
            cases += _cases(read.value, Pointer(file=path), faults)
    return Cases(cases=tuple(cases), findings=tuple(faults.found), locate=sources)


def _cases(data: Data, at: Pointer, faults: Faults) -> Iterator[PolicyCase]:
    shared = data.get("documents", {})
    for number, one in enumerate(data["cases"]):
        place = below(at, "cases", number)
        dated, where = (one, place) if "today" in one else (data, at)
        yield PolicyCase(
            rule=one["rule"],
            name=one["name"],
            as_of=day(dated, "today", where, faults),
            documents=merge(shared, one.get("documents", {})),
            devices=tuple(_device(device) for device in one.get("devices", ())),
            expect=one["expect"],
            says=one.get("says", ""),
            at=place,
        )


def _device(data: Data) -> CaseDevice:
    return CaseDevice(group=data["group"], active=data.get("active", True), facts=data.get("facts", {}))


def merge(before: Any, change: Any) -> Any:
    """What was written first with what is different in it."""
    if isinstance(before, Mapping) and isinstance(change, Mapping):
        merged = {**before, **{key: merge(before.get(key), value) for key, value in change.items()}}
        return {key: value for key, value in merged.items() if value is not None}
    if _have_ids(before) and _have_ids(change):
        by_id = {one["id"]: one for one in before}
        return list((by_id | {one["id"]: merge(by_id.get(one["id"], {}), one) for one in change}).values())
    return change


def _have_ids(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) and "id" in one for one in value)


def load_case(documents: Mapping[str, Json]) -> Loaded:
    """The documents as if they had been files of a repository, with what is wrong in them."""
    return _load(json.dumps(documents, ensure_ascii=False, indent=1))


@lru_cache(maxsize=64)
def _load(text: str) -> Loaded:
    documents: dict[str, Any] = json.loads(text)
    files: dict[str, Json] = {"organisation.yaml": merge(_ORGANISATION, documents.get("organisation", {}))}
    for kind, folder in _FOLDERS.items():
        files |= {f"{folder}/{one['id']}.yaml": _named(one, kind) for one in documents.get(kind, ())}
    if documents.get("apps"):
        apps = [{"name": one["id"], **_APP, **one} for one in documents["apps"]]
        files[_APPS] = {"topic": "prov", "title": "Prov", "apps": apps}
    data = {path: json.dumps(file, ensure_ascii=False, indent=1).encode() for path, file in files.items()}
    return load(Tree(files=dict(sorted(data.items()))), digest=False)


def _named(one: Mapping[str, Json], kind: str) -> Mapping[str, Json]:
    return one if kind == "exceptions" else {"name": one["id"], **one}
