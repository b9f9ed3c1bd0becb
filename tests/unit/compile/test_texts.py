"""Every finding of this area has a text in both languages whose placeholders the finding fills."""

import re
from collections.abc import Iterable
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from reconciler.compile.membership import assign_devices
from reconciler.compile.state import compile_state
from reconciler.compile.transitions import check_transitions
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.resource import Device
from tests.unit.compile.writing import TODAY, app, baseline, day, documents, group, school, table

ROOT = Path(__file__).parents[3]
TEXTS: dict[str, Any] = yaml.safe_load((ROOT / "reconciler/texts/messages/compile.yaml").read_text("utf-8"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def asked(code: str, language: str) -> set[str]:
    return placeholders(TEXTS[code][language]["message"]) | placeholders(TEXTS[code][language]["hint"])


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_both_languages_ask_for_the_same(code: str) -> None:
    assert set(TEXTS[code]) == {"sv", "en"}
    assert asked(code, "sv") == asked(code, "en")


def test_every_code_in_the_source_has_a_text_and_every_text_a_code() -> None:
    source = "".join(path.read_text("utf-8") for path in sorted((ROOT / "reconciler/compile").glob("*.py")))

    assert set(re.findall(r'"([A-Z]+(?:-[A-Z]+)+)"', source)) == set(TEXTS)


def everything_wrong() -> Documents:
    """One of nearly every mistake in one municipality."""
    overlap = {"dated": [{"value": 60}, {"value": 45}]}
    install = ("chrome.user.apps.InstallType", {"appInstallType": "X"}, "user")
    norr = school(
        "norr",
        group(
            "klass",
            ou="/K",
            forms=["grundskola", "fritidshem"],
            required=["kladd", "slut", "form", "padda"],
            blocked=["webb", "krav"],
            settings={
                "incognito": "allowed",
                "time-zone": "Europe/Oslo",
                "url-allowlist": ["b.se"],
                "session-length": overlap,
                "url-blocklist": ["*"],
            },
            raw=[install, ("chrome.users.A", {"b": 2}, "user")],
            devices={"match": {"location": "A*"}, "expected": 7},
        ),
        group("dubbel", ou="/K", devices={"match": {"asset_id": "B*"}}),
        group("vagn", settings={"developer-tools": "blocked"}, devices={"serials": ("5CD9",)}),
        group("padda", platform="ipados", settings={"guest-mode": "blocked"}),
        group("larare", audience="staff", within="vagn", devices={"match": {"category": "Lärare*"}}),
        layers={"storage": {"settings": {"guest-mode": "blocked"}}},
    )
    lines: dict[str, Any] = {
        "required": ["krav"],
        "settings": {"incognito": "blocked", "time-zone": "Europe/Stockholm", "url-allowlist": ["a.se"]},
        "raw": [("chrome.users.A", {"b": 1}, "user")],
    }
    return documents(
        norr,
        baselines=[baseline("alla", platforms=["chromeos"], **lines)],
        apps=[
            app("kladd", status="proposed"),
            app("slut", withdrawn_from="2026-01-01"),
            app("form", forms=["grundskola"]),
            app("padda", platform="ipados"),
            app("webb", kind="web"),
            app("krav"),
        ],
        routes=[],
    )


def told(findings: Iterable[Finding]) -> set[str]:
    codes = set()
    for one in findings:
        assert asked(one.code, "sv") <= set(one.values), one.code
        codes.add(one.code)
    return codes


def test_what_compile_finds_fills_its_texts() -> None:
    state = compile_state(everything_wrong(), table(), day("2026-11-21"))

    assert told(state.findings) >= {
        *(
            "SETTING-LOOSENED",
            "SETTING-FIXED",
            "SETTING-INCOMPARABLE",
            "APP-LOOSENED",
            "RAW-CHANGED",
            "RAW-HAS-SETTING",
        ),
        *("DATES-OVERLAP", "APP-NOT-APPROVED", "APP-WITHDRAWN", "APP-NOT-FOR-SCHOOL-FORM", "APP-WRONG-PLATFORM"),
        *("APP-NO-WAY", "SETTING-NOT-ON-PLATFORM", "WISH-WITHOUT-REACH", "SCHOOL-LAYER-UNUSED", "WITHIN-DIFFERS"),
        *("GROUP-WITHOUT-BACKEND", "USER-TARGET-TWICE"),
    }


def test_what_placing_devices_finds_fills_its_texts() -> None:
    files = documents(
        school(
            "norr",
            group("a", devices={"match": {"location": "A*"}, "expected": 7}),
            group("b", devices={"match": {"asset_id": "B*"}}),
            group("c", devices={"serials": ("5CD9",)}),
        )
    )
    devices = [
        Device(id="1", serial="1", active=True, places=("@norr/x",), facts={"location": "a", "asset_id": "b"}),
        Device(id="2", serial="2", active=True, places=("@norr/x",)),
        Device(id="3", serial="3", active=True, places=("@norr/x",), facts={"location": "a"}),
    ]
    result = assign_devices(files, compile_state(files, table(), TODAY), "chrome", devices)

    assert told(result.findings) == {
        *("DEVICE-CLAIMED-TWICE", "DEVICES-WITHOUT-HOLDING", "GROUP-WITHOUT-DEVICES"),
        *("GROUP-EXPECTED-DIFFERS", "SERIALS-NOT-FOUND"),
    }


def test_what_a_step_finds_fills_its_texts() -> None:
    base = documents(
        school("norr", group("k", ou="/K", required=["kami"]), group("p", previously=("q",))), apps=[app("kami")]
    )
    head = documents(school("norr", group("k2", ou="/K"), group("p")))
    found = check_transitions(base, head, compile_state(base, table(), TODAY), compile_state(head, table(), TODAY))

    assert told(found) == {"ID-CHANGED", "PREVIOUSLY-REMOVED", "APP-DELETED-IN-USE", "LISTED-LINE-DROPPED"}
