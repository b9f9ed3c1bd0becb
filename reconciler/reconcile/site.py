"""`site`: from the repository's files to a folder of pages. A folder is ours by its manifest, which lists what we wrote there."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from reconciler.load.sources import Sources
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.policy.deviation import deviations
from reconciler.policy.mgn import judge_mgn
from reconciler.reconcile.prepare import Prepared, prepare
from reconciler.site.charts import ChartsMissing
from reconciler.site.pages import File, files
from reconciler.site.source import Edition, Source

MANIFEST: Final = "site-manifest.txt"
_FIRST: Final = "reconciler: files of the web site in this folder; whatever else is here is left alone"
_FORBIDDEN: Final = frozenset({"", ".", ".."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRun:
    """Without `written` nothing was touched, and `findings` say why. `first` is the page to begin with."""

    written: int = 0
    removed: int = 0
    first: Path | None = None
    language: str = "en"
    findings: tuple[Finding, ...] = ()
    locate: Sources


def run_site(root: Path, out: Path, editions: Sequence[Edition], langs: Sequence[str], as_of: date) -> SiteRun:
    """Read, gather, render, write. With `langs` empty both, the organisation's first.

    Files with errors make no site: what was approved in a file that is wrong may not have been approved.
    """
    prepared = prepare(root, as_of, digest=False)
    language = prepared.language or "en"
    source = gather(prepared, as_of, inside=Edition.INTERNAL in editions)
    if source is None or any(map(is_error, prepared.all_findings)):
        found = tuple(filter(is_error, prepared.all_findings))
        return SiteRun(language=language, findings=(*found, _problem("SITE-FILES-HAVE-ERRORS")), locate=prepared.locate)
    chosen = tuple(langs) or (("sv", "en") if language == "sv" else ("en", "sv"))
    try:
        made = {one.path: one.text for one in all_files(source, editions, chosen)}
    except ChartsMissing:
        return SiteRun(language=language, findings=(_problem("SITE-CHARTS-MISSING"),), locate=prepared.locate)
    refused, removed = write_site(out, made)
    if refused:
        return SiteRun(language=language, findings=(refused,), locate=prepared.locate)
    first = out / next(path for path in made if path.endswith("index.html"))
    return SiteRun(written=len(made), removed=removed, first=first, language=language, locate=prepared.locate)


def gather(prepared: Prepared, as_of: date, *, inside: bool) -> Source | None:
    """What pages are made of. Rules are asked only where their verdicts are shown."""
    documents, state = prepared.documents, prepared.state
    if documents is None or state is None:
        return None
    if not inside:
        return Source(documents=documents, state=state, as_of=as_of)
    from reconciler.reconcile.rules import judge_prepared  # noqa: PLC0415, RUF100 - the engine, for the internal edition

    verdicts = tuple(judge_prepared(prepared).verdicts)
    return Source(
        documents=documents,
        state=state,
        as_of=as_of,
        verdicts=verdicts,
        mgn=judge_mgn(documents, verdicts, as_of),
        deviations=deviations(state, verdicts),
    )


def all_files(source: Source, editions: Sequence[Edition], langs: Sequence[str]) -> Iterator[File]:
    """Each edition in a folder of its own where there are several, so that the public one can be published whole."""
    for edition in editions:
        folder = f"{edition}/" if len(editions) > 1 else ""
        for one in files(source, edition, langs):
            yield File(path=folder + one.path, text=one.text)


def write_site(out: Path, made: Mapping[str, str]) -> tuple[Finding | None, int]:
    """Write what differs, remove what an earlier run wrote and this one did not. A refusal, and how many were removed.

    The manifest is written before and after: where a run breaks off, it lists all that may be ours.
    """
    try:
        before = _listed(out)
        if before is None:
            return _problem("SITE-FOLDER-NOT-OURS", folder=str(out)), 0
        foreign = next((path for path in made if _is_foreign(out, path, before)), None)
        if foreign is not None:
            return _problem("SITE-FILE-NOT-OURS", file=str(out / foreign)), 0
        out.mkdir(parents=True, exist_ok=True)
        gone = sorted(before - made.keys())
        _write(out / MANIFEST, _manifest({*before, *made}))
        for path, text in made.items():
            _write(out / path, text)
        removed = sum(_remove(out, path) for path in gone)
        _write(out / MANIFEST, _manifest(made))
    except OSError as problem:
        return _problem("SITE-UNWRITABLE", file=str(problem.filename or out), reason=problem.strerror or ""), 0
    return None, removed


def _problem(code: str, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=None, values=values)


def _listed(out: Path) -> set[str] | None:
    """What an earlier run wrote; None for a folder with something in it that is not ours."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return set()
    manifest = out / MANIFEST
    if not out.is_dir() or manifest.is_symlink() or not manifest.is_file():
        return None
    first, *paths = manifest.read_text("utf-8", errors="replace").splitlines() or [""]
    return {path for path in paths if _is_inside(path)} if first == _FIRST else None


def _is_inside(path: str) -> bool:
    """A manifest is a file that anybody may have changed: it can't lead out of the folder."""
    return "\\" not in path and ":" not in path and _FORBIDDEN.isdisjoint(path.split("/"))


def _is_foreign(out: Path, path: str, ours: set[str]) -> bool:
    """Somebody else's file where one of ours would go, or a link that would lead ours into another folder."""
    target = out / path
    return (path not in ours and target.exists()) or not target.parent.resolve().is_relative_to(out.resolve())


def _manifest(paths: Iterable[str]) -> str:
    return "\n".join([_FIRST, *sorted(paths)]) + "\n"


def _write(target: Path, text: str) -> None:
    """Whole or not at all. A file that is the same already is left, so that a copy to a server moves only what is new."""
    data = text.encode("utf-8")
    if target.is_file() and not target.is_symlink() and target.read_bytes() == data:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".site-")
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        made.chmod(0o644)  # a web server reads it; mkstemp lets only its owner
        made.replace(target)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _remove(out: Path, path: str) -> bool:
    """One file, and the folders that it leaves empty. Through a link that leads elsewhere nothing is removed."""
    target = out / path
    if not target.parent.resolve().is_relative_to(out.resolve()) or not (target.is_file() or target.is_symlink()):
        return False
    target.unlink()
    for folder in PurePosixPath(path).parents:
        if str(folder) == "." or any((out / folder).iterdir()):
            break
        (out / folder).rmdir()
    return True
