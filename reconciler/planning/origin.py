"""From where a system may be changed: from anywhere, or only by what the forge says was approved. Pure."""

from reconciler.model.change import Plan
from reconciler.model.documents import Backend, Documents, Organisation


def applied_from(organisation: Organisation, backend: Backend, *, sandbox: bool) -> str:
    """`forge` or `anywhere`. A sandbox is nobody's system; where nothing is written, it is the forge as soon as there is one."""
    if sandbox:
        return "anywhere"
    return backend.apply_from or ("forge" if organisation.forge_owner else "anywhere")


def guarded(plan: Plan, documents: Documents, *, sandbox: bool) -> tuple[str, ...]:
    """The backends of a plan that are only changed by what the forge says is approved, in the plan's order."""
    known = {one.id: one for one in documents.organisation.backends}
    names = dict.fromkeys(change.backend for change in plan.changes)
    own = (known.get(name) for name in names)
    return tuple(one.id for one in own if one and applied_from(documents.organisation, one, sandbox=sandbox) == "forge")
