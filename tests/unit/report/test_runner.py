"""A log in CI is read by the runner too: nothing that is printed may be a command to it.

What counts as one is the runner's own rule (actions/runner, src/Runner.Common/ActionCommand.cs, read 2026-11-21): a line
that begins with `::` after white space, or `##[` with a `]` after it, anywhere in a line.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Position
from reconciler.reconcile.prepare import prepare
from reconciler.report.desired_text import desired_text
from reconciler.report.escape import escape_log, escape_markdown, json_document
from reconciler.report.findings import format_findings
from reconciler.report.words import Words
from tests.cases.running import TODAY

FILES = Path(__file__).parents[2] / "cases" / "first-meeting" / "repository"

HOSTILE = ("::error ::fel", "  ::stop-commands::x", "\u2003::add-mask::a", "text ##[error]fel", "##[section]")


def is_command(line: str) -> bool:
    start = line.lstrip()
    newer = start.startswith("::") and "::" in start[2:]
    return newer or "]" in line.partition("##[")[2]


def located(place: Place) -> Position:
    assert isinstance(place, Position)
    return place


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_a_command_until_it_is_escaped(text: str) -> None:
    assert is_command(text)
    assert not is_command(escape_log(text))
    assert not is_command(escape_markdown(text))


def test_the_first_character_is_shown_by_its_number() -> None:
    assert escape_log("a ::error ::b ##[x]") == r"a \x3a:error \x3a:b \x23#[x]"


def test_addresses_and_clocks_are_left_alone() -> None:
    assert escape_log("fe80::1, kl. 12:30, norr::x, # rubrik, #[x]") == "fe80::1, kl. 12:30, norr::x, # rubrik, #[x]"


@pytest.mark.parametrize("text", HOSTILE)
def test_findings_in_text_are_none_wherever_the_text_stands(text: str) -> None:
    at = Position(file=f"{text}.yaml", line=1, column=1)
    finding = Finding(
        code="UNKNOWN-REVISION", severity=Severity.ERROR, place=at, subject=text, values={"revision": f"x\n{text}"}
    )
    said = format_findings([finding], located, "sv", "text", lambda _: text)

    assert "UNKNOWN-REVISION" in said
    assert not [line for line in said.splitlines() if is_command(line)]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_desired_state_is_none(text: str) -> None:
    """Names of groups stand in its comments."""
    found = prepare(FILES, TODAY)
    assert found.state is not None
    groups = {key: replace(one, group=replace(one.group, name=text)) for key, one in found.state.groups.items()}
    said = desired_text(replace(found.state, groups=groups), Words(lang="sv"), found.locate)

    assert said.count(escape_log(f", {text.strip()},").strip(", ")) >= len(groups)
    assert not [line for line in said.splitlines() if is_command(line)]


@pytest.mark.parametrize("text", HOSTILE)
def test_json_means_the_same_and_is_none(text: str) -> None:
    said = json_document({"message": text, "behind": "\\" + text})

    assert json.loads(said) == {"message": text, "behind": "\\" + text}
    assert not [line for line in said.splitlines() if is_command(line)]
