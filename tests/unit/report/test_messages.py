"""The words of the reports: each code that is used has a text, each text is used, in both languages."""

import re
from pathlib import Path

import pytest

import reconciler.report
from reconciler.model.change import Action, Outcome
from reconciler.model.desired import Layer
from reconciler.model.finding import Severity
from reconciler.model.policy import Outcome as Verdict
from reconciler.planning.drift import Standing
from reconciler.policy.tally import BY
from reconciler.settings.reading_fields import REACHES
from reconciler.settings.table import AREAS
from reconciler.texts.rendering import PLACEHOLDER, messages

SOURCE = "\n".join(
    path.read_text("utf-8")
    for folder in (Path(reconciler.report.__file__).parent, Path(reconciler.report.__file__).parent.parent / "cli")
    for path in folder.glob("*.py")
)
_CHECK = {code: text for code, text in messages("check").items() if code.startswith("REPORT-")}
REPORT = {**messages("report"), **messages("coverage"), **messages("drift"), **messages("merged"), **_CHECK}
# Codes that are put together from a part of the data, by the beginning that stands in the source.
BEGINNINGS = set(re.findall(r"""f['"]([A-Z-]+-)\{""", SOURCE))


def said() -> set[str]:
    return set(re.findall(r'words\.(?:say|count)\(\s*"([A-Z0-9-]+)"', SOURCE))


def test_every_code_that_is_said_has_its_text() -> None:
    missing = {
        code
        for code in said()
        if f"REPORT-{code}" not in REPORT and not {f"REPORT-{code}-ONE", f"REPORT-{code}-MANY"} <= REPORT.keys()
    }

    assert not missing


@pytest.mark.parametrize(
    ("beginning", "ends"),
    [
        ("WORD", [*Action, *Outcome]),
        ("SECTION", [*Outcome, "LOUD", "REST", "PINS", "HELD"]),
        ("LAYER", [*Layer, "TARGET"]),
        ("APP", ["REQUIRED", "PINNED", "AVAILABLE", "BLOCKED", "ABSENT", "INHERIT"]),
        ("HOLDER", ["MANAGED-GUEST", "KIOSK"]),
        ("REACH", ["DEVICE", "USER", "MANAGED-GUEST", "KIOSK"]),
        ("DISRUPTION", ["SIGN-IN", "RESTART", "LOST-DATA"]),
        ("SEVERITY", ["ERROR", "WARNING", "INFO"]),
        ("AUDIENCE", ["PUPILS", "STAFF", "STORAGE"]),
        ("VERDICT", ["DECIDES", "AGREES", "ADDS", "OVERRULED", "REFUSED", "EXCEPTION", "WAITS"]),
        ("DEVICE", ["SERIAL", "MATCH", "HOLDING", "TWICE", "INACTIVE", "UNMANAGED", "STAYS"]),
        ("EXPLAIN", ["GROUP", "SCHOOL", "APP", "SETTING", "UNKNOWN"]),
        ("EXIT", ["0", "1", "4"]),
        ("GROUP", ["CREATE", "ADOPT", "DELETE"]),
        ("FROM", ["PROPOSED", "STANDING"]),
        ("DRIFT", [*(one for one in Standing if one is not Standing.DIFFERS)]),
        ("DRIFT-N", [f"{one}-{number}" for one in Action for number in ("ONE", "MANY")]),
        ("DRIFT-WORD", [*Action]),
        ("DRIFT-SECTION", ["READY", "WAITING", "HELD"]),
        ("DRIFT-INTRO", ["READY", "WAITING", "HELD"]),
        ("MERGED-HEAD", ["ORGANISATION", "SYSTEM", "CHANGES", "REMOVING", "HELD", "FAILED", "SCHOOLS"]),
        ("COVERAGE", [*REACHES, "UNINSTALLS", "STAYS", "INHERITS"]),
        ("CHECK", [*Verdict, *(f"{one}-{number}" for one in Severity for number in ("ONE", "MANY"))]),
        ("CHECK-BY", BY),
        ("CHECK-DEVIATION", ["SCHOOL", "GROUPS", "APPS", "SETTINGS", "EXCEPTIONS", "BREACHES"]),
        ("COVERAGE-AREA", [area.replace("_", "-") for area in AREAS]),
    ],
)
def test_every_word_of_the_data_has_its_text(beginning: str, ends: list[str]) -> None:
    assert [end for end in ends if f"REPORT-{beginning}-{end.upper()}" not in REPORT] == []


def test_no_text_is_left_that_nothing_says() -> None:
    def is_said(code: str) -> bool:
        bare = code.removeprefix("REPORT-")
        stem = re.sub("-(ONE|MANY|NAMED)$", "", bare)
        return bool(re.search(f"""['"]({bare}|{stem})['"]""", SOURCE)) or bare.startswith(tuple(BEGINNINGS))

    assert [code for code in REPORT if not is_said(code)] == []


@pytest.mark.parametrize("code", sorted(REPORT))
def test_both_languages_have_the_same_placeholders(code: str) -> None:
    swedish, english = (set(PLACEHOLDER.findall(REPORT[code][lang]["message"])) for lang in ("sv", "en"))

    assert swedish == english
