"""Recorded requests are read back as they were sent, a batch as its parts."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.http.request import Sent
from tests.conformance.graph.recording import VARIABLE, Recorded, record, recorded


def sent(verb: str, path: str, body: Any) -> Sent:
    return Sent(lane="x", method=verb, template=path, path=path, query=(), body=body)


def test_bodies_are_recorded_once_and_batches_by_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "requests.jsonl"
    monkeypatch.setenv(VARIABLE, str(file))
    patch = {"id": "2", "method": "PATCH", "url": "/groups/a", "headers": {}, "body": {"displayName": "Å"}}
    read = {"id": "1", "method": "GET", "url": "/groups/a/members?$top=9"}
    record([sent("GET", "/v1.0/groups", None), sent("POST", "/beta/x", {"a": 1}), sent("POST", "/beta/x", {"a": 1})])
    record([sent("POST", "/v1.0/$batch", {"requests": [read, patch]})])
    assert recorded(file) == (
        Recorded(version="beta", verb="POST", path="/x", body={"a": 1}),
        Recorded(version="v1.0", verb="PATCH", path="/groups/a", body={"displayName": "Å"}),
    )


def test_nothing_is_recorded_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    record([sent("POST", "/beta/x", {"a": 1})])
    assert list(tmp_path.iterdir()) == []
