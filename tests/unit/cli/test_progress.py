"""One line of progress on a terminal, none elsewhere. What a line says last is on the screen when the work ends."""

import io
from contextlib import redirect_stderr

import pytest

from reconciler.cli.progress import writing
from reconciler.http.request import Wait


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_apply_counts_its_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with redirect_stderr(Terminal()) as terminal, writing("sv", 2) as (on_result, _):
        assert on_result is not None
        on_result(None)
        on_result(None)

    assert "Genomför: 2 av 2 ändringar" in terminal.getvalue()
    assert "Läser" not in terminal.getvalue(), "two lines of progress would write over each other"


def test_an_apply_says_that_it_waits_for_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with redirect_stderr(Terminal()) as terminal, writing("sv", 2) as (_, on_wait):
        assert on_wait is not None
        on_wait(Wait(lane="writes", seconds=37.4, because="quota", attempt=1))

    assert "Genomför: 0 av 2 ändringar. Väntar 37 s för kvoten" in terminal.getvalue()


def test_where_there_is_no_terminal_nothing_is_counted() -> None:
    with redirect_stderr(io.StringIO()), writing("sv", 2) as watch:
        assert watch == (None, None)
