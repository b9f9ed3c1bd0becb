"""An explanation for other programs: what holds in each group, and every line with its verdict. Pure."""

from typing import Any, Final

from reconciler.compile.explain import ExplainedGroup, ExplainedWish, Explanation
from reconciler.model.place import Locate, Pointer
from reconciler.report.escape import json_document

FORMAT: Final = 1


def explain_json(one: Explanation, locate: Locate) -> str:
    """One JSON document, ending in a line break."""
    data = {
        "kind": "explanation",
        "format": FORMAT,
        "key": one.key,
        "of": one.kind,
        "at": _at(one.at, locate),
        "near": list(one.near),
        "groups": [_group(group, locate) for group in one.groups],
    }
    return json_document(data)


def _at(pointer: Pointer | None, locate: Locate) -> dict[str, Any] | None:
    if pointer is None:
        return None
    position = locate(pointer)
    return {"file": position.file, "line": position.line, "column": position.column}


def _group(group: ExplainedGroup, locate: Locate) -> dict[str, Any]:
    return {
        "group": group.key,
        "at": _at(group.at, locate),
        "backend": group.backend,
        "route": _at(group.route, locate),
        "ring": group.ring,
        "within": group.parent,
        "wishes": [_wish(wish, locate) for wish in group.wishes],
        "skipped": [
            {"wish": one.wish, "reach": one.reach, "reason": one.reason, "at": _at(one.origin.at, locate)}
            for one in group.skipped
        ],
    }


def _wish(wish: ExplainedWish, locate: Locate) -> dict[str, Any]:
    return {
        "kind": wish.kind,
        "name": wish.name,
        "session": wish.session,
        "value": wish.value,
        "reaches": list(wish.reaches),
        "written_at": list(wish.written_at),
        "lines": [
            {
                "layer": line.layer.value,
                "owner": line.owner,
                "value": line.value,
                "verdict": line.verdict,
                "at": _at(line.at, locate),
            }
            for line in wish.lines
        ],
    }
