"""The words of a review: each code that is used has a text, each text is used."""

import re
from pathlib import Path

import pytest

import reconciler.report
import reconciler.review
from reconciler.model.mgn import State, Verification
from reconciler.model.policy import OWNERS, RuleEffect
from reconciler.report.review_told import _NOUNS
from reconciler.review.approvals import _BY_FOLDER, _BY_KEY
from reconciler.schema.check import schemas
from reconciler.texts.rendering import messages

REVIEW = {code.removeprefix("REVIEW-") for code in messages("review") if code.startswith("REVIEW-")}
FOLDERS = (Path(reconciler.report.__file__).parent, Path(reconciler.review.__file__).parent)
SOURCE = "\n".join(
    path.read_text("utf-8")
    for folder in FOLDERS
    for path in folder.glob("*.py")
    if "review" in path.name or folder.name == "review"
)
AREAS = {*_BY_FOLDER.values(), *_BY_KEY.values()}
ACTIONS = ("ADDED", "REMOVED", "CHANGED")
COME_AND_GO = ("MGN", "RULE", "EXCEPTION", "BASELINE", "LIMIT", "MEETING", "SHARED", "SCHOOL", "GROUP")
_APP = schemas()["app-catalog.schema.json"]["$defs"]["app"]["properties"]
PAYERS = schemas()["school.schema.json"]["$defs"]["group"]["properties"]["cost_bearer"]["properties"]["apps"]["enum"]


def both(noun: str) -> set[str]:
    return {f"{noun}-ONE", f"{noun}-MANY"}


def test_every_sentence_that_is_said_has_its_text() -> None:
    said = set(re.findall(r"""\bsay\(\s*words,\s*['"]([A-Z0-9-]+)['"]""", SOURCE))
    counted = set(re.findall(r"""\bcount\(\s*words,\s*['"]([A-Z0-9-]+)['"]""", SOURCE))

    assert len(said) > 40
    assert said - REVIEW == set()
    assert {code for noun in counted for code in both(noun)} - REVIEW == set()


def test_every_fact_has_its_text() -> None:
    facts = set(re.findall(r"""\b(?:code=|_about\()"([A-Z-]+)\"""", SOURCE))
    facts |= set(re.findall(r"""code = "([A-Z-]+)\"""", SOURCE))

    assert len(facts) > 30
    assert {f"FACT-{code}" for code in facts} - REVIEW == set()


@pytest.mark.parametrize(
    ("beginning", "ends"),
    [
        ("AREA", AREAS),
        ("OWNER", OWNERS),
        ("EFFECT", RuleEffect),
        ("STATE", State),
        ("VERIFICATION", Verification),
        ("PAYER", [*PAYERS, "unknown"]),
        ("UNKNOWN", ["PRICE", "CLASSES", "DEVICES", "PUPILS", "STAFF"]),
        ("SETTING", ["TIGHTER", "LOOSER"]),
        *((noun, ("ONE", "MANY")) for noun in _NOUNS.values()),
        ("CALENDAR", ["YEARS", "LESSONS", "WINDOWS"]),
        *((f"AREA-{area}", ACTIONS) for area in COME_AND_GO),
        *((f"AREA-{area}", ("CHANGED",)) for area in ("CALENDAR", "ORGANISATION")),
        *((f"N-{status.upper()}", ("ONE", "MANY")) for status in (*_APP["status"]["enum"], "gone")),
        *((f"N-{area}", ("ONE", "MANY")) for area in (*COME_AND_GO, "CALENDAR", "ORGANISATION")),
        *((f"FACT-CALENDAR-{what}", ("HOURS",)) for what in ("NEW", "GONE", "OTHERWISE")),
    ],
)
def test_every_word_of_the_data_has_its_text(beginning: str, ends: list[str]) -> None:
    assert [end for end in ends if f"{beginning}-{end.upper()}" not in REVIEW] == []


def test_no_text_is_left_that_nothing_says() -> None:
    begun = tuple(set(re.findall(r"""f['"]([A-Z-]+-)\{""", SOURCE)) - {"FACT-", "REVIEW-", "REPORT-", "SECTION-"})
    begun += ("EFFECT-", "STATE-", "VERIFICATION-")  # by the name of the value that is said

    def is_said(code: str) -> bool:
        bare = re.sub("-(ONE|MANY|HOURS)$", "", re.sub("^(FACT|SECTION)-", "", code))
        return bool(re.search(f"""['"]({bare}|{code})['"]""", SOURCE)) or code.startswith(begun)

    assert [code for code in sorted(REVIEW) if not is_said(code)] == []
