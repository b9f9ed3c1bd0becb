"""The pages on running it on GitHub: what is to be typed does what the text says, and every command is there."""

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import reconciler
from reconciler.cli.main import cli
from reconciler.forge.settings import BranchRules, _by_rules

ROOT = Path(reconciler.__file__).parent.parent
PAGES = ROOT / "docs" / "sv"


def test_the_rules_for_main_are_those_that_doctor_asks_for() -> None:
    text = (PAGES / "ci.md").read_text("utf-8")
    made = json.loads(re.findall(r"<<'JSON'\n(.*?)\nJSON\n", text, re.DOTALL)[0])

    assert (made["target"], made["enforcement"], made["bypass_actors"]) == ("branch", "active", [])
    assert made["conditions"]["ref_name"]["include"] == ["~DEFAULT_BRANCH"]
    assert _by_rules(made["rules"]) == BranchRules(
        pull_request=True, approvals=1, dismisses_stale=True, last_push=True, no_deletion=True, no_forced_push=True
    )


@pytest.mark.parametrize("page", ["ny-kommun.md", "anslut-intune.md"])
def test_every_command_and_flag_that_is_named_is_there(page: str) -> None:
    text = (PAGES / page).read_text("utf-8")
    named = [found.split() for found in re.findall(r"(?:`|^|bin/)reconciler ([^`\n]+)", text, re.MULTILINE)]

    assert len(named) > 3
    for words in named:
        command: click.Command | None = cli
        rest = list(words)
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), rest.pop(0))
        assert command is not None, words
        known = {"--help", *(flag for one in command.params for flag in one.opts)}
        assert {word for word in rest if word.startswith("--")} <= known, words


def test_several_municipalities_have_no_one_site(tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text("organisations: []\n", "utf-8")

    refused = CliRunner().invoke(cli, ["site", "--root", str(tmp_path), "--out", str(tmp_path / "site")])

    assert (refused.exit_code, "SITE-SEVERAL" in refused.output) == (1, True), refused.output
    assert not (tmp_path / "site").exists()
