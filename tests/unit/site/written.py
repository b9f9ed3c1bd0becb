"""A small municipality whose every text is chosen by the test: marks to look for, or what somebody means ill by."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from reconciler.load.repository import load
from reconciler.load.tree import Tree
from reconciler.model.finding import is_error
from reconciler.reconcile.prepare import prepare_tree
from reconciler.reconcile.site import gather
from reconciler.site.source import Source

Text = Callable[[str], str]
"""From a field's name (`app.description`) to what is written in it."""

AS_OF: Final = date(2026, 11, 22)

PUBLIC: Final = frozenset(
    {
        "organisation.name",
        "baseline.name",
        *(f"app.{one}" for one in ("name", "supplier", "description", "subject", "purpose", "condition")),
        *(f"app.cost.{one}" for one in ("note",)),
        *(f"app.data_protection.{one}" for one in ("deletion", "export", "legal_basis")),
        *("app.assessment.value", "app.decision.reason"),
        *(f"mgn.{one}" for one in ("introduction", "text", "role", "rationale", "source", "body", "reference")),
    }
)
"""Fields whose texts everybody may read. All others are for the municipality's own people."""


def mark(field: str) -> str:
    """A text that stands nowhere else."""
    return f"mark-{field.replace('.', '-').replace('_', '-')}-ende"


ILL: Final = """<script>alert(1)</script>"><img src=x onerror=alert(2)>'</script><!--{{ 7*7 }} $x$ @anna #12 [a](javascript:alert(3))"""


ILL_NAME: Final = """<img src=x onerror=alert(4)>"'{{ 7*7 }} $x$ @anna"""
"""Names are short, and some may have no slash."""


def ill(field: str) -> str:
    """The field's mark, with what must show as text and do nothing."""
    return f"{mark(field)} {ILL_NAME if field.endswith(('name', 'role')) else ILL}"


def files(text: Text) -> Mapping[str, str]:
    return {path: json.dumps(data, ensure_ascii=False) for path, data in _documents(text).items()}


def source_of(written: Mapping[str, str], as_of: date = AS_OF, *, inside: bool = True) -> Source:
    """As `site` gathers it, without a folder."""
    tree = Tree(files={path: one.encode() for path, one in sorted(written.items())})
    assert [(one.code, one.place, one.values) for one in load(tree).findings if is_error(one)] == []
    found = gather(prepare_tree(tree, Path(), as_of, digest=False), as_of, inside=inside)
    assert found is not None
    return found


def write_files(written: Mapping[str, str], folder: Path) -> None:
    for path, one in written.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(one, encoding="utf-8")


def _documents(text: Text) -> Mapping[str, Any]:
    return {
        "organisation.yaml": _organisation(text),
        "schools/norrskolan.yaml": _school(text),
        "app-catalogs/appar.yaml": {"topic": "appar", "title": text("catalogue.title"), "apps": _apps(text)},
        "app-catalogs/meetings/2026-11-04.yaml": _MEETING,
        "policies/baselines/alla.yaml": _baseline(text),
        "policies/guardrails/egna.yaml": _guardrails(text),
        "policies/mgn/2026-27/grundskola.yaml": _mgn(text),
    }


_MEETING: Final = {
    "date": "2026-11-04",
    "minutes": "ITR 2026:21",
    "state": "held",
    "present": [{"role": "rektor", "seats": 2}, {"role": "lärare", "seats": 3}, {"role": "skol-it", "seats": 1}],
    "agenda": [
        {"app": "skriva", "item": "new"},
        {"app": "nekad-app", "item": "new"},
        {"app": "borta-app", "item": "withdrawal"},
    ],
}


