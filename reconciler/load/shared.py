"""What several municipalities have in common: files in `shared/<id>/` that count only as long as they are what organisation.yaml pins.

The hash is SHA-256 of the lines that `sha256sum` writes of the folder's YAML files, sorted by path as bytes, so that
anybody can work it out: in `shared/<id>/`, `find * -name '*.yaml' | LC_ALL=C sort | xargs sha256sum | sha256sum`.
Bytes as they are: another line end is another file. Nothing here reads anything from anywhere else.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from reconciler.catalogue.persons import personal_data_of
from reconciler.load.faults import Faults
from reconciler.load.sources import Sources
from reconciler.load.tree import INVENTORIES, SHARED, SUMS, shared_part
from reconciler.model.documents import AppIdentity, AppLine, Baseline, Documents, SharedSource
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.model.place import Pointer

MOST_FILES: Final = 200
LARGEST: Final = 5_000_000
"""Bytes of one shared folder: ten times the largest catalogue we know of."""

_OWN_FOLDERS: Final = frozenset({SHARED, "policies", "app-catalogs", "schools", INVENTORIES})
_WANTED: Final = ("required", "available")


def listing(files: Mapping[str, bytes]) -> bytes:
    """What `sha256sum` writes of the YAML files, by path from the shared folder: the content of `SHA256SUMS`."""
    from hashlib import sha256  # noqa: PLC0415, RUF100 - OpenSSL takes longer to load than a few files to read

    paths = sorted((path for path in files if path != SUMS), key=str.encode)
    return "".join(f"{sha256(files[path]).hexdigest()}  {path}\n" for path in paths).encode()


def hash_of(files: Mapping[str, bytes]) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    return _hash(listing(files))


def _hash(data: bytes) -> str:
    from hashlib import sha256  # noqa: PLC0415, RUF100 - as above

    return f"sha256:{sha256(data).hexdigest()}"


def files_of(files: Mapping[str, bytes], shared: str) -> dict[str, bytes]:
    """The files of one shared folder, by path from it."""
    parts = ((shared_part(path), data) for path, data in files.items() if path.startswith(f"{SHARED}/{shared}/"))
    return {own: data for (name, own), data in parts if name == shared}


def is_pinned(source: SharedSource, files: Mapping[str, bytes]) -> bool:
    """Whether the files there are those that the hash is of; `files` by path from the repository's root."""
    return hash_of(files_of(files, source.id)) == source.hash


# --- the pins -----------------------------------------------------------------------------------------------------


def check_pins(
    listed: Iterable[SharedSource], sources: Sources, faults: Faults, unread: Collection[str]
) -> frozenset[str]:
    """What is wrong with the pins, into `faults`; the ids of the folders that are pinned. `unread`: files that dropped out."""
    sound: set[str] = set()
    listed = tuple(listed)
    for one in listed:
        sound.add(one.id)
        if is_own(one.source):
            faults.error("SHARED-FROM-ITSELF", one.at.child("from"), source=one.source)
        _check_pin(one, sources, faults, unread)
    for name, file in _unlisted(sources.files, sound):
        faults.error("SHARED-NOT-LISTED", Pointer(file=file), id=name, folder=f"{SHARED}/{name}")
    _soften(listed, faults)
    return frozenset(sound)


def is_own(source: str) -> bool:
    """Whether a written source is a part of the municipality's own files."""
    return source.partition("/")[0] in _OWN_FOLDERS


