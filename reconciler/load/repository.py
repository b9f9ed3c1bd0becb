"""A tree of files to documents: files that are wrong drop out with their findings, the rest goes on."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from typing import Any, Final

from reconciler.load import build, build_policies
from reconciler.load.council import meeting
from reconciler.load.faults import Faults
from reconciler.load.guardrails import check_guardrails, guardrails
from reconciler.load.mgn_names import check_mgn_name
from reconciler.load.personal import check_personal_data
from reconciler.load.policy_references import check_policy_references
from reconciler.load.references import check_references
from reconciler.load.shared import check_shared_records, take_shared
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.load.tree import APPROVALS, INVENTORIES, MGN, ORGANISATION, SUMS, Tree, shared_part
from reconciler.model.calendar import CALENDAR_FILE
from reconciler.model.documents import App, Baseline, Documents, Organisation
from reconciler.model.finding import Finding, is_error
from reconciler.model.place import Locate, Pointer
from reconciler.model.slotted import dataclass
from reconciler.schema.check import check

_KINDS: Final = {
    "schools": "school",
    "app-catalogs": "app-catalog",
    "app-catalogs/meetings": "meeting",
    "policies/baselines": "baseline",
    "policies/exceptions": "exception",
    "policies/allowances": "allowance",
    APPROVALS: "approvals",
    "policies/guardrails": "guardrail",
}
"""Kind of file by folder."""

_OWN_NAME: Final = {"app-catalog": "topic", "meeting": "date"}
"""The key that the file is named after, where it is not `id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """`documents` is None where there is no organisation to speak of. `locate` gives positions, lines and corrected lines.

    `unread`: the files that dropped out; what they would have defined can't be called unknown.
    """

    documents: Documents | None
    findings: tuple[Finding, ...]
    locate: Sources
    unread: frozenset[str] = frozenset()

    def why_unread(self, folder: str = "") -> tuple[Finding, ...]:
        """What is wrong with the files that dropped out, of those below a folder."""
        return tuple(
            one
            for one in self.findings
            if one.place and one.place.file in self.unread and one.place.file.startswith(folder)
        )


@dataclass(slots=True, kw_only=True)
class _Loading:
    sources: Sources
    inventories: Mapping[str, bytes]
    faults: Faults = field(default_factory=Faults)
    organisation: Organisation | None = None
    built: dict[str, list[Any]] = field(default_factory=lambda: {kind: [] for kind in (*_KINDS.values(), *_BUILDERS)})
    missing: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    candidates: list[App] = field(default_factory=list)
    hash: Any = None


def load(tree: Tree, *, digest: bool = True) -> Loaded:
    """Read, check and build everything in `tree`. Without `digest` (it costs a tenth) `Documents.digest` stays empty."""
    fingerprint: Any = None
    if digest:
        from hashlib import sha256  # noqa: PLC0415, RUF100 - OpenSSL takes longer to load than a few files to read

        fingerprint = sha256()
    inventories = {path: data for path, data in tree.files.items() if path.startswith(f"{INVENTORIES}/")}
    loading = _Loading(sources=Sources(tree.files), inventories=inventories, hash=fingerprint)
    loading.faults.found.extend(tree.findings)
    unread = [finding.place.file if finding.place else ORGANISATION for finding in tree.findings if is_error(finding)]
    for path in unread:
        _drop(loading, path)
    if ORGANISATION not in tree.files and ORGANISATION not in unread:
        loading.faults.error("NO-ORGANISATION", Pointer(file=ORGANISATION))
    for path, data in tree.files.items():
        if path not in inventories and not path.endswith(f"/{SUMS}"):
            _take(loading, path, data)
    return _finish(loading)


def _drop(loading: _Loading, path: str) -> None:
    """What an approvals file would have said is nothing that is wanted: of all else everything is known without it."""
    if not is_approvals(path):
        loading.missing.add(_folder(path))
        loading.unread.add(path)


def is_approvals(path: str) -> bool:
    return _folder(path) == APPROVALS


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def kind_of(path: str) -> str:
    """The kind of a file of a tree (`schema.check.KINDS`), which has let nothing else through."""
    path = shared_part(path)[1]
    folder = _folder(path)
    single = {ORGANISATION: "organisation", CALENDAR_FILE: "calendar"}
    return single.get(path) or ("mgn" if MGN.fullmatch(folder) else _KINDS[folder])


def _take(loading: _Loading, path: str, data: bytes) -> None:
    name = path.rpartition("/")[2]
    kind = kind_of(path)
    read = read_document(path, data)
    found = read.findings or check(kind, path, read.value, loading.sources)
    loading.faults.found.extend(found)
    if any(map(is_error, found)) or not isinstance(read.value, dict):
        _drop(loading, path)
        return
    if loading.hash is not None and not is_approvals(path):
        loading.hash.update(json.dumps([path, read.value], sort_keys=True).encode())
    _check_file_name(loading, kind, name, path, read.value)
    check_personal_data(kind, path, read.value, loading.sources, loading.faults)
    if kind == "app-catalog" and shared_part(path)[0]:
        check_shared_records(path, read.value, loading.faults)
    _build(loading, kind, Pointer(file=path), read.value)


def _check_file_name(loading: _Loading, kind: str, name: str, path: str, document: Mapping[str, Any]) -> None:
    if kind == "mgn":
        check_mgn_name(loading.sources, loading.faults, path, document)
        return
    key = _OWN_NAME.get(kind, "id")
    if kind not in _SINGLE and f"{document[key]}.yaml" != name:
        at = Pointer(file=path, path=(key,))
        corrected = loading.sources.corrected(at, name.removesuffix(".yaml"))
        loading.faults.error("FILE-NAME", at, key=key, id=document[key], file=name, corrected=corrected)


_SINGLE: Final = frozenset({"organisation", "calendar"})

_BUILDERS: Final[dict[str, Callable[[Any, Pointer, Faults], Any]]] = {
    "meeting": meeting,
    "exception": build_policies.exception,
    "allowance": build.allowance,
    "approvals": build.approvals,
    "mgn": build_policies.mgn,
    "calendar": build_policies.calendar,
}


def _build(loading: _Loading, kind: str, at: Pointer, document: Mapping[str, Any]) -> None:
    faults = loading.faults
    if kind == "organisation":
        loading.organisation = build.organisation(document, at, faults)
    elif kind == "school":
        loading.built[kind].append(build.school(document, at, faults, loading.inventories))
    elif kind == "app-catalog" and shared_part(at.file)[0]:
        loading.candidates.extend(build.apps(document, at, faults))
    elif kind == "baseline":
        loading.built[kind].append(_baseline(document, at, faults))
    elif kind == "app-catalog":
        loading.built[kind].extend(build.apps(document, at, faults))
    elif kind == "guardrail":
        loading.built[kind].extend(guardrails(document, at, faults))
    else:
        loading.built[kind].append(_BUILDERS[kind](document, at, faults))


def _baseline(document: Mapping[str, Any], at: Pointer, faults: Faults) -> Baseline:
    """A shared one is called after its source too: what others call theirs is no business of ours."""
    built = build.baseline(document, at, faults)
    shared, _ = shared_part(at.file)
    return replace(built, id=f"{shared}/{built.id}", shared=shared) if shared else built


def _finish(loading: _Loading) -> Loaded:
    documents = None
    if loading.organisation is not None:
        documents = Documents(
            organisation=loading.organisation,
            schools=tuple(loading.built["school"]),
            apps=tuple(loading.built["app-catalog"]),
            candidates=tuple(loading.candidates),
            meetings=tuple(loading.built["meeting"]),
            baselines=tuple(loading.built["baseline"]),
            exceptions=tuple(loading.built["exception"]),
            allowances=tuple(loading.built["allowance"]),
            approvals=tuple(loading.built["approvals"]),
            mgn=tuple(loading.built["mgn"]),
            calendar=next(iter(loading.built["calendar"]), None),
            guardrails=tuple(loading.built["guardrail"]),
            digest=_digest(loading),
        )
        read = "app-catalogs" not in loading.missing
        documents = take_shared(documents, loading.sources, loading.faults, loading.unread, catalogue_read=read)
        check_guardrails(documents.guardrails, loading.sources, loading.faults)
        check_references(documents, loading.sources, loading.faults, loading.missing)
        check_policy_references(documents, loading.sources, loading.faults, loading.missing)
    return Loaded(
        documents=documents,
        findings=in_order(loading.faults.found, loading.sources),
        locate=loading.sources,
        unread=frozenset(loading.unread),
    )


def _digest(loading: _Loading) -> str:
    if loading.hash is None:
        return ""
    serials = {
        f"{school.id}/{group.id}": group.devices.serials
        for school in loading.built["school"]
        for group in school.groups
        if group.devices is not None and group.devices.serials
    }
    loading.hash.update(json.dumps(serials, sort_keys=True).encode())
    return str(loading.hash.hexdigest())


def in_order(findings: Iterable[Finding], locate: Locate) -> tuple[Finding, ...]:
    """By file, line, column and code, with exact positions; what has no place comes first."""
    return tuple(sorted((_placed(finding, locate) for finding in findings), key=_order))


def _placed(finding: Finding, locate: Locate) -> Finding:
    """With exact positions instead of pointers."""
    place = locate(finding.place) if finding.place is not None else None
    return replace(finding, place=place, places={name: locate(one) for name, one in finding.places.items()})


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    position = finding.place
    if position is None or isinstance(position, Pointer):
        return ("", 0, 0, finding.code, finding.subject)
    return (position.file, position.line, position.column, finding.code, finding.subject)
