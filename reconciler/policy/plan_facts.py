"""What rules see of a change, and of a plan as a whole: counts and names, never a device. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model.change import Action, Change, Plan
from reconciler.model.policy import Subject, SubjectKind
from reconciler.policy.facts import Facts, World
from reconciler.policy.school_facts import Values


def change_facts(world: World, changes: Iterable[Change]) -> Iterator[Facts]:
    """In the order of the plan. A subject is named by its backend and resource: `chrome/setting:@norrskolan/elever-4-6:…`."""
    for one in changes:
        subject = change_subject(one)
        app = one.facts.get("app") or (one.label if one.key.kind == "assignment" else "")
        own: Values = {
            "change.action": one.action.value,
            "change.kind": one.key.kind,
            "change.backend": one.backend,
            "change.app": str(app),
            "change.groups": list(one.effect.groups),
            "change.schools": list(one.effect.schools),
            "change.devices": one.effect.devices,
            "change.pupils": one.effect.pupils,
            "change.disruption": one.effect.disruption,
            "change.destroys": one.destroys,
            "change.by_hand": one.by_hand,
            "change.proposal": one.proposal.value,
        }
        yield Facts(subject, {**world.shared, **own})


def change_subject(change: Change) -> Subject:
    """`school` only where it touches just one."""
    schools = change.effect.schools
    name = f"{change.backend}/{change.key}"
    return Subject(
        kind=SubjectKind.CHANGE, id=name, blocks=str(change.key), school=schools[0] if len(schools) == 1 else ""
    )


def plan_facts(world: World, plan: Plan) -> Iterator[Facts]:
    """One subject, called `plan`."""
    actions = Counter(one.action for one in plan.changes)
    own: Values = {
        "plan.changes": len(plan.changes),
        "plan.creates": actions[Action.CREATE],
        "plan.updates": actions[Action.UPDATE],
        "plan.deletes": actions[Action.DELETE],
        "plan.moved_devices": sum(len(one.members) for one in plan.changes),
        "plan.disruptive": sum(one.effect.disruption != "none" for one in plan.changes),
        "plan.held": len(plan.held),
        "plan.backends": sorted({one.backend for one in plan.changes}),
    }
    subject = Subject(kind=SubjectKind.PLAN, id="plan", blocks="plan")
    yield Facts(subject, {**world.shared, **own})
