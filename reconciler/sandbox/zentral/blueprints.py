"""Blueprints, and which artifacts they link to whom (mdm/api_views/blueprints.py, 2026-08)."""

from __future__ import annotations

from reconciler.sandbox.zentral.call import Answer, Call, find, named, page, refuse_twin
from reconciler.sandbox.zentral.errors import invalid, server_error
from reconciler.sandbox.zentral.fields import (
    Field,
    Fields,
    boolean,
    choice,
    integer,
    key_of,
    keys_of,
    read,
    text,
    uuid_of,
)
from reconciler.sandbox.zentral.scope import DEFAULTS, check_scope, doubled, scope_fields, settled
from reconciler.sandbox.zentral.state import Record, ZentralState, add_record, change_record, remove_blueprint

NEW: Record = {
    "inventory_interval": 86400,
    "collect_apps": 0,
    "collect_certificates": 0,
    "collect_profiles": 0,
    "legacy_profiles_via_ddm": True,
    "default_location": None,
    "filevault_config": None,
    "recovery_password_config": None,
    "software_update_enforcements": [],
}


def _blueprint_fields(state: ZentralState) -> Fields:
    extent = Field(parse=choice((0, 1, 2)))
    nothing = Field(parse=key_of({}), null=True)
    return {
        "name": Field(parse=text(maximum=256), required=True),
        "inventory_interval": Field(parse=integer(14400, 604800)),
        "collect_apps": extent,
        "collect_certificates": extent,
        "collect_profiles": extent,
        "legacy_profiles_via_ddm": Field(parse=boolean),
        "default_location": Field(parse=key_of(state.tables["locations"]), null=True),
        "filevault_config": nothing,
        "recovery_password_config": nothing,
        "software_update_enforcements": Field(parse=keys_of(key_of({}))),
    }


def list_blueprints(call: Call) -> Answer:
    return page(call, sorted(named(call, call.state.tables["blueprints"].values()), key=lambda each: each["name"]))


def get_blueprint(call: Call) -> Answer:
    return Answer(body=find(call, "blueprints", "Blueprint"))


def create_blueprint(call: Call) -> Answer:
    values = read(call.data, _blueprint_fields(call.state))
    refuse_twin(call.state, "blueprints", "blueprint", values["name"], None)
    return Answer(status=201, body=add_record(call.state, "blueprints", NEW | values, call.now))


def update_blueprint(call: Call) -> Answer:
    blueprint = find(call, "blueprints", "Blueprint")
    values = read(call.data, _blueprint_fields(call.state))
    refuse_twin(call.state, "blueprints", "blueprint", values["name"], blueprint["id"])
    return Answer(body=change_record(call.state, "blueprints", blueprint, values, call.now))


def delete_blueprint(call: Call) -> Answer:
    blueprint = find(call, "blueprints", "Blueprint")
    if any(each["blueprint"] == blueprint["id"] for each in call.state.tables["links"].values()):
        raise invalid(["This blueprint cannot be deleted"])
    remove_blueprint(call.state, blueprint["id"])
    return Answer(status=204)


def list_links(call: Call) -> Answer:
    """No filter at all: every parameter but the paging is ignored."""
    return page(call, list(call.state.tables["links"].values()))


def get_link(call: Call) -> Answer:
    return Answer(body=find(call, "links", "BlueprintArtifact"))


def _read_link(call: Call, own: Record | None) -> Record:
    state = call.state
    keys = {
        "blueprint": Field(parse=key_of(state.tables["blueprints"]), required=True),
        "artifact": Field(parse=uuid_of(state.tables["artifacts"]), required=True),
    }
    values = read(call.data, keys | dict(scope_fields(state, version=False)))
    pair = (values["blueprint"], values["artifact"])
    if any(
        (each["blueprint"], each["artifact"]) == pair and each is not own for each in state.tables["links"].values()
    ):
        raise invalid({"non_field_errors": ["The fields blueprint, artifact must make a unique set."]})
    check_scope(state, values)
    return values


def create_link(call: Call) -> Answer:
    """Left out, `default_shard` is 100: every device of the blueprint."""
    values = _read_link(call, None)
    if doubled(values):
        raise server_error()
    return Answer(
        status=201, body=add_record(call.state, "links", settled(call.state, DEFAULTS | values, None), call.now)
    )


def update_link(call: Call) -> Answer:
    """Left out, the two lists are cleared; everything else is kept."""
    link = find(call, "links", "BlueprintArtifact")
    values = _read_link(call, link)
    return Answer(body=change_record(call.state, "links", link, settled(call.state, values, link), call.now))


def delete_link(call: Call) -> Answer:
    del call.state.tables["links"][find(call, "links", "BlueprintArtifact")["id"]]
    return Answer(status=204)
