"""`$batch`: twenty at a time, each part with an outcome of its own, and only what may be sent again is."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from reconciler.adapters.intune import api
from reconciler.adapters.intune.batching import send_all
from reconciler.http.client import HttpClient
from reconciler.http.clock import VirtualTime
from reconciler.http.failures import HttpFailure, Invalid, OutcomeUnknown, Unreachable
from reconciler.http.request import Reply, Request

Part = Mapping[str, Any]
Answer = Callable[[Sequence[Part]], Sequence[Part]]


@dataclass
class Graph:
    """What is sent, and what is answered to the parts of each batch, in turn. One alone is answered 200."""

    answers: list[Answer | HttpFailure]
    host: str = "graph.microsoft.com"
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Reply:
        self.sent.append(request)
        if not request.path.endswith("/$batch"):
            return Reply(status=200, data={})
        answer = self.answers.pop(0)
        if isinstance(answer, HttpFailure):
            raise answer
        body = cast("dict[str, Any]", request.body)
        return Reply(status=200, data={"responses": list(answer(body["requests"]))})

    def urls(self, nth: int) -> list[str]:
        return [str(part["url"]) for part in cast("dict[str, Any]", self.sent[nth].body)["requests"]]


def all_good(parts: Sequence[Part]) -> list[Part]:
    """In another order than they were asked, which Graph allows."""
    return [{"id": part["id"], "status": 200, "body": {"of": part["url"]}} for part in reversed(parts)]


def but(wrong: int, status: int, headers: Mapping[str, str] | None = None) -> Answer:
    def answer(parts: Sequence[Part]) -> list[Part]:
        bad = {"id": str(wrong), "status": status, "headers": headers or {}, "body": {"error": {"code": "x"}}}
        return [bad if part["id"] == str(wrong) else {"id": part["id"], "status": 200, "body": {}} for part in parts]

    return answer


def run(graph: Graph, requests: Sequence[Request], time: VirtualTime | None = None) -> list[Any]:
    return list(send_all(cast("HttpClient", graph), (time or VirtualTime()).clock(), requests))


def reads(count: int) -> list[Request]:
    return [api.list_members(f"g{number}") for number in range(count)]


def test_twenty_to_a_batch_one_alone_and_answers_in_the_order_of_the_questions() -> None:
    graph = Graph([all_good, all_good])
    outcomes = run(graph, reads(41))
    assert Counter(request.path for request in graph.sent) == {"v1.0/$batch": 2, "v1.0/groups/{id}/members": 1}
    assert [str(one.data["of"]).split("/")[2] for one in outcomes[:40]] == [f"g{number}" for number in range(40)]


def test_a_batch_counts_for_each_of_its_parts() -> None:
    """A list of members costs two units of the directory's quota, also inside."""
    graph = Graph([all_good])
    run(graph, reads(20))
    assert graph.sent[0].counts == 40


def test_only_the_part_that_was_refused_for_its_quota_is_sent_again_after_its_own_wait() -> None:
    graph, time = Graph([but(2, 429, {"Retry-After": "33"}), all_good]), VirtualTime()
    before = time.clock().monotonic()
    outcomes = run(graph, [*reads(5)], time)
    assert all(isinstance(one, Reply) for one in outcomes)
    assert graph.sent[1].path == "v1.0/$batch"
    assert [url.split("/")[2].partition("?")[0] for url in graph.urls(1)] == ["g2"]
    assert time.clock().monotonic() - before >= 33


@pytest.mark.parametrize(("status", "kind"), [(400, Invalid), (500, OutcomeUnknown), (504, OutcomeUnknown)])
def test_what_may_have_been_made_is_not_made_again(status: int, kind: type[HttpFailure]) -> None:
    graph = Graph([but(1, status)])
    outcomes = run(graph, [api.create_policy("configuration", {"n": number}) for number in range(3)])
    assert [type(one) for one in outcomes] == [Reply, kind, Reply]
    assert len(graph.sent) == 1


def test_what_can_be_repeated_is() -> None:
    graph = Graph([but(1, 503), all_good])
    outcomes = run(graph, [api.delete_policy("configuration", str(number)) for number in range(3)])
    assert all(isinstance(one, Reply) for one in outcomes)
    assert graph.urls(1) == ["/deviceManagement/deviceConfigurations/1"]


def test_a_part_that_the_answer_leaves_out_is_not_taken_for_done() -> None:
    graph = Graph([lambda parts: all_good(parts[:1])])
    first, second = run(graph, [api.create_policy("configuration", {"n": number}) for number in range(2)])
    assert isinstance(first, Reply)
    assert isinstance(second, OutcomeUnknown)


def test_a_batch_that_could_not_be_sent_is_each_parts_failure_told_of_its_own_address() -> None:
    lost = api.create_policy("configuration", {})
    graph = Graph([Unreachable(lost, "graph.microsoft.com")])
    outcomes = run(graph, [api.patch_group("g1", {}), api.patch_group("g2", {})])
    assert [type(one) for one in outcomes] == [Unreachable, Unreachable]
    assert {one.path for one in outcomes} == {"v1.0/groups/{id}"}


def test_the_call_that_would_delete_a_device_is_never_sent() -> None:
    graph = Graph([])
    bad = Request(
        method="DELETE",
        path="v1.0/groups/{id}/members/{device}",
        values={"id": "g", "device": "d"},
        lane="directory-write",
    )
    with pytest.raises(ValueError, match="would delete the member itself"):
        run(graph, [*reads(2), bad])
    assert graph.sent == []
