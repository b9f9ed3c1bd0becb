"""What a school's own app managers approve, and that nobody else's word is theirs."""

from collections.abc import Mapping
from typing import Any

from reconciler.trust.evidence import Review, Team
from tests.unit.trust.building import BASE, HEAD, MERGE, ROLES, TEAMS, pull, record, review, world
from tests.unit.trust.cases.row import row

THEIRS = "app-managers:norrskolan"
MANAGED = {**ROLES, THEIRS: "norr-appar", "app-managers:sjoskolan": "sjo-appar"}
MANAGERS = (
    *TEAMS,
    Team(name="norr-appar", members=frozenset({"nora", "nils"})),
    Team(name="sjo-appar", members=frozenset({"siv"})),
)


def managed(name: str, outcome: str, *reviews: Review, roles: Mapping[str, str] = MANAGED, **more: Any) -> None:
    """A pull request that only adds an approved app to a group of Norrskolan, on the council's terms."""
    given = {"touched": {THEIRS: ("schools/norrskolan.yaml groups.elever.apps",)}, "record": record(required=(THEIRS,))}
    it = world(pulls=[pull(reviews=reviews, **{**given, **more})], teams=MANAGERS, roles={BASE: roles})
    row(name, it, outcome)


managed("one of the school's app managers is enough", "#12", review("nora"))
managed("an app manager of another school", "APPROVAL-NOT-MEMBER", review("siv"))
managed("education doesn't stand in for the school's app managers", "APPROVAL-NOT-MEMBER", review("eva"))
managed("the app manager who wrote it", "APPROVAL-BY-WRITER", review("nora"), author="nora")
managed("another app manager than the one who wrote it", "#12", review("nora"), review("nils"), author="nora")
managed(
    "app managers approve their lines and nothing beside them",
    "APPROVAL-NOT-MEMBER",
    review("nora"),
    touched={THEIRS: ("schools/norrskolan.yaml groups.elever.apps",), "it": ("schools/norrskolan.yaml groups.elever",)},
)
managed(
    "two schools' app managers, each for their own",
    "APPROVAL-NOT-MEMBER",
    review("nora"),
    touched={THEIRS: ("schools/norrskolan.yaml",), "app-managers:sjoskolan": ("schools/sjoskolan.yaml",)},
)
managed(
    "what was theirs when the plan was shown and is education's at the merge takes both",
    "APPROVAL-NOT-MEMBER",
    review("nora"),
    touched={"education": ("schools/norrskolan.yaml groups.elever.apps",)},
)
managed(
    "what was education's when the plan was shown and is theirs at the merge takes both",
    "APPROVAL-NOT-MEMBER",
    review("nora"),
    record=record(required=("education",)),
)
managed("app managers without a team", "ROLE-WITHOUT-TEAM", review("nora"), roles=ROLES)
FRIENDS = {**MANAGED, THEIRS: "sjo-appar"}
row(
    "a pull request that makes its author's friends the app managers: the base's count",
    world(
        pulls=[pull(reviews=(review("siv"),), touched={THEIRS: ("x",)}, record=record(required=(THEIRS,)))],
        teams=MANAGERS,
        roles={BASE: MANAGED, HEAD: FRIENDS, MERGE: FRIENDS},
    ),
    "APPROVAL-NOT-MEMBER",
)
