"""The fixture sees what an adapter sends, and fails the test where it is not Google's."""

import pytest

from reconciler.adapters.google import connect
from reconciler.http.client import HttpClient
from reconciler.http.failures import HttpFailure
from reconciler.http.request import Request, Sent
from tests.conformance.discovery.checker import check, check_log
from tests.unit.adapters.tenant import converge, group_state, make_tenant, state, user_layer, wish


def test_every_request_of_an_adapter_is_seen(checked_requests: list[Sent]) -> None:
    tenant = make_tenant()
    layer = user_layer(wish({"incognito": "blocked"}, {"kami": "required"}), "/Elever/Norrskolan/*")
    converge(tenant.adapter(), state([group_state(effective_=wish({"guest-mode": "blocked"}))], [layer]))
    assert len(checked_requests) == len(tenant.sandbox.log) > 20
    assert {one.method for one in checked_requests} == {"GET", "POST", "PATCH"}
    assert check_log(tenant.sandbox.log) == []


def test_a_request_that_is_not_googles_would_fail_the_test(checked_requests: list[Sent]) -> None:
    client: HttpClient = make_tenant().adapter().session.directory
    with pytest.raises(HttpFailure, match="refused"):
        client.send(Request(method="GET", path="admin/directory/v1/kunder", lane="directory"))
    assert connect._client.__module__ == "tests.conftest"
    faults = [fault for one in checked_requests for fault in check(one)]
    assert faults == ["GET /admin/directory/v1/kunder: there is no such method"]
    checked_requests.clear()  # else this very test fails, as it should
