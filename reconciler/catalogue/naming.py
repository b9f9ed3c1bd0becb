"""Apps by their ids, as commands are given them. Pure."""

from collections.abc import Collection
from difflib import get_close_matches

from reconciler.model.documents import Documents, Wishes
from reconciler.model.finding import Finding, Severity
from reconciler.policy.app_facts import GETS


def no_such_app(name: str, known: Collection[str]) -> Finding:
    """With the id that was perhaps meant."""
    near = next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), "")
    values = {"name": name, "near": near}
    return Finding(code="CATALOGUE-NO-SUCH-APP", severity=Severity.ERROR, place=None, values=values)


def who_gives(documents: Documents, app: str) -> tuple[str, ...]:
    """Baselines, schools and groups whose own lines give the app to somebody, in the order of their files."""
    layers: list[tuple[str, Wishes]] = [(one.id, one.wishes) for one in documents.baselines]
    for school in documents.schools:
        layers += [(school.id, wishes) for wishes in school.layers.values()]
        layers += [(f"{school.id}/{group.id}", group.wishes) for group in school.groups]
    found = (name for name, wishes in layers if any(one.app == app and one.mode in GETS for one in wishes.apps))
    return tuple(dict.fromkeys(found))