def _check_pin(one: SharedSource, sources: Sources, faults: Faults, unread: Collection[str]) -> None:
    if any(file.startswith(f"{SHARED}/{one.id}/") and file not in sources.files for file in unread):
        return  # a file that can't be read at all has its own error, and is the one to mend
    files = files_of(sources.files, one.id)
    folder = f"{SHARED}/{one.id}"
    if not files.keys() - {SUMS}:
        faults.error("SHARED-MISSING", one.at.child("id"), id=one.id, folder=folder)
        return
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LARGEST:
        limits = {"files": str(MOST_FILES), "limit": str(LARGEST // 1_000_000)}
        faults.error("SHARED-TOO-LARGE", one.at.child("id"), folder=folder, **limits)
    found = hash_of(files)
    if found != one.hash:
        at = one.at.child("hash")
        values = {"id": one.id, "folder": folder, "corrected": sources.corrected(at, f'"{found}"')}
        code, more = _why_other(files, one.hash)
        faults.error(code, at, **values, **more)


def _why_other(files: Mapping[str, bytes], wanted: str) -> tuple[str, dict[str, str]]:
    """A code and what can be told: line ends, or which files the pinned list has otherwise, or neither."""
    as_written = {path: data.replace(b"\r\n", b"\n") for path, data in files.items()}
    if hash_of(as_written) == wanted:
        return "SHARED-LINE-ENDS", {}
    sums = as_written.get(SUMS, b"")
    if _hash(sums) != wanted:  # the list is of something else, or there is none
        return "SHARED-OTHER-HASH", {}
    before, now = _by_path(sums), _by_path(listing(files))
    told = {
        "changed": sorted(path for path in before.keys() & now.keys() if before[path] != now[path]),
        "come": sorted(now.keys() - before.keys()),
        "gone": sorted(before.keys() - now.keys()),
    }
    return "SHARED-OTHER-FILES", {name: ", ".join(paths) or "–" for name, paths in told.items()}


def _by_path(sums: bytes) -> dict[str, str]:
    rows = (line.partition("  ") for line in sums.decode("utf-8", "replace").splitlines())
    return {path: digest for digest, _, path in rows}


def _unlisted(files: Iterable[str], listed: Collection[str]) -> Iterator[tuple[str, str]]:
    """The first file of each folder that nobody has listed."""
    told: set[str] = set()
    for file in files:
        name, _ = shared_part(file)
        if name and name not in listed and name not in told:
            told.add(name)
            yield name, file


def _soften(listed: Iterable[SharedSource], faults: Faults) -> None:
    """Nobody here can mend these files: what is only a warning there is told, and of errors it is said who can."""
    for number, one in enumerate(faults.found):
        if one.severity is Severity.WARNING and _is_shared(one):
            faults.found[number] = replace(one, severity=Severity.INFO)
    for source in listed:
        folder = f"{SHARED}/{source.id}"
        if any(is_error(one) and one.place and one.place.file.startswith(f"{folder}/") for one in faults.found):
            values = {"id": source.id, "folder": folder, "source": source.source}
            place = source.at.child("id")
            faults.found.append(Finding(code="SHARED-NOT-YOURS", severity=Severity.INFO, place=place, values=values))


def _is_shared(finding: Finding) -> bool:
    return finding.place is not None and finding.place.file.startswith(f"{SHARED}/")


def check_shared_records(file: str, document: Mapping[str, Any], faults: Faults) -> None:
    """Personal data in a shared catalogue, as `catalogue.checks` asks of the organisation's own."""
    for number, record in enumerate(document["apps"]):
        for path, code in personal_data_of(record):
            faults.error(code, Pointer(file=file, path=("apps", number, *path)), f"candidate:{record['id']}")


# --- what is taken of them ----------------------------------------------------------------------------------------


def take_shared(
    documents: Documents, sources: Sources, faults: Faults, unread: Collection[str], *, catalogue_read: bool
) -> Documents:
    """The documents with what is pinned of `shared/` alone, its lines about the apps of this organisation.

    A shared line names an app by the shared catalogue's id. Here it is the app of the same store, else of the same id;
    without one the line does nothing, and that is told once for each baseline. With `catalogue_read` False (a file of
    the catalogue dropped out) nothing is called unknown.
    """
    pinned = check_pins(documents.organisation.shared, sources, faults, unread)
    candidates = tuple(one for one in documents.candidates if shared_part(one.at.file)[0] in pinned)
    known = replace(documents, candidates=candidates)
    baselines = tuple(
        _with_own_apps(one, known, faults, catalogue_read=catalogue_read) if one.shared else one
        for one in documents.baselines
        if not one.shared or one.shared in pinned
    )
    return replace(known, baselines=baselines)


def _with_own_apps(baseline: Baseline, documents: Documents, faults: Faults, *, catalogue_read: bool) -> Baseline:
    names = _names(documents, baseline.shared)
    kept: list[AppLine] = []
    for wanted in (True, False):
        unknown: dict[str, AppLine] = {}
        for line in baseline.wishes.apps:
            if (line.mode in _WANTED) is not wanted:
                continue
            if line.app in names:
                kept.append(replace(line, app=names[line.app]))
            else:
                unknown.setdefault(line.app, line)
        if unknown and catalogue_read:
            code = "SHARED-APPS-UNKNOWN" if wanted else "SHARED-BLOCKS-UNKNOWN"
            # Whoever forbids an app means to be safe from it, so that it isn't is more than a piece of news.
            severity = Severity.INFO if wanted else Severity.WARNING
            values = {"apps": ", ".join(sorted(unknown)), "baseline": baseline.name, "id": baseline.shared}
            place, subject = next(iter(unknown.values())).at, f"baseline:{baseline.id}"
            faults.found.append(Finding(code=code, severity=severity, place=place, subject=subject, values=values))
    return replace(baseline, wishes=replace(baseline.wishes, apps=tuple(kept)))


def _names(documents: Documents, shared: str) -> dict[str, str]:
    """What a shared file calls an app → its id here."""
    names = {old: app.id for app in documents.apps for old in app.previously}
    names |= {app.id: app.id for app in documents.apps}
    by_store = {_store(one): app.id for app in documents.apps for one in app.identities}
    for candidate in documents.candidates:
        if shared_part(candidate.at.file)[0] != shared:
            continue
        own = next((by_store[key] for key in map(_store, candidate.identities) if key in by_store), None)
        for name in (candidate.id, *candidate.previously):
            names.pop(name, None)  # the same id may be another app's here
            names.update({name: own} if own else {})
    return names


def _store(one: AppIdentity) -> tuple[str, str, str]:
    return one.platform, one.kind, one.id
