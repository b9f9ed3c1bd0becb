"""`catalogue release`: the baseline's new lines, what each school gets when, and whether all of it may be so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reconciler.catalogue.release import Gain, Release, gains, line_of, refusals
from reconciler.compile.state import compile_state
from reconciler.load.catalogue_editing import Append, NotEditable, Put, Step, edit
from reconciler.load.repository import load
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.load.tree import Tree, read_tree
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Baseline, Documents
from reconciler.model.finding import Finding, Severity
from reconciler.reconcile.would_be import new_errors, with_texts
from reconciler.settings.table import load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Nothing is written yet: `after` is the tree with the baseline's `file` edited. Or why not, in `findings`."""

    findings: tuple[Finding, ...] = ()
    file: str = ""
    after: Tree | None = None
    gains: tuple[Gain, ...] = ()
    documents: Documents | None = None
    sources: Sources | None = None


def release_apps(root: Path, release: Release, today: date) -> Released:
    """The release as an edit of one file, with everything that it means; validated on each of its days."""
    tree = read_tree(root)
    loaded = load(tree, digest=False)
    if loaded.documents is None:
        return Released(findings=loaded.findings, sources=loaded.locate)
    if loaded.unread:  # a school that can't be read would have no notice
        return Released(findings=loaded.why_unread(), documents=loaded.documents, sources=loaded.locate)
    refused = tuple(refusals(loaded.documents, release, today))
    if refused:
        return Released(findings=refused, documents=loaded.documents, sources=loaded.locate)
    baseline = next(one for one in loaded.documents.baselines if one.id == release.baseline)
    steps = _steps(tree, baseline, release, loaded.documents)
    try:
        text = edit(loaded.locate, baseline.at.file, steps)
    except NotEditable as problem:
        return Released(findings=(not_editable(problem),), documents=loaded.documents, sources=loaded.locate)
    after = with_texts(tree, {baseline.at.file: text})
    wrong: list[Finding] = []
    for day in release.days:
        wrong += [one for one in new_errors(tree, after, day) if one not in wrong]
    if wrong:
        return Released(findings=tuple(wrong), documents=loaded.documents, sources=loaded.locate)
    changed = load(after, digest=False).documents
    found = gains(release.apps, _by_day(loaded.documents, changed, release)) if changed else ()
    return Released(file=baseline.at.file, after=after, gains=found, documents=changed)


def _steps(tree: Tree, baseline: Baseline, release: Release, documents: Documents) -> Sequence[Step]:
    """The decision, and one entry for each app at the end of the list of its mode."""
    file = baseline.at.file
    data: Any = read_document(file, tree.files[file]).value
    return [*_decision_steps(baseline, release), *_line_steps(baseline, release, documents, data.get("apps"))]


def _decision_steps(baseline: Baseline, release: Release) -> Iterator[Step]:
    if release.decision is not None:
        decided = release.decision
        body = decided.body or (baseline.decision.body if baseline.decision else "")
        value = {"body": body, "date": decided.day, "reference": decided.reference}
        yield Put(at=baseline.at, key="decision", value=value, after=("name", "rationale"))


def _line_steps(baseline: Baseline, release: Release, documents: Documents, apps: Any) -> Sequence[Step]:
    lines: list[Any] = [line_of(release, app, documents.organisation) for app in release.apps]
    if not apps:
        return [Put(at=baseline.at, key="apps", value={release.mode: lines}, after=("applies_to",), lines=True)]
    if not apps.get(release.mode):
        return [Put(at=baseline.at.child("apps"), key=release.mode, value=lines, lines=True)]
    return [Append(at=baseline.at.child("apps", release.mode), value=line) for line in lines]


def _by_day(before: Documents, after: Documents, release: Release) -> Iterator[tuple[DesiredState, DesiredState]]:
    """What is wanted without the release and with it, on each of its days."""
    table = load_settings()
    for day in release.days:
        yield compile_state(before, table, day), compile_state(after, table, day)


def not_editable(problem: NotEditable) -> Finding:
    return Finding(
        code="CATALOGUE-NOT-EDITABLE",
        severity=Severity.ERROR,
        place=problem.at,
        values={"file": problem.at.file, "where": ".".join(map(str, problem.at.path))},
    )
