"""Who pushed what: the repository's activity, which nobody can take back and which outlives a branch."""

from typing import Any

from tests.forge import wire
from tests.forge.answers import Answer, Call, answers
from tests.forge.happenings import HEADS
from tests.forge.state import Event, World


@answers("repos/list-activities")
def list_activities(call: Call) -> Answer:
    """Newest first, by cursors and not by numbers of pages; filtered by `ref`, whole or a branch's name.

    https://docs.github.com/en/rest/repos/repos#list-repository-activities, 2026-11-22. Left out: `time_period`, `direction`.
    """
    world, query = call.world, call.query
    pushes = [(number, each) for number, each in enumerate(world.events, 1) if each.name == "push"]
    found = [_wire(world, number, each) for number, each in reversed(pushes)]
    if "ref" in query:
        ref = query["ref"] if query["ref"].startswith("refs/") else HEADS + query["ref"]
        found = [each for each in found if each["ref"] == ref]
    if "actor" in query:
        found = [each for each in found if each["actor"] and each["actor"]["login"] == query["actor"]]
    if "activity_type" in query:
        found = [each for each in found if each["activity_type"] == query["activity_type"]]
    if "after" in query:
        found = [each for each in found if each["id"] < int(query["after"])]
    size = max(1, min(int(query.get("per_page", 30)), 100))
    return Answer(body=found[:size], headers=_link(call, found, size))


def _link(call: Call, found: list[dict[str, Any]], size: int) -> dict[str, str]:
    """A cursor is opaque at GitHub; here it is the last row's number."""
    if len(found) <= size:
        return {}
    kept = "".join(f"{name}={value}&" for name, value in call.query.items() if name != "after")
    return {"link": f'<{call.world.url}{call.address}?{kept}after={found[size - 1]["id"]}>; rel="next"'}


def _wire(world: World, number: int, each: Event) -> dict[str, Any]:
    commit = each.payload["head_commit"]
    return {
        "id": number,
        "node_id": wire.node_id("PSH", number),
        "before": each.payload["before"],
        "after": each.payload["after"],
        "ref": each.payload["ref"],
        "timestamp": commit["timestamp"] if commit else world.clock.text(),
        "activity_type": _kind(world, each),
        "actor": wire.user(world, each.sender),
    }


def _kind(world: World, each: Event) -> str:
    push = each.payload
    if push["created"] or push["deleted"]:
        return "branch_creation" if push["created"] else "branch_deletion"
    if any(pull.merge_sha == push["after"] for pull in world.pulls.values()):
        return "pr_merge"
    return "force_push" if push["forced"] else "push"
