"""`reconciler sandbox`: what it says of a seed that is not there, and how a running sandbox is named."""

import sys

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli

NOWHERE = "http://127.0.0.1:9"
"""The discard port: nothing listens there."""


@pytest.mark.parametrize("command", [["serve", "--seed", "nosuch"], ["seed", "nosuch", "--sandbox", NOWHERE]])
def test_a_seed_that_is_not_there_is_named(command: list[str]) -> None:
    result = CliRunner().invoke(cli, ["sandbox", *command])

    assert result.exit_code == 1
    assert "There is no seed file 'nosuch'. Name a file, or 'sample' for the one that comes along." in result.output
    assert "Errno" not in result.output


@pytest.mark.parametrize("command", [["reset"], ["seed", "sample"]])
def test_a_running_sandbox_is_named_by_either_option(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    asked: list[str] = []
    monkeypatch.setattr(f"reconciler.sandbox.{command[0]}", lambda url, *_: asked.append(url))

    for option in ("--url", "--sandbox"):
        result = CliRunner().invoke(cli, ["sandbox", *command, option, NOWHERE])
        assert result.exit_code == 0
    assert asked == [NOWHERE, NOWHERE]


def test_without_flask_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in what jobs install: it is bad luck and no bug."""
    monkeypatch.setitem(sys.modules, "flask", None)

    result = CliRunner().invoke(cli, ["sandbox", "serve", "--seed", "sample"])

    assert result.exit_code == 1
    assert "The sandbox needs Flask, which is not installed." in result.output