def _organisation(text: Text) -> Mapping[str, Any]:
    return {
        "uid": "6c3d1f0e-0000-4000-8000-000000000000",
        "name": text("organisation.name"),
        "municipality_code": "0000",
        "language": "sv",
        "backends": [{"id": "chrome", "kind": "google", "customer": "C0123abcd", "root": "/Enheter"}],
        "routes": [{"backend": "chrome", "platforms": ["chromeos"]}],
        "roles": {"education": {"contact": "digitalisering@example.se", "review_by": "2027-06-30"}},
        "council": {
            "name": text("council.name"),
            "members": [
                {"role": "rektor", "seats": 2},
                {"role": "lärare", "seats": 3},
                {"role": "skol-it", "seats": 1},
            ],
            "quorum": 4,
        },
    }


def _school(text: Text) -> Mapping[str, Any]:
    group = {
        "id": "elever-4-6",
        "name": text("group.name"),
        "school_form": "grundskola",
        "platform": "chromeos",
        "audience": "pupils",
        "grades": "4-6",
        "devices": {"match": {"location": "NORR 4-6*"}, "expected": 1074},
        "users": {"org_units": ["/Elever/Norrskolan"]},
        "apps": {"available": ["skriva"]},
        "settings": {"incognito": "blocked"},
        "cost_bearer": {"devices": "municipality", "apps": "school"},
    }
    store = {
        "id": "forrad",
        "name": "Förråd",
        "platform": "chromeos",
        "audience": "storage",
        "school_form": "grundskola",
    }
    return {
        "id": "norrskolan",
        "name": text("school.name"),
        "units": [{"code": "12345678", "school_forms": ["grundskola"], "grades": "F-6"}],
        "pupils": {"as_of": "2026-10-15", "by_grade": {"4-6": 74}},
        "roles": {"principal": {"contact": "rektor.norrskolan@example.se", "review_by": "2027-06-30"}},
        "holding": {"chromeos": "forrad"},
        "groups": [group, {**store, "devices": {}}],
    }


def _baseline(text: Text) -> Mapping[str, Any]:
    return {
        "id": "alla",
        "name": text("baseline.name"),
        "applies_to": {"audiences": ["pupils"]},
        "apps": {"required": ["rakna"]},
    }


def _guardrails(text: Text) -> Mapping[str, Any]:
    said = f"{text('rule.message').replace('{{', '').replace('}}', '')} {{school.principal.contact}}"
    rule = {
        "id": "egen",
        "effect": "warn",
        "owner": "joint",
        "on": "school",
        "require": "school.pupils > 1000",
        "message": {"sv": said, "en": said},
        "rationale": text("rule.rationale"),
        "source": {"kind": "need", "text": text("rule.source")},
    }
    return {"id": "egna", "rules": [rule]}


def _mgn(text: Text) -> Mapping[str, Any]:
    requirement = {
        "id": "narvaro",
        "level": "SKA",
        "text": text("mgn.text"),
        "system": "vklass",
        "process": "närvaro",
        "role": text("mgn.role"),
        "verification": "self_assessment",
        "rationale": text("mgn.rationale"),
        "source": text("mgn.source"),
    }
    return {
        "school_form": "grundskola",
        "school_year": "2026-27",
        "state": "adopted",
        "introduction": text("mgn.introduction"),
        "decision": {"body": text("mgn.body"), "date": "2026-05-28", "reference": text("mgn.reference")},
        "participants": [{"role": "rektor", "count": 2}],
        "requirements": [requirement],
    }


def _apps(text: Text) -> list[Mapping[str, Any]]:
    return [
        _whole(text),
        _simple("rakna", text, status="approved"),
        _simple("nekad-app", text, status="rejected"),
        _simple("borta-app", text, status="withdrawn", withdrawn_from="2026-11-10"),
        {**_wish("onskad-app", text), "status": "proposed"},
        {**_wish("koad-app", text), "status": "queued", "queued": "2026-11-01"},
    ]


def _wish(name: str, text: Text) -> dict[str, Any]:
    return {
        "id": name,
        "name": text(f"{name}.name"),
        "platforms": {"chromeos": {"web": f"https://{name}.example.se/"}},
        "source": {"url": f"https://{name}.example.se/", "text": text(f"{name}.source"), "read": "2026-11-01"},
        "request": {
            "by": text(f"{name}.by"),
            "school": "norrskolan",
            "received": "2026-10-14",
            "need": text(f"{name}.need"),
        },
    }


