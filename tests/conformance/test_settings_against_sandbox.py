"""Two tables of Google's policy schemas, made apart from each other: the settings table's and the sandbox's.

They were read from public material by different people. Where both know a thing they have to agree on it, up to the
spelling of enum values, which the adapter takes from the live tenant. Schemas that the sandbox lists as `dependent`
came from the settings table's side: that the two agree on them says nothing of Google, and they are held to a count.
"""

import json
from importlib import resources
from typing import Any

import httpx
import pytest

from reconciler.adapters.google.schemas import LiveSchemas, read_schemas
from reconciler.sandbox import Options, State, create_app
from reconciler.settings.table import FieldMapping, Install, load_settings
from reconciler.settings.wire import pick_enum


@pytest.fixture(scope="module")
def live() -> LiveSchemas:
    """What a tenant says of its schemas, over HTTP."""
    app = create_app(State(), options=Options(quotas=False))
    transport = httpx.WSGITransport(app=app)
    headers = {"Authorization": "Bearer sandbox-read"}
    with httpx.Client(transport=transport, base_url="http://127.0.0.1/google/", headers=headers) as client:
        reply = client.get("v1/customers/my_customer/policySchemas", params={"pageSize": 1000}).json()
    return read_schemas(reply["policySchemas"])


TABLE = load_settings()
FIELDS = [field for setting in TABLE.settings.values() for field in setting.fields if field.system == "google"]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.schema}.{field.field}")
def test_every_field_that_we_write_is_one_that_the_sandbox_knows(field: FieldMapping, live: LiveSchemas) -> None:
    known = live[field.schema]

    if field.written_only:
        return
    assert field.field in known.fields
    for wire in _wires(field):
        assert pick_enum(wire, known.fields[field.field]) is not None, (wire, known.fields[field.field])


WAYS = [way for way in TABLE.installs if way.system == "google"]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.mode}-{way.holder}")
def test_every_way_to_install_is_one_that_the_sandbox_knows(way: Install, live: LiveSchemas) -> None:
    values = live[way.schema].fields[way.field]

    assert not isinstance(way.wire, str) or pick_enum(way.wire, values) is not None


def _wires(field: FieldMapping) -> list[Any]:
    if field.type != "enum":
        return []
    return [field.constant] if field.has_constant else list(field.values.values())


def test_what_the_sandbox_took_over_from_our_side_is_said_and_does_not_grow() -> None:
    """Eleven schemas; a new one has to be read from public material apart from the settings table."""
    table = json.loads((resources.files("reconciler.sandbox") / "google" / "policy_schemas.json").read_text("utf-8"))

    assert len(table["dependent"]) == 11
    assert set(table["dependent"]) <= set(table["schemas"])
