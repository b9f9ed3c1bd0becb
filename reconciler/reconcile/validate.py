"""`validate`: what the files alone say, with a memory of the last run where it is allowed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.load.cache import key_of, recall, remember
from reconciler.load.secrets_scan import secrets_beside
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.load.tree import ORGANISATION, Tree, read_tree
from reconciler.model.finding import Finding
from reconciler.model.slotted import dataclass

if TYPE_CHECKING:
    from reconciler.reconcile.prepare import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """`findings` have exact positions; `locate` gives the lines they stand in."""

    findings: tuple[Finding, ...]
    locate: Sources
    language: str | None
    files: int


def may_remember(environment: Mapping[str, str]) -> bool:
    """Never where credentials are: what decides there is worked out anew."""
    return not any(name.startswith("RECONCILER_") and _is_credential(name) for name in environment)


def validate_files(root: Path, as_of: date, base: str | None = None, *, use_memory: bool = True) -> Validated:
    """Every finding of loading, compiling and, with a base, of the step from it; in the order of the files.

    With a base nothing is remembered: its name may mean another commit tomorrow.
    """
    tree = read_tree(root)
    key = key_of(tree, as_of.isoformat()) if use_memory and base is None else ""
    findings = recall(root, key) if key else None
    if findings is None:
        findings = _findings(tree, root, as_of, base)
        if key and ORGANISATION in tree.files:  # a folder without is no repository, and nothing is left in it
            remember(root, key, findings)
    # Not remembered: the key is of the files that are loaded, and these are the others.
    findings = _with_those_beside(findings, root, tree)
    return Validated(findings=findings, locate=Sources(tree.files), language=_language(tree), files=len(tree.files))


def _with_those_beside(findings: tuple[Finding, ...], root: Path, tree: Tree) -> tuple[Finding, ...]:
    told = {one.place.file for one in tree.findings if one.place is not None}
    more = secrets_beside(root, told | tree.files.keys()) if ORGANISATION in tree.files or tree.findings else ()
    if not more:
        return findings
    from reconciler.load.repository import in_order

    return in_order([*findings, *more], Sources(tree.files))


def _findings(tree: Tree, root: Path, as_of: date, base: str | None) -> tuple[Finding, ...]:
    # Here and not above: a run that remembers needs none of it, and half of its time would go into the import.
    from reconciler.load.repository import in_order
    from reconciler.reconcile.prepare import check_tree, prepare_tree

    # The step from a base is judged by both states.
    prepared = prepare_tree(tree, root, as_of, base, digest=False) if base is not None else check_tree(tree, as_of)
    step = _rule_step(prepared) if base is not None else ()
    own = [one for one in prepared.all_findings if not _follows_from_unread(one, prepared.unread)]
    placed = in_order([*own, *step, *_of_catalogue(prepared, as_of)], prepared.locate)
    return tuple(
        replace(one, places={name: prepared.locate(place) for name, place in one.places.items()}) if one.places else one
        for one in placed
    )


def _of_catalogue(prepared: "Prepared", as_of: date) -> Iterator[Finding]:
    """What the council's records lack, and what happened to them since the base."""
    from reconciler.catalogue.checks import check_records

    documents = prepared.documents
    if documents is None:
        return
    yield from check_records(documents, as_of, prepared.unread)
    if prepared.base is not None and prepared.base.documents is not None:
        from reconciler.catalogue.transitions import check_steps

        yield from check_steps(prepared.base.documents, documents, prepared.base.unread, prepared.unread)


def _follows_from_unread(finding: Finding, unread: Collection[str]) -> bool:
    """What a file that can't be read would have said isn't taken away: the file's own error is the one to mend."""
    if finding.code == "APP-DELETED-IN-USE":
        return finding.place is not None and finding.place.file in unread
    return finding.code == "LISTED-LINE-DROPPED" and bool(unread)


def _rule_step(prepared: "Prepared") -> tuple[Finding, ...]:
    """What is wrong with the step itself; what rules say of the files is for `check`."""
    from reconciler.policy.judging import OF_CHANGES
    from reconciler.reconcile.rules import judge_prepared

    return tuple(one for one in judge_prepared(prepared).findings if one.code in OF_CHANGES)


def _language(tree: Tree) -> str | None:
    data = tree.files.get(ORGANISATION)
    read = read_document(ORGANISATION, data) if data is not None else None
    language = read.value.get("language") if read and isinstance(read.value, dict) else None
    return language if isinstance(language, str) else None


def _is_credential(name: str) -> bool:
    return any(part in name.split("_") for part in ("TOKEN", "KEY", "SECRET", "PASSWORD"))
