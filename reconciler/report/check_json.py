"""What `check` found for other programs: the findings as `validate` has them, and every verdict. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.finding import Finding
from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.model.place import Locate
from reconciler.model.policy import Verdict
from reconciler.policy.breaches import Asked, Cause, asked
from reconciler.policy.deviation import Deviation
from reconciler.report.escape import json_document
from reconciler.report.findings import format_findings


def check_json(
    findings: Iterable[Finding],
    verdicts: Iterable[Verdict],
    causes: Mapping[Asked, Cause],
    mgn: Iterable[MgnVerdict],
    found: Iterable[Deviation],
    locate: Locate,
    lang: str,
) -> str:
    """One JSON document, ending in a line break."""
    data: dict[str, Any] = json.loads(format_findings(findings, locate, lang, "json"))
    data["verdicts"] = [_verdict(one, causes.get(asked(one)), locate) for one in verdicts]
    data["mgn"] = [_requirement(one) for one in mgn]
    data["deviations"] = [_deviation(one) for one in found]
    return json_document(data)


def _verdict(one: Verdict, cause: Cause | None, locate: Locate) -> dict[str, Any]:
    at = locate(one.subject.at) if one.subject.at is not None else None
    return {
        "rule": one.rule,
        "on": one.subject.kind.value,
        "subject": one.subject.id,
        "school": one.subject.school or None,
        "outcome": one.outcome.value,
        "effect": one.effect.value,
        "owner": one.owner,
        "cause": cause.value if cause else None,
        "reason": one.reason or None,
        "waived_by": one.waived_by or None,
        "file": at.file if at else None,
        "line": at.line if at else None,
    }


def _requirement(one: MgnVerdict) -> dict[str, Any]:
    return {
        "requirement": one.requirement,
        "level": one.level.value,
        "school": one.school,
        "unit": one.unit,
        "school_form": one.school_form,
        "school_year": one.school_year,
        "outcome": one.outcome.value,
        "reason": one.reason,
    }


def _deviation(one: Deviation) -> dict[str, Any]:
    return {
        "school": one.school,
        "school_forms": list(one.school_forms),
        "groups": one.groups,
        "apps": one.apps,
        "settings": one.settings,
        "exceptions": one.exceptions,
        "breaches": one.breaches,
        "total": one.total,
    }
