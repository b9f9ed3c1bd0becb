"""One comment for each purpose, ours by marker and author, however often and from wherever it is written."""

import pytest

from reconciler.forge.api import Forge
from reconciler.forge.comments import LONGEST, Done, marker, our_comments, put_comments
from reconciler.forge.problems import ForgeProblem
from reconciler.http.failures import Forbidden
from tests.forge.faults import bad_gateway
from tests.forge.forge import Forge as Hub
from tests.forge.state import Pull
from tests.unit.forge.conftest import Connect


@pytest.fixture
def pull(hub: Hub) -> Pull:
    hub.commit("dag", "byt", {"schools/norr.yaml": "id: norr\n"})
    return hub.open_pull("dag", "byt")


def bodies(hub: Hub, pull: Pull) -> list[tuple[str, str]]:
    return [(each.author, each.body) for each in hub.said(pull)]


def test_the_first_time_it_is_made_and_then_kept_in_place(hub: Hub, forge: Forge, pull: Pull) -> None:
    first = put_comments(forge, pull.number, "plan", ["Tre ändringar"])
    second = put_comments(forge, pull.number, "plan", ["Två ändringar"])

    assert (first, second) == ((Done.CREATED,), (Done.UPDATED,))
    assert bodies(hub, pull) == [("github-actions[bot]", "<!-- reconciler:comment:plan:1 -->\nTvå ändringar")]


def test_what_says_so_already_is_left_alone(hub: Hub, forge: Forge, pull: Pull) -> None:
    put_comments(forge, pull.number, "plan", ["Tre ändringar"])
    hub.said(pull)[0].body += "\r\n"
    asked = len(hub.world.log)

    assert put_comments(forge, pull.number, "plan", ["Tre ändringar"]) == (Done.UNCHANGED,)
    assert {each.verb for each in hub.world.log[asked:]} == {"GET"}


def test_somebody_elses_comment_with_our_marker_is_neither_read_nor_touched(hub: Hub, forge: Forge, pull: Pull) -> None:
    forged = hub.say(pull, "dag", f"{marker('plan')}\nAllt är godkänt")

    put_comments(forge, pull.number, "plan", ["Tre ändringar"])

    assert forged.body == f"{marker('plan')}\nAllt är godkänt"
    assert [comment.text for comment in our_comments(forge, pull.number, "plan")] == [
        f"{marker('plan')}\nTre ändringar"
    ]


def test_another_comment_of_ours_that_quotes_it_is_not_it(hub: Hub, forge: Forge, pull: Pull) -> None:
    hub.say(pull, "github-actions[bot]", f"> {marker('plan')}\n> Tre ändringar")

    assert put_comments(forge, pull.number, "plan", ["Två ändringar"]) == (Done.CREATED,)


def test_purposes_and_parts_have_comments_of_their_own_and_what_is_left_over_goes(
    hub: Hub, forge: Forge, pull: Pull
) -> None:
    put_comments(forge, pull.number, "review", ["Granskning"])
    put_comments(forge, pull.number, "plan", ["ett", "två", "tre"])

    assert put_comments(forge, pull.number, "plan", ["ett"]) == (Done.UNCHANGED, Done.REMOVED, Done.REMOVED)
    assert [body for _, body in bodies(hub, pull)] == [
        f"{marker('review')}\nGranskning",
        f"{marker('plan')}\nett",
    ]


def test_of_two_that_were_made_at_once_the_older_stays_and_says_what_was_written_last(
    hub: Hub, forge: Forge, pull: Pull
) -> None:
    hub.say(pull, "github-actions[bot]", f"{marker('plan')}\nfrån den ena")
    hub.say(pull, "github-actions[bot]", f"{marker('plan')}\nfrån den andra")

    put_comments(forge, pull.number, "plan", ["från den andra"])

    assert [body for _, body in bodies(hub, pull)] == [f"{marker('plan')}\nfrån den andra"]


def test_one_more_comes_up_while_it_is_made(
    hub: Hub, forge: Forge, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other run's is made between our looking and our writing: it has the lower number."""
    asked = forge.http.send
    raced = False

    def late(request):  # type: ignore[no-untyped-def]
        nonlocal raced
        if request.method == "POST" and not raced:
            raced = True
            hub.say(pull, "github-actions[bot]", f"{marker('plan')}\nden andres")
        return asked(request)

    monkeypatch.setattr(forge.http, "send", late)
    put_comments(forge, pull.number, "plan", ["vår"])

    assert [body for _, body in bodies(hub, pull)] == [f"{marker('plan')}\nvår"]


def test_a_502_after_the_fact_makes_no_second_one(hub: Hub, forge: Forge, pull: Pull) -> None:
    hub.fault(bad_gateway(verb="POST", path=".*/comments", when="after"))

    put_comments(forge, pull.number, "plan", ["Tre ändringar"])

    assert len(hub.said(pull)) == 1
    assert [each.verb for each in hub.world.log].count("POST") == 1


def test_beyond_a_page_it_is_found_again(hub: Hub, forge: Forge, pull: Pull) -> None:
    for number in range(130):
        hub.say(pull, "dag", f"{number}")
    put_comments(forge, pull.number, "plan", ["ett"])

    assert put_comments(forge, pull.number, "plan", ["två"]) == (Done.UPDATED,)


def test_a_text_that_is_too_long_is_not_sent(hub: Hub, forge: Forge, pull: Pull) -> None:
    room = LONGEST - len(marker("plan")) - 1

    with pytest.raises(ForgeProblem) as refused:
        put_comments(forge, pull.number, "plan", ["kort", "x" * (room + 1)])

    assert (refused.value.code, refused.value.values["length"]) == ("FORGE-TEXT-TOO-LONG", "65537")
    assert hub.said(pull) == []
    assert put_comments(forge, pull.number, "plan", ["x" * room]) == (Done.CREATED,)


def test_with_another_app_than_is_said_nothing_is_written_twice(hub: Hub, to: Connect, pull: Pull) -> None:
    token = hub.app_token({"issues": "write", "pull_requests": "write"}, slug="var-app")

    with pytest.raises(ForgeProblem) as refused:
        put_comments(to(GITHUB_TOKEN=token), pull.number, "plan", ["ett"])

    assert refused.value.code == "FORGE-AUTHOR-DIFFERS"
    own = to(GITHUB_TOKEN=token, RECONCILER_FORGE_LOGIN="var-app[bot]")
    assert put_comments(own, pull.number, "plan", ["två"]) == (Done.UPDATED,)


def test_a_job_that_only_reads_writes_nothing(hub: Hub, to: Connect, pull: Pull) -> None:
    with pytest.raises(Forbidden):
        put_comments(to({"pull-requests": "read", "issues": "read"}), pull.number, "plan", ["ett"])

    assert hub.said(pull) == []
