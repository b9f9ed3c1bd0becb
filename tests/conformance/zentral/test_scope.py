"""Who gets what in the sandbox, against Zentral's own code: the same cases made through the API."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import yaml

from reconciler.sandbox import Sandbox, create_app, load_seed
from reconciler.sandbox.zentral.effective import effective_device, shard
from tests.conformance.zentral.recording import BLUEPRINT, asking
from tests.conformance.zentral.scoping import SCOPE_RECORDED, load_scope, scopes
from tests.conformance.zentral.touring import HERE

CASES = load_scope()
SERVER: Mapping[str, Any] = yaml.safe_load(SCOPE_RECORDED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seen() -> Mapping[str, Any]:
    app = create_app(load_seed(HERE / "sandbox.yaml"))
    sandbox: Sandbox = app.extensions["sandbox"]

    def see() -> Mapping[str, Mapping[str, int]]:
        return {serial: effective_device(sandbox.zentral.state, serial).profiles for serial in CASES["watched"]}

    blueprints = sandbox.zentral.state.tables["blueprints"].values()
    (blueprint,) = [int(each["id"]) for each in blueprints if each["name"] == BLUEPRINT]
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://127.0.0.1:1/zentral/api/") as client:
        return dict(scopes(asking(client, {"all": "sandbox-write"}), see, blueprint))


def test_every_case_is_recorded() -> None:
    assert [case["name"] for case in CASES["cases"]] == list(SERVER["scopes"])


@pytest.mark.parametrize("name", [case["name"] for case in CASES["cases"]])
def test_devices_get_what_the_server_gives(name: str, seen: Mapping[str, Any]) -> None:
    assert seen[name] == SERVER["scopes"][name]


@pytest.mark.parametrize(("item", "number"), list(zip(CASES["shards"], SERVER["shards"], strict=True)))
def test_shards_are_the_servers(item: Mapping[str, Any], number: int) -> None:
    assert shard(item["key"] + item["serial"], item["modulo"]) == number
