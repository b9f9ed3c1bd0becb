"""The sandbox's table of methods is a part of Google's discovery documents."""

from __future__ import annotations

import pytest

from reconciler.sandbox.google.methods import COMMON, METHODS, Method
from reconciler.sandbox.google.service import HANDLERS
from tests.conformance.google_client.discovery import document, methods, shape_faults


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_method_is_googles(method: Method) -> None:
    google = methods()[method.id]
    assert (method.verb, method.path) == (google["httpMethod"], google["path"])
    query = {name: each for name, each in google.get("parameters", {}).items() if each["location"] == "query"}
    assert set(method.params) == set(query)
    for name, kind in method.params.items():
        if isinstance(kind, tuple):
            assert set(kind) == set(query[name]["enum"])
        else:
            assert kind == query[name]["type"]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_body_and_answer_have_names_that_google_has(method: Method) -> None:
    google = methods()[method.id]
    assert (method.body is None) == ("request" not in google)
    assert (method.answer is None) == ("response" not in google)
    if method.body is not None:
        # updateMask is a string in the document; samples and clients also send an object, so the sandbox takes any.
        assert shape_faults(google["api"], method.body, google["request"]) == []
    if method.answer:
        assert shape_faults(google["api"], method.answer, google["response"]) == []


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_scopes_are_googles(method: Method) -> None:
    listed = set(methods()[method.id]["scopes"])
    assert set(method.scope) <= listed
    assert method.reads == any(scope.endswith(".readonly") for scope in listed)


def test_path_patterns_are_googles() -> None:
    google = methods()["chromepolicy.customers.policySchemas.get"]["parameters"]["name"]["pattern"]
    assert google == "^customers/[^/]+/policySchemas/.*$"
    customer = methods()["chromepolicy.customers.policies.resolve"]["parameters"]["customer"]["pattern"]
    assert customer == "^customers/[^/]+$"


def test_common_parameters_are_googles() -> None:
    assert set(COMMON) | {"$.xgafv", "upload_protocol"} == set(document("directory")["parameters"])
    assert set(document("directory")["parameters"]) == set(document("chromepolicy")["parameters"])


def test_every_method_is_handled() -> None:
    assert set(HANDLERS) == {method.id for method in METHODS}
