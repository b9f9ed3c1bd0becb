"""Which changes a rule's breach holds: those on its own subject that would make it.

What takes something away makes none here, but for one: a setting that goes is what breaches a rule that asks for it. Other
removals are judged one by one, by what would be without them (`removals`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.model.change import Action, Change, Proposal
from reconciler.model.finding import Finding
from reconciler.model.place import Locate, Position
from reconciler.model.policy import BREACH, Guardrail, Subject
from reconciler.model.resource import Target
from reconciler.planning.hold import subjects_of
from reconciler.policy.evaluate import reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaches:
    """`whole`: subjects that are a school, a group or an app; `unset`: those of them that a setting's going can have made so.
    `apps` and `lines`: what is in a group, settings with the line that made it so."""

    whole: frozenset[str]
    unset: frozenset[str]
    apps: frozenset[tuple[str, str]]
    lines: frozenset[tuple[str, Position]]


def breaches_in(
    findings: Iterable[Finding], locate: Locate, unasked: Iterable[Subject] = (), rules: Iterable[Guardrail] = ()
) -> Breaches:
    """A subject inside a group is written `school/group:app:name` or `school/group:setting:name`.

    `rules`: those that were asked.

    `unasked`: subjects of which a rule that blocks got no answer, which is never a met one. A device's breach holds the
    device (see `plan_moves`) and nothing here.
    """
    whole: set[str] = set()
    apps: set[tuple[str, str]] = set()
    lines: set[tuple[str, Position]] = set()
    found = [finding for finding in findings if is_breach(finding)]
    breaches = [(finding.subject, finding.place) for finding in found]
    broken = {finding.values.get("rule") for finding in found}
    of_settings = {rule.id for rule in rules if rule.id in broken and reads(rule, "group.settings")}
    unset = frozenset(finding.subject for finding in found if finding.values.get("rule") in of_settings)
    for subject, place in (*breaches, *((one.blocks, one.at) for one in unasked)):
        group, kind, name = _parts(subject)
        if kind == "app":
            apps.add((group, name))
        elif kind == "setting" and place is not None:
            lines.add((group, locate(place)))
        elif kind != "device":
            whole.add(subject)
    return Breaches(whole=frozenset(whole), unset=unset, apps=frozenset(apps), lines=frozenset(lines))


def is_breach(finding: Finding) -> bool:
    """Whether a finding is a rule's breach, which holds by this module's reading and not by the wide one for other errors."""
    return finding.code == BREACH


def _parts(subject: str) -> tuple[str, str, str]:
    group, _, rest = subject.partition(":")
    kind, _, name = rest.partition(":")
    return (group, kind, name) if "/" in group else (subject, "", "")


def would_make(change: Change, target: Target | None, breaches: Breaches) -> bool:
    """What was wanted before this change already is not what made it."""
    if change.proposal is Proposal.STANDING:
        return False
    if change.action is Action.DELETE:
        groups = {*change.effect.groups, change.key.target[1:]}
        return change.key.kind == "setting" and not groups.isdisjoint(breaches.unset)
    if not breaches.whole.isdisjoint(subjects_of(change, target)):
        return True
    groups = {*change.effect.groups, change.key.target[1:]}
    app = str(change.facts.get("app") or change.label) if change.key.kind == "assignment" else ""
    if app and any((group, app) in breaches.apps for group in groups):
        return True
    behind = [why.position for why in change.why if why.position is not None]
    return any((group, line) in breaches.lines for group in groups for line in behind)
