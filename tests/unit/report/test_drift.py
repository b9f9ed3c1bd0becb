"""Drift as it is read by people and programs: counts and names, what to do, and never a value or a device's id."""

import json
from dataclasses import replace

import pytest

from reconciler.model.change import Action, Change, Wait
from reconciler.model.documents import Backend
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.planning.drift import Drift, drift_of
from reconciler.report.drift_json import drift_json
from reconciler.report.drift_text import drift_markdown, drift_text
from tests.unit.report.plans import ALLOWED, BLOCKED, INCOGNITO, because, make_change, make_move, make_plan, touches

HAND = "anna.andersson@vidala.example.se"
BY_HAND = make_change(
    Action.UPDATE,
    "setting",
    "@norrskolan/elever-4-6",
    INCOGNITO,
    before=ALLOWED | {"note": HAND},
    after=BLOCKED,
    effect=touches(74, "norrskolan/elever-4-6", pupils=74),
    why=because("policies/baselines/alla-elever.yaml", 17),
)
MOVE = make_move("sjoskolan/elever-4-6", "norrskolan/elever-4-6", 5, device="SERIENUMMER")
LOST = make_change(Action.DELETE, "setting", "@norrskolan/elever-4-6", "chrome.devices.Bluetooth", before={"b": True})


def drift(*changes: Change, held: tuple[Change, ...] = (), mode: str = "apply", **more: object) -> Drift:
    backend = Backend(id="chrome", kind="google", mode=mode, at=Pointer(file="organisation.yaml"))
    return drift_of(make_plan(*changes, held=held, **more), [backend])


def test_the_text_says_what_differs_for_whom_and_what_to_do() -> None:
    assert drift_text(drift(BY_HAND, MOVE)).splitlines() == [
        "Avvikelser i chrome 2026-11-21",
        "",
        "2 avvikelser: 2 är annorlunda.",
        "De berör 74 enheter på 2 skolor (norrskolan och sjoskolan).",
        "",
        "~ annorlunda",
        "",
        "Skiljer sig från filerna (2)",
        "----------------------------",
        "Någon har ändrat i systemet för hand, eller så är en godkänd ändring inte genomförd än.",
        "",
        "norrskolan/elever-4-6",
        "  ~ Inkognitoläge",
        "      Skiljer sig: note",
        "      74 enheter, 74 elever",
        "      Varför: policies/baselines/alla-elever.yaml:17 (gruppen norrskolan/elever-4-6)",
        "  ~ 5 enheter hör hemma här men finns i sjoskolan/elever-4-6",
        "",
        "Hanteringssystem: chrome (google), ändringar får genomföras.",
        "",
        "Inget återställs av sig självt. Bestäm för varje avvikelse vad som ska gälla:",
        "Ska det som står i systemet gälla: skriv in det i filerna i en pull request, så försvinner",
        "avvikelsen.",
        "Ska filerna gälla: be om det i en pull request med ett godkännande i policies/approvals/, så rättas",
        "det vid nästa genomförande.",
        "Värdena visas inte här. De syns i en ändringsplan:",
        "    reconciler plan --backend chrome",
    ]


@pytest.mark.parametrize("form", [drift_text, drift_markdown, drift_json])
def test_neither_values_nor_devices_are_told_in_any_form(form: object) -> None:
    assert callable(form)
    told = form(drift(BY_HAND, MOVE))

    assert "Inkognitoläge" in told or INCOGNITO in told
    for secret in (HAND, "SERIENUMMER", "INCOGNITO_MODE_AVAILABILITY_ENUM_AVAILABLE", "C0123abcd"):
        assert secret not in told


def test_what_waits_for_the_calendar_asks_nothing_of_anybody() -> None:
    waiting = replace(BY_HAND, waits=Wait(until="2026-11-23 15:30", reason="lesson"))
    text = drift_text(drift(waiting))

    assert "Väntar på kalendern (1)" in text
    assert "Skiljer sig från filerna" not in text
    assert json.loads(drift_json(drift(waiting)))["backends"][0]["summary"]["waiting"] == 1


def test_what_is_held_is_told_apart_and_what_takes_away_is_said_first() -> None:
    text = drift_text(drift(held=(LOST,)))

    assert "! Att rätta 1 av dem tar bort något." in text
    assert "Hålls tillbaka (1)" in text


def test_a_system_that_is_only_observed_is_put_right_by_hand() -> None:
    text = drift_text(drift(BY_HAND, mode="observe"))

    assert "rätta det i systemet för hand" in text
    assert "policies/approvals/" not in text


def test_agreement_in_english() -> None:
    assert "No drift. Everything that we manage here is as the files say." in drift_text(drift(), "en")


def test_what_could_not_be_judged_is_not_taken_for_agreement() -> None:
    unread = Finding(
        code="UNREAD-SETTING", severity=Severity.ERROR, place=None, values={"target": "*", "backend": "chrome"}
    )
    text = drift_text(drift(findings=(unread,)))

    assert "allt gick inte att bedöma" in text
    assert "UNREAD-SETTING" in text
    assert "reconciler doctor --backend chrome" in text
    assert "Inget att göra" not in text


def test_json_for_programs() -> None:
    (system,) = json.loads(drift_json(drift(BY_HAND, held=(LOST,))))["backends"]

    assert system["standing"] == "differs"
    assert system["summary"] == {
        "differences": 2,
        "held": 1,
        "waiting": 0,
        "destructive": 1,
        "devices": 74,
        "schools": ["norrskolan"],
        "outstanding": 0,
        "errors": 0,
    }
    assert [(one["action"], one["held"], one["line"]) for one in system["differences"]] == [
        ("update", False, 17),
        ("delete", True, None),
    ]
    assert system["differences"][0]["fields"] == ["incognitoModeAvailability", "note"]


def test_markdown_fits_an_issue() -> None:
    many = [
        make_change(
            Action.UPDATE, "setting", f"@skola-{n}/elever", INCOGNITO, before=ALLOWED, after={**BLOCKED, f"x{n}": n}
        )
        for n in range(1500)
    ]
    text = drift_markdown(drift(*many))

    assert len(text) <= 65_536
    assert "1500 avvikelser" in text.replace("\N{NO-BREAK SPACE}", "")
