"""What people lose: said where it is so, in words for pupils and staff alike, and first where an app goes."""

import pytest

from reconciler.model.change import Action, ApplyResult, Change
from reconciler.model.place import Json
from reconciler.planning.planfile import read_result, write_result
from reconciler.report.items import is_loud
from reconciler.report.plan_text import plan_text
from reconciler.report.result_text import result_text
from reconciler.settings.table import load_settings
from tests.unit.report.plans import INSTALL, make_change, make_plan

TOOLS = "chrome.users.DeveloperTools"
ALWAYS = "DEVELOPER_TOOLS_AVAILABILITY_ENUM_ALWAYS_ALLOW_DEVELOPER_TOOLS"
SOME = "DEVELOPER_TOOLS_AVAILABILITY_ENUM_ALLOW_DEVELOPER_TOOLS_EXCEPT_FORCE_INSTALLED"
NEVER = "DEVELOPER_TOOLS_AVAILABILITY_ENUM_NEVER_ALLOW_DEVELOPER_TOOLS"
KAMI = f"{INSTALL}|chrome:ecnphl"


def tools(before: str | None, after: str) -> str:
    live: dict[str, Json] | None = {"developerToolsAvailability": before} if before else None
    action = Action.UPDATE if before else Action.CREATE
    wanted: dict[str, Json] = {"developerToolsAvailability": after}
    return plan_text(make_plan(make_change(action, "setting", "ou:/Personal", TOOLS, before=live, after=wanted)), "sv")


def app(before: str | None, after: str) -> Change:
    live: dict[str, Json] | None = {"appInstallType": before} if before else None
    action = Action.UPDATE if before else Action.CREATE
    return make_change(action, "assignment", "ou:/Elever", KAMI, before=live, after={"appInstallType": after})


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [(None, SOME, False), (ALWAYS, SOME, False), (SOME, NEVER, True), (None, NEVER, True), (NEVER, ALWAYS, False)],
)
def test_a_loss_is_said_from_the_value_on_where_it_is_one(before: str | None, after: str, lost: bool) -> None:
    assert ("Det går inte att granska eller felsöka webbsidor." in tools(before, after)) is lost


def test_no_loss_is_said_of_pupils_alone() -> None:
    said = [one.loses for one in load_settings().settings.values() if one.loses]

    assert len(said) > 20
    assert not [text for text in said if "elev" in text["sv"].lower() or "pupil" in text["en"].lower()]


@pytest.mark.parametrize(
    ("before", "after", "loud"),
    [
        ("FORCED", "BLOCKED", True),
        ("ALLOWED", "BLOCKED", True),
        ("FORCED", "ALLOWED", False),
        (None, "BLOCKED", False),
        ("BLOCKED", "FORCED", False),
    ],
)
def test_an_app_that_is_taken_from_those_who_had_it_comes_first(before: str | None, after: str, loud: bool) -> None:
    assert is_loud(app(before, after)) is loud


def test_a_value_that_no_word_stands_for_is_shown_as_the_system_has_it() -> None:
    text = tools("EN_NY_SORT", NEVER)

    assert "EN_NY_SORT → spärrade" in text


def test_a_result_is_shown_in_the_language_of_its_organisation() -> None:
    kept = read_result(write_result(ApplyResult(format=1, organisation="x", language="sv", results=())))

    assert kept.language == "sv"
    assert result_text(kept).startswith("Resultat av genomförandet")
    assert result_text(kept, "en").startswith("Result of the apply")
