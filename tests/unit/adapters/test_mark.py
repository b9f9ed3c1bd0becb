"""Marks: what is written, what is found, whose text is kept."""

import pytest

from reconciler.adapters.mark import find_mark, mark_key, place_ref, write_mark
from reconciler.model.resource import Mark

NORR = Mark(org="uid-1", key="group/norr/elever")
LINE = "[reconciler:1 org=uid-1 key=group/norr/elever]"


@pytest.mark.parametrize(
    ("ref", "key"), [("@", "root"), ("@norr", "school/norr"), ("@norr/elever", "group/norr/elever")]
)
def test_a_place_and_its_key_are_one(ref: str, key: str) -> None:
    assert (mark_key(ref), place_ref(key)) == (key, ref)


@pytest.mark.parametrize("key", ["users/norr/elever", "other/x", "school/", "", "rooted"])
def test_other_keys_name_no_place(key: str) -> None:
    assert place_ref(key) is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", LINE),
        ("  \n", LINE),
        ("Ring Åsa, 0470-1", f"Ring Åsa, 0470-1\n{LINE}"),
        ("före [reconciler:1 org=uid-1 key=group/norr/gammal] efter", f"före {LINE} efter"),
        (LINE, LINE),
    ],
)
def test_peoples_text_is_kept_around_the_mark(text: str, written: str) -> None:
    assert write_mark(text, NORR) == written
    assert find_mark(written) == NORR


def test_a_mark_holds_no_pattern_that_is_expanded() -> None:
    backslash = Mark(org=r"\1", key=r"group/\g<org>")
    assert write_mark(LINE, backslash) == r"[reconciler:1 org=\1 key=group/\g<org>]"


@pytest.mark.parametrize(
    "text",
    [
        "[reconciler:2 org=uid-1 key=root]",
        "[reconciler:1 org= key=root]",
        "[reconciler:1 org=a b key=root]",
        "reconciler:1 org=uid-1 key=root",
        "[reconciler:1 org=uid-1 key=root",
    ],
)
def test_what_only_looks_like_a_mark_is_none(text: str) -> None:
    assert find_mark(text) is None