def _simple(name: str, text: Text, **more: str) -> Mapping[str, Any]:
    return {
        **_wish(name, text),
        "subjects": ["matematik"],
        "cost": {"model": "free"},
        "sign_in": ["none"],
        "personal_data": "none",
        "interface": {"languages": ["sv"], "reading": "none", "accessibility": [], "offline": "full"},
        "assessment": {"value": text(f"{name}.value"), "grade": 3, "by": "lärare", "date": "2026-10-20"},
        "decision": {"meeting": "2026-11-04", "reference": "ITR 2026:21 § 9", "reason": text(f"{name}.reason")},
        **more,
    }


def _whole(text: Text) -> Mapping[str, Any]:
    """Everything that a record can hold."""

    def said(*names: str) -> dict[str, str]:
        return {name.rpartition(".")[2]: text(f"app.{name}") for name in names}

    return {
        "id": "skriva",
        **said("name", "supplier", "description"),
        "supplier_country": "SE",
        "platforms": {"chromeos": {"web": "https://skriva.example.se/"}},
        "source": {"url": "https://skriva.example.se/", "text": text("app.source"), "read": "2026-11-01"},
        "request": {
            **said("request.by", "request.need", "request.tried", "request.reference"),
            "school": "norrskolan",
            "received": "2026-10-14",
            "users": 4801,
        },
        "school_forms": ["grundskola"],
        "grades": "4-6",
        "audiences": ["pupils"],
        "age_limit": 0,
        "subjects": [text("app.subject")],
        "purposes": [text("app.purpose")],
        "sign_in": ["google"],
        "cost": {
            "model": "licence",
            "note": text("app.cost.note"),
            "price": {"kronor": 4949.5, "per": "user", "period": "school-year"},
            "licence": "user",
            "in_app_purchases": "none",
            "bearer": "school",
            "contract": {"reference": text("app.cost.contract"), "until": "2028-06-30"},
            "procurement": {"form": "framework", "reference": text("app.cost.procurement")},
        },
        "interface": {"languages": ["sv", "en"], "reading": "some", "accessibility": ["captions"], "offline": "none"},
        "assessment": {
            **said("assessment.value", "assessment.tested_in", "assessment.by"),
            "grade": 4,
            "date": "2026-10-20",
        },
        "personal_data": "ordinary",
        "data_protection": {
            "agreement": "signed",
            "agreement_date": "2026-10-01",
            "impact_assessment": "done",
            "impact_assessment_date": "2026-10-02",
            "assessed_platforms": ["chromeos"],
            "third_country": "none",
            "checked": "2026-10-03",
            "storage": "sweden",
            **said(*(f"data_protection.{one}" for one in _PROTECTION)),
            "classification": {"confidentiality": 2, "integrity": 1, "availability": 1},
        },
        "it_review": {"verdict": "passed", "reason": text("app.it_review.reason"), "date": "2026-10-28"},
        "queued": "2026-10-20",
        "status": "approved-with-conditions",
        "conditions": [text("app.condition")],
        "decision": {
            "meeting": "2026-11-04",
            "reference": "ITR 2026:21 § 10",
            "reason": text("app.decision.reason"),
            "for": 5,
            "against": 1,
        },
        "review_by": "2027-10-31",
        "history": [{"status": "queued", "date": "2026-10-20", "reason": text("app.history.reason")}],
        "notes": [
            {"date": "2026-11-20", "by": text("app.note.by"), "school": "norrskolan", "text": text("app.note.text")}
        ],
        "imported": {"from": text("app.imported"), "sha256": "0" * 64, "read": "2026-10-10"},
    }


_PROTECTION: Final = ("deletion", "export", "register", "legal_basis", "subprocessors")
