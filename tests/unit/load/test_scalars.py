"""Unquoted words against the YAML 1.2 core schema, written down here from the specification (10.3.2), not from our code."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.load import careful, strict
from reconciler.load.scalars import Refused, resolve

# https://yaml.org/spec/1.2.2/#1032-tag-resolution, line by line.
NULL = re.compile(r"^(null|Null|NULL|~|)$")
TRUE = re.compile(r"^(true|True|TRUE)$")
FALSE = re.compile(r"^(false|False|FALSE)$")
INT_10 = re.compile(r"^[-+]?[0-9]+$")
INT_8 = re.compile(r"^0o[0-7]+$")
INT_16 = re.compile(r"^0x[0-9a-fA-F]+$")
FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
INFINITE = re.compile(r"^[-+]?(\.inf|\.Inf|\.INF)$")
NOT_A_NUMBER = re.compile(r"^(\.nan|\.NaN|\.NAN)$")


def core_schema(text: str) -> object:
    for pattern, value in ((NULL, None), (TRUE, True), (FALSE, False)):
        if pattern.match(text):
            return value
    if INT_10.match(text):
        return int(text)
    if INT_8.match(text):
        return int(text, 0)
    if INT_16.match(text):
        return int(text, 0)
    if FLOAT.match(text):
        return float(text)
    if INFINITE.match(text):
        return -math.inf if text.startswith("-") else math.inf
    return math.nan if NOT_A_NUMBER.match(text) else text


WORDS = st.one_of(
    st.from_regex(r"[-+]?[0-9]{1,17}", fullmatch=True),
    st.from_regex(r"[-+]?[0-9]{0,9}\.[0-9]{0,7}([eE][-+]?[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}[eE][0-9]{1,8}", fullmatch=True),
    st.from_regex(r"0[ox][0-9a-fA-F]{1,6}", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?", fullmatch=True),
    st.sampled_from(
        [
            "null",
            "Null",
            "NULL",
            "~",
            "true",
            "True",
            "TRUE",
            "false",
            "False",
            "yes",
            "No",
            "NO",
            "on",
            "off",
            "y",
            "n",
            ".inf",
            "-.INF",
            ".nan",
        ]
    ),
    st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters=".-+:~"), min_size=1, max_size=8),
)


@given(WORDS)
def test_a_word_that_is_not_refused_means_what_the_core_schema_says(text: str) -> None:
    try:
        value = resolve(text)
    except Refused:
        return
    expected = core_schema(text)

    assert (type(value), value) == (type(expected), expected)


@given(WORDS)
def test_what_is_refused_is_no_plain_text_of_the_core_schema_except_dates(text: str) -> None:
    try:
        resolve(text)
    except Refused:
        assert core_schema(text) != text or re.match(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", text)


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_whole_numbers_as_python_writes_them_are_numbers(number: int) -> None:
    assert resolve(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "0764",
        "01234567",
        "0180",
        "5E1234567",
        "5e3",
        "+5",
        "0x1F",
        "0o17",
        "1.10",
        "1.",
        ".5",
        "-0",
        ".inf",
        ".nan",
        "2026-11-21",
        "2026-11-21T10:00:00Z",
        "12345678901234567890",
        "True",
        "NULL",
        "FALSE",
    ],
)
def test_words_whose_spelling_would_be_lost_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        resolve(text)


@pytest.mark.parametrize(
    "text",
    ["NO", "no", "yes", "on", "off", "y", "1:1", "12:30:45", "4-6", "F-9", "7-9", "2026-27", "1_000", "0b11", "=", "-"],
)
def test_what_yaml_1_1_would_turn_into_something_else_is_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "value"), [("", None), ("~", None), ("null", None), ("true", True), ("0", 0), ("-7", -7), ("1.5", 1.5)]
)
def test_the_few_words_that_are_no_text(text: str, value: object) -> None:
    found = resolve(text)

    assert (type(found), found) == (type(value), value)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-999, 99999999), st.text("abcåäö 0-9:E#'/*", max_size=9))
DOCUMENTS = st.dictionaries(
    st.text("abc-_49", min_size=1, max_size=4),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz", max_size=3), inner),
        max_leaves=9,
    ),
    max_size=5,
)


@given(DOCUMENTS)
def test_what_a_yaml_writer_writes_is_read_back(document: dict[str, object]) -> None:
    import yaml

    text = yaml.safe_dump(document, allow_unicode=True, default_style='"') if document else "{}\n"
    plain = re.sub(r'!!(int|bool|null|float) "([^"]*)"', r"\2", text)
    read = strict.read_document("a.yaml", plain.encode())

    assert (read.value, read.findings) == (document, ())


@given(st.text(alphabet="ab:-[]{},\"'#&*!|>? \n01\\<é\u200b\t%@`~", max_size=60))
def test_the_quick_and_the_careful_reader_agree(text: str) -> None:
    quick, slow = strict.read_document("a.yaml", text.encode()), careful.read("a.yaml", text)

    assert (quick.value, quick.findings) == (slow.value, slow.findings)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_findings(data: bytes) -> None:
    read = strict.read_document("a.yaml", data)

    assert isinstance(read.value, dict) or read.findings
