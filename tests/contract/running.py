"""A case carried out on a live system: each step planned, applied from its saved file, and planned again."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import unified_diff
from pathlib import Path
from typing import Any

from reconciler import __version__
from reconciler.model.change import Change, Outcome, Plan
from reconciler.model.finding import Severity
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.reconcile.apply import Applied, run_apply
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import prepare
from reconciler.report.result_view import exit_code
from tests.contract.cases import Case, Step, of_adapter
from tests.contract.live import Effect, Live

SMALL = Path(__file__).parent / "small"
SEED = SMALL / "seed.yaml"
INTUNE_SEED = SMALL / "seed-intune.yaml"
ZENTRAL_SEED = SMALL / "seed-zentral.yaml"


@dataclass(slots=True)
class Run:
    """One repository and one live system."""

    live: Live
    root: Path
    today: date = date(2026, 11, 21)
    commits: int = 0
    journals: int = field(default=0)

    def plan(self, *, base: str | None = None) -> Plan:
        """A plan as it is when read from its file again."""
        made = run_plan(prepare(self.root, self.today, base), self.live.wiring(), connect_to=self.live.connect)
        assert made is not None, "no organisation"
        return read_plan(write_plan(made), tool_version=__version__)

    def apply(self, plan: Plan) -> Applied:
        self.journals += 1
        journal = self.root.parent / f"journal-{self.journals}.jsonl"
        prepared = prepare(self.root, self.today)
        return run_apply(
            plan, prepared, self.root, self.today, self.live.wiring(), journal, connect_to=self.live.connect
        )

    def write(self, step: Step) -> None:
        for name, text in step.files.items():
            path = self.root / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self.live.translate(text), encoding="utf-8")
        for name, edits in step.replace.items():
            text = (self.root / name).read_text(encoding="utf-8")
            for old, new in ((self.live.translate(old), self.live.translate(new)) for old, new in edits.items()):
                assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
                text = text.replace(old, new)
            (self.root / name).write_text(text, encoding="utf-8")

    def commit(self) -> str:
        """The files as they are, as a revision of Git."""
        git = ["git", "-C", str(self.root), "-c", "user.name=Test", "-c", "user.email=test@example.se"]
        if not self.commits:
            subprocess.run([*git, "init", "-q"], check=True)
        self.commits += 1
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "before"], check=True)
        return "HEAD"


def new_run(live: Live, folder: Path, files: Mapping[str, str] | None = None) -> Run:
    """The small repository in a folder of its own, with a case's own files over it."""
    root = folder / "repository"
    shutil.copytree(SMALL, root, ignore=shutil.ignore_patterns("seed*.yaml", ".reconciler"))
    for path in root.rglob("*.yaml"):
        path.write_text(live.translate(path.read_text(encoding="utf-8")), encoding="utf-8")
    run = Run(live=live, root=root)
    run.write(Step(step="start", files=files or {}))
    return run


_applied: dict[str, Any] = {}
"""Adapter → the small tenant with the small repository applied to it, made by the first case of this process."""


def carry_out(case: Case, run: Run, *, afresh: bool = False) -> None:
    """Every step of a case, from what it starts from. Asserts all that the case says. `afresh`: apply the start, too."""
    if case.start == "applied":
        _apply_start(case, run, afresh=afresh)
    for step in case.steps:
        carry_step(step, run)


def _apply_start(case: Case, run: Run, *, afresh: bool) -> None:
    if afresh or case.files:
        carry_step(Step(step="start"), run)
    elif run.live.name in _applied:
        run.live.load(_applied[run.live.name])
    else:
        carry_step(Step(step="start"), run)
        _applied[run.live.name] = run.live.dump()


def carry_step(step: Step, run: Run) -> None:
    base = run.commit() if step.base else None
    run.write(step)
    for edit in step.edits:
        if edit.get("only", run.live.name) == run.live.name:
            run.live.edit({key: value for key, value in edit.items() if key != "only"})
    run.today = date.fromisoformat(step.today) if step.today else run.today
    run.live.writes()
    plan = run.plan(base=base)
    _check_plan(step, plan, run.live)
    if step.apply != "none":
        _check_apply(step, plan, run)
    if step.apply == "done":
        second = run.plan()
        assert _lines(second.changes) == [], f"{step.step}: the second plan is not empty"
    _check_effects(step, run.live)


def _check_apply(step: Step, plan: Plan, run: Run) -> None:
    others = run.live.others()
    applied = run.apply(plan)
    assert list(unified_diff(others.splitlines(), run.live.others().splitlines())) == [], f"{step.step}: others' things"
    if step.apply != "done":
        assert applied.result is None, f"{step.step}: the plan was carried out"
        assert [finding.code for finding in applied.findings] == [step.apply], step.step
        assert run.live.writes() == [], f"{step.step}: something was written"
        return
    assert applied.result is not None, (step.step, applied.findings)
    outcomes = [(str(one.key), one.outcome, one.reason, dict(one.values)) for one in applied.result.results]
    missed = [one for one in outcomes if one[1] is not Outcome.APPLIED]
    assert missed == [], (step.step, missed)
    assert exit_code(applied.result) == 0, step.step
    writes, most = run.live.writes(), of_adapter(step.writes, run.live.name)
    assert most is None or len(writes) <= most, (step.step, writes)
    assert max(run.live.objects().values(), default=0) <= 1, (step.step, run.live.objects())


def _check_plan(step: Step, plan: Plan, live: Live) -> None:
    def said(value: Any) -> Any:
        return of_adapter(value, live.name)

    codes = {finding.code for finding in plan.findings if finding.severity is not Severity.INFO}
    wanted = list(said(step.findings) or ())
    may = {code.removesuffix("?") for code in wanted if code.endswith("?")}
    assert codes - may == {code for code in wanted if not code.endswith("?")}, (step.step, plan.findings)
    notes = {note.code for note in plan.notes}
    assert set(said(step.notes) or ()) <= notes, (step.step, notes)
    left = {one.code for one in plan.outstanding}
    assert set(step.outstanding) <= left, (step.step, left)
    found = {
        "changes": _count(plan.changes),
        "held": _count(plan.held),
        "pins": sum(change.pins for change in plan.changes),
        "destroys": sum(change.destroys for change in plan.changes),
        "resets": sum(len(change.resets) for change in plan.changes),
        "whose": dict(Counter(change.proposal.value for change in plan.changes)),
        "lapses": str(plan.lapses) if plan.lapses else "never",
    }
    for name, value in found.items():
        number = said(getattr(step, name))
        detail = (step.step, name, _lines(plan.changes), "held", _lines(plan.held), plan.findings)
        assert number is None or value == number, detail


def _check_effects(step: Step, live: Live) -> None:
    for item in step.has:
        words = item["has"]
        effect = Effect(
            user=item.get("user", "/"),
            device=item["device"],
            session=item.get("session", "user"),
            groups=item.get("groups", ()),
            has=of_adapter(words, live.name) or {},
        )
        seen = live.seen(effect)
        wanted = {name: live.spell_word(name, word) for name, word in effect.has.items()}
        assert seen == wanted, (step.step, item, seen)
    where = {serial: of_adapter(place, live.name) for serial, place in step.where.items()}
    places = {serial: live.place(serial) for serial in where}
    assert places == {serial: live.spell_place(place) for serial, place in where.items()}, step.step


def _count(changes: tuple[Change, ...]) -> dict[str, int]:
    return dict(Counter(f"{change.action.value} {change.key.kind}" for change in changes))


def _lines(changes: tuple[Change, ...]) -> list[str]:
    return [f"{change.action.value} {change.key} {change.before} -> {change.after}" for change in changes]
