"""Who a group belongs to: its ring, and the route to its backend. Pure."""

from reconciler.model.documents import Group, Organisation, Route, School


def group_key(school: School, group: Group) -> str:
    return f"{school.id}/{group.id}"


def ring_of(organisation: Organisation, school: School, group: Group) -> str | None:
    """The first ring that names the group or its school, or that has no members and so takes the rest."""
    key = group_key(school, group)
    for ring in organisation.rings:
        if not ring.members or key in ring.members or school.id in ring.members:
            return ring.id
    return None


def route_of(organisation: Organisation, school: School, group: Group) -> Route | None:
    """The first route that fits. A group of two school forms fits a route for either."""
    for route in organisation.routes:
        if (
            _fits(route.platforms, (group.platform,))
            and _fits(route.schools, (school.id,))
            and _fits(route.school_forms, group.school_forms)
            and _fits(route.audiences, (group.audience,))
        ):
            return route
    return None


def _fits(wanted: tuple[str, ...], has: tuple[str, ...]) -> bool:
    return not wanted or any(one in wanted for one in has)
