"""Apps by their ids, as commands are given them. Pure."""

from collections.abc import Collection
from difflib import get_close_matches

from reconciler.model.documents import AppLine, Documents, Wishes
from reconciler.model.finding import Finding, Severity
from reconciler.policy.app_facts import GETS


def no_such_app(name: str, known: Collection[str]) -> Finding:
    """With the id that was perhaps meant."""
    near = next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), "")
    values = {"name": name, "near": near}
    return Finding(code="CATALOGUE-NO-SUCH-APP", severity=Severity.ERROR, place=None, values=values)


def lines_giving(documents: Documents, app: str) -> tuple[AppLine, ...]:
    """The lines of baselines, schools and groups that give the app to somebody, in the order of their files."""
    layers: list[Wishes] = [one.wishes for one in documents.baselines]
    for school in documents.schools:
        layers += [*school.layers.values(), *(group.wishes for group in school.groups)]
    return tuple(one for wishes in layers for one in wishes.apps if one.app == app and one.mode in GETS)
