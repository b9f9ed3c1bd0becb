"""Untrusted text where it leaves."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.report.escape import (
    escape_markdown,
    escape_terminal,
    escape_workflow_data,
    escape_workflow_property,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Elever åk 4–6", "Elever åk 4–6"),
        ("\x1b[2Jborta", "\\x1b[2Jborta"),
        ("a\nb\r", "a\\x0ab\\x0d"),
        ("a\u202eb\u200bc", "a\\u202eb\\u200bc"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_terminal(text: str, shown: str) -> None:
    assert escape_terminal(text) == shown


@given(st.text())
def test_a_terminal_gets_one_line_that_can_be_written(text: str) -> None:
    shown = escape_terminal(text)

    assert len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Elever åk 4–6, Norrskolan", "Elever åk 4–6, Norrskolan"),
        ("<img src=x>", "&lt;img src\\=x&gt;"),
        ("&lt;", "&amp;lt;"),
        ("[a](b)", "\\[a\\](b)"),
        ("![a](b)", "\\!\\[a\\](b)"),
        ("1) a (b)", "1\\) a (b)"),
        ("1.", "1\\."),
        ("12. a", "12\\. a"),
        ("1.5 a", "1.5 a"),
        ("2026-12-09, PUB-avtal", "2026-12-09, PUB-avtal"),
        ("- a -b- --- c", "\\- a \\-b\\- \\-\\-\\- c"),
        ("a|b", "a\\|b"),
        ("`x`", "\\`x\\`"),
        ("@anna", "@\u200banna"),
        ("#12", "\\#\u200b12"),
        ("GH-12", "GH\u200b-12"),
        ("https://a.se", "https\u200b://a.se"),
        ("www.a.se", "www\u200b.a.se"),
        ("1a2b3c4d5e", "1a2b\u200b3c4d5e"),
        ("a\n# b", "a\\x0a\\# b".replace("\\x", "\\\\x").replace("\\# b", "\\#\u200b b")),
    ],
)
def test_markdown(text: str, shown: str) -> None:
    assert escape_markdown(text) == shown


@given(st.text(alphabet="ab1 -_*()[]!<>&#+=`~|^$\\\"':/.@\n", max_size=40))
def test_markdown_makes_nothing_but_text_of_it(text: str) -> None:
    page = MarkdownIt("gfm-like").disable("linkify").render(f"- {escape_markdown(text)} end")

    assert re.findall(r"<[^>]*>", page) == ["<ul>", "<li>", "</li>", "</ul>"]


@pytest.mark.parametrize(
    ("text", "data", "where"),
    [("a:b,c", "a:b,c", "a%3Ab%2Cc"), ("100 %", "100 %25", "100 %25"), ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab")],
)
def test_workflow_commands(text: str, data: str, where: str) -> None:
    assert escape_workflow_data(text) == data
    assert escape_workflow_property(text) == where
