"""A comment on GitHub: fits, is cut between two changes, and does nothing that a text in it asks for."""

import re
from dataclasses import replace

import pytest

from reconciler.model.change import Action, Change
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Outstanding
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.plan_text import plan_text
from tests.unit.report.plans import INSTALL, make_change, make_plan, touches

GITHUB = 65_536
EVIL = (
    "<script>alert(1)</script>",
    "<!-- marker -->",
    "@team",
    "![x](https://evil.example/y.png)",
    "[a](https://evil.example)",
    "#12",
    "org/repo#12",
    "a|b",
    "`code`",
    "</details>",
    "```",
    "line\nbreak",
)


def apps(number: int, *, schools: int = 1, action: Action = Action.CREATE) -> list[Change]:
    fields = {"appInstallType": "FORCED"}
    side = {"before": fields} if action is Action.DELETE else {"after": fields}
    return [
        make_change(
            action,
            "assignment",
            f"@skola-{n % schools}/elever",
            f"{INSTALL}|chrome:{n}",
            label=f"App {n:05}",
            effect=touches(10, f"skola-{n % schools}/elever", pupils=10),
            **side,
        )
        for n in range(number)
    ]


def shown(text: str) -> int:
    return len(re.findall(r"App [0-9]{5}", text))


def test_a_plan_that_fits_is_whole() -> None:
    text = plan_markdown(make_plan(*apps(100)), "en")

    assert shown(text) == 100
    assert "did not fit" not in text


@pytest.mark.parametrize("number", [1_000, 5_000])
@pytest.mark.parametrize("action", [Action.CREATE, Action.DELETE])
def test_thousands_of_changes_are_cut_at_a_boundary_and_counted(number: int, action: Action) -> None:
    text = plan_markdown(make_plan(*apps(number, schools=40, action=action)), "en", file="plan.json")
    cut = re.search(r"\*\*([0-9,]+) changes did not fit here\. The whole plan:\*\* `reconciler show plan.json`", text)

    assert len(text) <= GITHUB
    assert len(text) > GITHUB * 0.9, "room that is there is used"
    assert cut is not None
    assert shown(text) + int(cut[1].replace(",", "")) == number
    assert text.count("<details>") == text.count("</details>")
    last = text[: cut.start()].replace("</details>", "").rstrip().splitlines()[-1]
    assert "devices" in last or "uninstalled" in last or "Why" in last, "the last change that is shown is whole"


def test_what_is_held_back_is_seen_whatever_else_there_is() -> None:
    """A limit that stops six deletions matters more than which of five thousand apps are listed."""
    held = [replace(one, label=f"Held {n}") for n, one in enumerate(apps(6, action=Action.DELETE))]
    stop = Finding(
        code="LIMIT-DELETIONS",
        severity=Severity.ERROR,
        place=None,
        subject="limit:chrome:assignment",
        values={
            "backend": "chrome",
            "kind": "assignment",
            "count": "6",
            "owned": "10",
            "limit": "3",
            "changes": "6",
            "allowance": "id: 2026-11-21-chrome",
        },
    )
    text = plan_markdown(make_plan(*apps(5_000), held=tuple(held), findings=(stop,)), "en")

    assert len(text) <= GITHUB
    assert len(text) > GITHUB * 0.9
    assert all(f"Held {n}" in text for n in range(6))
    assert "id: 2026-11-21-chrome" in text, "the file that lets them through"


def test_headline_and_what_is_outstanding_survive_the_cut() -> None:
    item = Outstanding(
        code="DO-BY-HAND-CREATE", backend="chrome", subject="x", values={"label": "Scratch", "target": "@a"}
    )
    text = plan_markdown(make_plan(*apps(5_000), outstanding=(item,)), "en")

    assert text.index("5,000 things will be added") < text.index("did not fit") < text.index("Scratch")
    assert "`reconciler apply plan.json`" in text.splitlines()[-1]


def test_thousands_of_findings_are_cut_too() -> None:
    findings = tuple(
        Finding(code="GOOGLE-USERS-NOT-FOUND", severity=Severity.ERROR, place=None, values={"path": f"/Elever/{n}"})
        for n in range(5_000)
    )
    text = plan_markdown(make_plan(*apps(5_000), findings=findings), "en")

    assert len(text) <= GITHUB
    assert "more lines did not fit here" in text
    assert shown(text) > 100, "the findings leave room for changes"


def test_one_huge_change_does_not_push_the_rest_out() -> None:
    huge = make_change(
        Action.ADOPT,
        "target",
        "ou:/Personal",
        after={"mark": "x"},
        destroys=True,
        resets={f"chrome.users.Key{n}": {"x": "y" * 150} for n in range(2_000)},
    )
    text = plan_markdown(make_plan(huge, *apps(50)), "en")

    assert len(text) <= GITHUB
    assert shown(text) == 50
    assert "2,000 values that somebody else set" in text


@pytest.mark.parametrize("evil", EVIL)
def test_text_from_outside_is_only_text(evil: str) -> None:
    change = make_change(
        Action.UPDATE,
        "setting",
        f"ou:/{evil}",
        "chrome.users.Homepage",
        before={"homepageLocation": evil},
        after={"homepageLocation": f"{evil}!"},
        label=evil,
    )
    named = make_change(Action.DELETE, "group", "@a/b", before={"name": evil}, label=evil)
    odd = make_change(Action.CREATE, "setting", "ou:/x", evil, after={evil: evil}, label=evil)
    text = plan_markdown(make_plan(change, named, odd), "en")

    assert evil not in text
    assert "<script" not in text
    assert not re.search(r"@team|(?<!\\)\[a\]|(?<!\\)!\[x\]|#12", text)


def test_printed_in_a_job_it_holds_no_workflow_command() -> None:
    odd = make_change(Action.CREATE, "setting", "ou:/::x", "s", after={"::error::a": 1, "::error::b": 2}, label="::c")
    text = plan_markdown(make_plan(odd), "en")

    assert "::error::a" in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]


def test_a_file_name_can_not_leave_its_code_span() -> None:
    text = plan_markdown(make_plan(*apps(5_000)), "en", file="a`<img src=x>`.json")

    assert "`reconciler show a<img src=x>.json`" in text, "within the span HTML is only text"


@pytest.mark.parametrize(
    "evil",
    ["::error::pwned", "word ::set-output name=x::y", "##[error]pwned", "a ##[add-mask]b", "  ::stop-commands::x"],
)
@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_line_of_a_log_is_a_workflow_command(evil: str, width: int) -> None:
    """The runner skips spaces before `::`, and looks for `##[` anywhere."""
    change = make_change(Action.CREATE, "setting", "ou:/x", "k", after={"field": f"{'fill ' * 9}{evil}"}, label=evil)
    lines = plan_text(make_plan(replace(change, label=evil)), "en", width=width).splitlines()

    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


def test_no_control_character_reaches_a_terminal() -> None:
    change = make_change(Action.CREATE, "setting", "ou:/\x1b]0;title\x07", "k", after={"f": "\x1b[2J\u202e\r\n"})
    text = plan_text(make_plan(change), "en")

    assert not set(text) & {"\x1b", "\x07", "\u202e", "\r"}
    assert "\\x1b[2J" in text
