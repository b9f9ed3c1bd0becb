"""The desired state for other programs. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from reconciler.model.desired import DesiredState, GroupState, Origin
from reconciler.model.place import Locate
from reconciler.report.desired_text import groups_of
from reconciler.report.escape import json_document

FORMAT: Final = 1


def desired_json(state: DesiredState, locate: Locate, *, school: str | None = None) -> str:
    """One JSON document, ending in a line break. Each value with its lines, the deciding one first."""
    data = {
        "kind": "desired-state",
        "format": FORMAT,
        "as_of": state.as_of.isoformat(),
        "lapses": state.lapses.isoformat() if state.lapses else None,
        "groups": {one.key: _group(one, locate) for one in groups_of(state, school)},
    }
    return json_document(data)


def _group(one: GroupState, locate: Locate) -> dict[str, Any]:
    return {
        "school": one.school.id,
        "name": one.group.name,
        "platform": one.group.platform,
        "audience": one.group.audience,
        "backend": one.backend,
        "within": one.parent,
        "apps": [
            {"app": app.app, "mode": app.mode, "as": app.session, "pin": app.pinned, "why": _why(app.origins, locate)}
            for _, app in sorted(one.effective.apps.items())
        ],
        "settings": [
            {"setting": each.setting, "value": each.value, "why": _why(each.origins, locate)}
            for _, each in sorted(one.effective.settings.items())
        ],
        "raw": [
            {
                "system": each.system,
                "schema": each.schema,
                "reach": each.reach,
                "fields": dict(each.fields),
                "why": _why(each.origins, locate),
            }
            for _, each in sorted(one.effective.raw.items())
        ],
    }


def _why(origins: Sequence[Origin], locate: Locate) -> list[dict[str, Any]]:
    return [origin_data(one, locate) for one in origins]


def origin_data(one: Origin, locate: Locate) -> dict[str, Any]:
    at = locate(one.at)
    return {
        "layer": one.layer.value,
        "owner": one.owner,
        "value": one.value,
        "file": at.file,
        "line": at.line,
        "column": at.column,
    }
