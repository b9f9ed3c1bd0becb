"""The place of an MGN's file says the same as its lines: `policies/mgn/<läsår>/<skolform>.yaml`."""

from collections.abc import Mapping
from typing import Any

from reconciler.load.faults import Faults
from reconciler.load.sources import Sources
from reconciler.model.place import Pointer
from reconciler.schema.school_forms import current_form


def check_mgn_name(sources: Sources, faults: Faults, path: str, document: Mapping[str, Any]) -> None:
    """The school form may be spelled without å, ä and ö in the file's name: some systems write them in two ways."""
    folder, _, name = path.rpartition("/")
    _same(sources, faults, Pointer(file=path, path=("school_year",)), document, folder.rpartition("/")[2])
    stem = name.removesuffix(".yaml")
    if current_form(stem) != current_form(document["school_form"]):
        _same(sources, faults, Pointer(file=path, path=("school_form",)), document, stem)
    _check_years(sources, faults, path, document)


def _same(sources: Sources, faults: Faults, at: Pointer, document: Mapping[str, Any], name: str) -> None:
    key = str(at.path[0])
    if document[key] != name:
        corrected = sources.corrected(at, name)
        faults.error("MGN-FILE-NAME", at, key=key, id=document[key], file=at.file, corrected=corrected)


def _check_years(sources: Sources, faults: Faults, path: str, document: Mapping[str, Any]) -> None:
    """A läsår ends in the year after the one that it begins in."""
    for key in ("school_year", "replaces"):
        written = document.get(key)
        if written is not None and not is_school_year(written):
            at = Pointer(file=path, path=(key,))
            faults.error("NO-SUCH-SCHOOL-YEAR", at, year=written, corrected=sources.corrected(at, spelled(written)))


def is_school_year(text: str) -> bool:
    return text == spelled(text)


def spelled(text: str) -> str:
    """`2026-28` → `2026-27`."""
    start = int(text[:4])
    return f"{start}-{(start + 1) % 100:02d}"
