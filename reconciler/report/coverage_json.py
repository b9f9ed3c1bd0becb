"""The coverage for other programs. Pure."""

from typing import Any, Final

from reconciler.compile.coverage import AppRow, Coverage, CoverageCell
from reconciler.model.desired import SkippedWish
from reconciler.model.place import Locate
from reconciler.report.desired_json import origin_data
from reconciler.report.escape import json_document

FORMAT: Final = 1


def coverage_json(coverage: Coverage, locate: Locate) -> str:
    """One JSON document, ending in a line break. Reasons come in both languages; null: nothing is lacking."""
    data = {
        "kind": "coverage",
        "format": FORMAT,
        "platforms": [
            {"platform": one.platform, "system": one.system, "backends": list(one.backends), "groups": one.groups}
            for one in coverage.columns
        ],
        "settings": [_cell(cell) for cell in coverage.cells],
        "apps": [_app(row) for row in coverage.apps],
        "skipped": [_skipped(one, locate) for one in coverage.skipped],
    }
    return json_document(data)


def _cell(cell: CoverageCell) -> dict[str, Any]:
    return {
        "setting": cell.setting,
        "area": cell.area,
        "platform": cell.platform,
        "system": cell.system,
        "reaches": list(cell.reaches),
        "groups": cell.groups,
        "skipped": cell.skipped,
        "lacks": dict(cell.why) if cell.why else None,
        "lacks_values": {word: dict(why) for word, why in cell.why_values.items()},
    }


def _app(row: AppRow) -> dict[str, Any]:
    return {
        "platform": row.platform,
        "system": row.system,
        "identifiers": list(row.identifiers),
        "ways": {mode: list(reaches) for mode, reaches in row.reaches.items()},
        "removal": row.removal,
        "lacks": {mode: dict(why) for mode, why in row.why.items()},
    }


def _skipped(one: SkippedWish, locate: Locate) -> dict[str, Any]:
    return {
        "group": one.group,
        "wish": one.wish,
        "reach": one.reach,
        "reason": one.reason,
        "why": origin_data(one.origin, locate),
    }
