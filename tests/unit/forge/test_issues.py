"""One issue for each backend: opened, updated, closed when it heals, opened again."""

import pytest

from reconciler.forge.api import Forge
from reconciler.forge.comments import Done
from reconciler.forge.issues import LABEL, close_issue, issue_marker, our_issues, put_issue
from reconciler.http.failures import Forbidden
from tests.forge.faults import bad_gateway
from tests.forge.forge import Forge as Hub
from tests.forge.state import Issue
from tests.unit.forge.conftest import Connect


def issues(hub: Hub) -> list[Issue]:
    return list(hub.world.issues.values())


def test_from_the_first_deviation_until_it_is_healed_and_back(hub: Hub, forge: Forge) -> None:
    number, done = put_issue(forge, "google", "Avvikelser i google", "Två ändringar för hand")
    assert (number, done) == (1, Done.CREATED)
    assert put_issue(forge, "google", "Avvikelser i google", "Två ändringar för hand") == (1, Done.UNCHANGED)
    assert put_issue(forge, "google", "Avvikelser i google", "Tre ändringar för hand") == (1, Done.UPDATED)
    assert put_issue(forge, "google", "Tre avvikelser", "Tre ändringar för hand") == (1, Done.UPDATED)
    assert close_issue(forge, "google") == (1,)
    assert close_issue(forge, "google") == ()
    assert put_issue(forge, "google", "Tre avvikelser", "Tre ändringar för hand") == (1, Done.REOPENED)

    (kept,) = issues(hub)
    assert (kept.state, kept.title, kept.labels, kept.author) == (
        "open",
        "Tre avvikelser",
        [LABEL],
        "github-actions[bot]",
    )
    assert kept.body == "<!-- reconciler:drift:google -->\nTre ändringar för hand"


def test_each_backend_has_its_own(hub: Hub, forge: Forge) -> None:
    put_issue(forge, "google", "Avvikelser i google", "ett")
    put_issue(forge, "intune", "Avvikelser i intune", "två")

    assert close_issue(forge, "intune") == (2,)
    assert [each.state for each in issues(hub)] == ["open", "closed"]


def test_somebody_elses_with_our_marker_and_label_is_left_alone(hub: Hub, to: Connect, forge: Forge) -> None:
    person = to(
        GITHUB_TOKEN=hub.personal_token("dag", {"issues": "write"}),
        RECONCILER_FORGE_LOGIN="dag",
    )
    put_issue(person, "google", "Inga avvikelser", "Allt är bra")

    assert put_issue(forge, "google", "Avvikelser i google", "ett") == (2, Done.CREATED)
    assert close_issue(forge, "google") == (2,)
    assert issues(hub)[0].state == "open"


def test_of_two_that_are_open_at_once_the_older_stays(hub: Hub, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, raced = forge.http.send, False

    def overtaken(request):  # type: ignore[no-untyped-def]
        nonlocal raced
        if request.method == "POST" and request.path.endswith("/issues") and not raced:
            raced = True
            put_issue(forge, "google", "Den andres", "ett")
        return asked(request)

    monkeypatch.setattr(forge.http, "send", overtaken)

    assert put_issue(forge, "google", "Vår", "ett") == (1, Done.CREATED)
    assert [(each.number, each.state, each.reason) for each in issues(hub)] == [
        (1, "open", None),
        (2, "closed", "not_planned"),
    ]


def test_a_502_after_the_fact_opens_no_second_one(hub: Hub, forge: Forge) -> None:
    hub.fault(bad_gateway(verb="POST", path=".*/issues", when="after"))

    assert put_issue(forge, "google", "Avvikelser i google", "ett") == (1, Done.CREATED)
    assert len(issues(hub)) == 1


def test_one_of_another_label_is_not_looked_at(hub: Hub, forge: Forge) -> None:
    put_issue(forge, "google", "Avvikelser i google", "ett")
    issues(hub)[0].labels = ["annat"]

    assert our_issues(forge, "google") == []


def test_a_pull_request_is_no_issue_of_ours(hub: Hub, forge: Forge) -> None:
    put_issue(forge, "intune", "Avvikelser i intune", "ett")  # makes the label
    hub.commit("dag", "norr", {"a.yaml": "a: 1\n"})
    pull = hub.open_pull("dag", "norr", body=issue_marker("google"))
    pull.issue.labels = [LABEL]
    pull.issue.author = "github-actions[bot]"

    assert our_issues(forge, "google") == []


def test_without_the_right_nothing_is_opened(hub: Hub, to: Connect) -> None:
    with pytest.raises(Forbidden):
        put_issue(to({"contents": "read", "issues": "read"}), "google", "Avvikelser", "ett")

    assert issues(hub) == []
