"""What holds for every test: no request that the vendor's own description doesn't know goes unnoticed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from reconciler.adapters.google import connect as google
from reconciler.adapters.intune import connect as intune
from reconciler.adapters.wiring import Wiring
from reconciler.http.client import HttpClient
from reconciler.http.request import Sent
from reconciler.http.throttle import Lane
from tests.conformance.discovery.checker import check
from tests.conformance.graph.checker import check as check_graph
from tests.conformance.graph.recording import record


@pytest.fixture(autouse=True)
def checked_requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Sent]]:
    """Every request that a Google adapter of this process sends in the test; it fails where one is not Google's."""
    sent: list[Sent] = []
    _watch(monkeypatch, google, sent)
    yield sent
    assert [fault for request in sent for fault in check(request)] == []


@pytest.fixture(autouse=True)
def checked_graph_requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Sent]]:
    """The same for Intune's adapter and Microsoft Graph. What is right is recorded, where somebody asks for it."""
    sent: list[Sent] = []
    _watch(monkeypatch, intune, sent)
    yield sent
    assert [fault for request in sent for fault in check_graph(request)] == []
    record(sent)


@pytest.fixture(autouse=True)
def outside_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test says for itself that it is a job of GitHub's; whether our own CI runs it makes no difference."""
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name, raising=False)


def _watch(monkeypatch: pytest.MonkeyPatch, module: ModuleType, sent: list[Sent]) -> None:
    made = module._client

    def client(url: str, lanes: Mapping[str, Lane], credential: Any, wiring: Wiring) -> HttpClient:
        watched = replace(wiring, on_request=_both(sent.append, wiring.on_request))
        found: HttpClient = made(url, lanes, credential, watched)
        return found

    monkeypatch.setattr(module, "_client", client)


def _both(first: Callable[[Sent], None], second: Callable[[Sent], None] | None) -> Callable[[Sent], None]:
    def tell(sent: Sent) -> None:
        first(sent)
        if second:
            second(sent)

    return tell
