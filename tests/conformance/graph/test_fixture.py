"""The fixture sees what Intune's adapter sends, in batches too, and fails the test where it is not Graph's."""

from pathlib import Path

import pytest

from reconciler.adapters.intune import connect
from reconciler.adapters.intune.adapter import IntuneAdapter
from reconciler.credentials.google import Purpose
from reconciler.http.failures import HttpFailure
from reconciler.http.request import Request, Sent
from reconciler.reconcile.connect import connect as connect_backend
from reconciler.sandbox import ManualClock, create_app
from tests.conformance.google_client.our_side import Ours
from tests.conformance.graph.checker import check, check_log
from tests.conformance.graph_client.our_side import apply_with, plan_with, seeded, small


def test_every_request_of_an_adapter_is_seen(checked_graph_requests: list[Sent], tmp_path: Path) -> None:
    clock = ManualClock()
    app = create_app(seeded(), clock=clock)
    ours = Ours(clock=clock, app=app)
    apply_with(ours, plan_with(ours), tmp_path)
    log = app.extensions["sandbox"].log
    assert len(checked_graph_requests) == len([each for each in log if "oauth2" not in each["path"]]) > 20
    assert {one.path for one in checked_graph_requests} >= {"/v1.0/$batch", "/beta/$batch", "/v1.0/groups"}
    assert check_log(log) == []


def test_a_request_that_is_not_graphs_would_fail_the_test(checked_graph_requests: list[Sent]) -> None:
    documents = small().documents
    assert documents is not None
    [backend] = documents.organisation.backends
    clock = ManualClock()
    ours = Ours(clock=clock, app=create_app(seeded(), clock=clock))
    adapter = connect_backend(documents, backend, ours.wiring(Purpose.PLAN))
    assert isinstance(adapter, IntuneAdapter)
    with pytest.raises(HttpFailure):
        adapter.session.graph.send(Request(method="GET", path="v1.0/grupper", lane="directory"))
    assert connect._client.__module__ == "tests.conftest"
    faults = [fault for one in checked_graph_requests for fault in check(one)]
    assert faults == ["GET v1.0/grupper: no such request is described"]
    checked_graph_requests.clear()  # else this very test fails, as it should
