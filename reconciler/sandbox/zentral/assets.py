"""Locations of Apps and Books and what was bought there: lists only (mdm/api_views/apps_books.py, 2026-08)."""

from __future__ import annotations

from reconciler.sandbox.zentral.call import Answer, Call, find, named, page
from reconciler.sandbox.zentral.errors import invalid
from reconciler.sandbox.zentral.state import Record


def list_locations(call: Call) -> Answer:
    found = named(call, call.state.tables["locations"].values())
    for name in ("organization_name", "mdm_info_id"):
        asked = call.asked(name)
        found = [each for each in found if not asked or each[name] == asked]
    return page(call, sorted(found, key=lambda each: (each["name"], each["organization_name"])))


def get_location(call: Call) -> Answer:
    return Answer(body=find(call, "locations", "Location"))


def list_location_assets(call: Call) -> Answer:
    found = list(call.state.tables["location_assets"].values())
    location = call.asked("location_id")
    if location and (not location.isdecimal() or int(location) not in call.state.tables["locations"]):
        raise invalid({"location_id": ["Select a valid choice. That choice is not one of the available choices."]})
    asked = {"location": location, "adam_id": call.asked("adam_id"), "pricing_param": call.asked("pricing_param")}
    return page(call, [each for each in found if _fits(each, asked)])


def _fits(asset: Record, asked: dict[str, str]) -> bool:
    return all(not value or str(asset[name]) == value for name, value in asked.items())
