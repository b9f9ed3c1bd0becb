"""From a folder, and a base revision if one is named, to documents, desired state and findings. Reads files, nothing else."""

from datetime import date
from pathlib import Path

from reconciler.catalogue.checks import check_decisions
from reconciler.compile.raw_lines import APPLE, raw_lines
from reconciler.compile.state import check_documents, compile_state
from reconciler.load.repository import Loaded, load
from reconciler.load.sources import Sources
from reconciler.load.tree import Tree, read_tree
from reconciler.model.calendar import CALENDAR_FILE
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, Severity
from reconciler.model.slotted import dataclass
from reconciler.policy.files import check_policy_files
from reconciler.settings.table import load_settings, load_vendor_keys

VENDOR_TABLES = frozenset({"google", "intune"})
"""Systems that there is a dated table of keys for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the base revision says; `documents` is None where it can't be loaded. `unread`: files that dropped out."""

    documents: Documents | None
    state: DesiredState | None
    unread: frozenset[str] = frozenset()
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything that files say. `findings` are those of loading and of the base; the state carries its own.

    Without a state that was asked for, `findings` has everything there is. `lapses`: the first day on which the files'
    dates would change any of it, or None. `unread`: files that dropped out.
    """

    documents: Documents | None
    state: DesiredState | None
    findings: tuple[Finding, ...]
    locate: Sources
    lapses: date | None = None
    base: Base | None = None
    unread: frozenset[str] = frozenset()

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return (*self.findings, *(self.state.findings if self.state else ()))

    @property
    def language(self) -> str | None:
        return self.documents.organisation.language if self.documents else None


def prepare(root: Path, as_of: date, base: str | None = None, *, digest: bool = True) -> Prepared:
    """Load, compile, and compare with the base. Bad input becomes findings; nothing is raised for it."""
    return prepare_tree(read_tree(root), root, as_of, base, digest=digest)


def prepare_tree(tree: Tree, root: Path, as_of: date, base: str | None = None, *, digest: bool = True) -> Prepared:
    """The same for files that have been read. Without `digest` the documents' stays empty."""
    loaded = load(tree, digest=digest)
    state = _compile(loaded, as_of)
    findings = (*loaded.findings, *_raw_findings(loaded), *_policy_findings(loaded, as_of, state))
    findings = (*findings, *_decision_findings(loaded))
    before = None
    if base is not None:
        before, more = _load_base(root, base, as_of, loaded, state)
        findings = (*findings, *more)
    return Prepared(
        documents=loaded.documents,
        state=state,
        findings=findings,
        locate=loaded.locate,
        lapses=state.lapses if state else None,
        base=before,
        unread=loaded.unread,
    )


def check_tree(tree: Tree, as_of: date) -> Prepared:
    """Only what is wrong in files that have been read, without a state: that takes half the time and little memory."""
    loaded = load(tree, digest=False)
    checked = check_documents(loaded.documents, load_settings(), as_of) if loaded.documents else None
    found = checked.findings if checked else ()
    return Prepared(
        documents=loaded.documents,
        state=None,
        findings=(
            *loaded.findings,
            *_raw_findings(loaded),
            *_policy_findings(loaded, as_of),
            *_decision_findings(loaded),
            *found,
        ),
        locate=loaded.locate,
        lapses=checked.lapses if checked else None,
        unread=loaded.unread,
    )


def _raw_findings(loaded: Loaded) -> tuple[Finding, ...]:
    """The tables of vendors' keys are large, and few files need them."""
    systems = {line.system for line in raw_lines(loaded.documents)} if loaded.documents else frozenset()
    if loaded.documents is None or not systems:
        return ()
    from reconciler.compile.vendor_keys import check_apple_keys, check_vendor_keys

    found = check_vendor_keys(loaded.documents, {one: load_vendor_keys(one) for one in systems & VENDOR_TABLES})
    if APPLE in systems:
        from reconciler.apple.published import load_published

        found = (*found, *check_apple_keys(loaded.documents, load_published()))
    return found


def _policy_findings(loaded: Loaded, as_of: date, state: DesiredState | None = None) -> tuple[Finding, ...]:
    """What is wrong with MGN, calendar and exceptions."""
    return tuple(check_policy_files(loaded.documents, as_of, state)) if loaded.documents else ()


def _decision_findings(loaded: Loaded) -> tuple[Finding, ...]:
    """Approvals that the council hasn't made."""
    return tuple(check_decisions(loaded.documents, loaded.unread)) if loaded.documents else ()


def _compile(loaded: Loaded, as_of: date) -> DesiredState | None:
    return compile_state(loaded.documents, load_settings(), as_of) if loaded.documents else None


def _unreadable(revision: str) -> Finding:
    """The base was merged once, so it is no error of this step; but nothing can be told apart from it."""
    return Finding(code="BASE-UNREADABLE", severity=Severity.WARNING, place=None, values={"revision": revision})


def _load_base(
    root: Path, revision: str, as_of: date, head: Loaded, head_state: DesiredState | None
) -> tuple[Base, tuple[Finding, ...]]:
    """A base that itself has errors is no reason to stop: what can be compared is."""
    from reconciler.compile.transitions import check_transitions
    from reconciler.load.revision import read_revision
    from reconciler.policy.calendar_changes import check_calendar_changes
    from reconciler.policy.decided_changes import check_decided_changes
    from reconciler.policy.excused_at_once import excused_loosenings

    tree = read_revision(root, revision)
    loaded = load(tree)
    state = _compile(loaded, as_of)
    if loaded.documents is None or head.documents is None or state is None or head_state is None:
        unread = loaded.documents is None and not tree.findings
        return Base(documents=None, state=None, revision=revision), (
            *tree.findings,
            *((_unreadable(revision),) if unread else ()),
        )
    unread_calendar = CALENDAR_FILE in head.locate.files and head.documents.calendar is None
    moved = (
        *check_transitions(loaded.documents, head.documents, state, head_state),
        *check_decided_changes(loaded.documents, head.documents, head.unread),
        *(() if unread_calendar else check_calendar_changes(loaded.documents.calendar, head.documents.calendar, as_of)),
        *excused_loosenings(head.documents, head_state, loaded.documents, state),
    )
    return Base(documents=loaded.documents, state=state, unread=loaded.unread, revision=revision), moved
