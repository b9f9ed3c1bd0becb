"""Edits in place: only the lines asked for change, whatever the layout; an edit that would reach further is refused."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.load.catalogue_editing import Append, Drop, NotEditable, Put, Step, add_app, edit, encoded
from reconciler.load.sources import Sources
from reconciler.load.spelling import flow
from reconciler.load.strict import read_document
from reconciler.model.place import Pointer

FILE = "app-catalogs/prov.yaml"
CATALOGUE = """\
# Överst
topic: prov
title: Prov

apps:
  - id: ett # det första
    name: Ett
    # om kostnaden
    cost: {model: free}
    conditions:
      # ett villkor
      - Från åk 7.
    status: queued

  - {id: två, name: Två, status: proposed}
# sist
"""


def edited(text: str, *steps: Step) -> str:
    return edit(Sources({FILE: text.encode()}), FILE, steps)


def app(number: int, *more: str | int) -> Pointer:
    return Pointer(file=FILE, path=("apps", number, *more))


def test_a_value_is_replaced_and_a_new_key_comes_after_the_one_named_before_it() -> None:
    decision = {"meeting": date(2026, 12, 9), "reference": "ITR 2026:25 § 3", "reason": 'Säger "nej": för dyr.'}
    after = edited(
        CATALOGUE,
        Put(at=app(0), key="status", value="rejected"),
        Put(at=app(0), key="decision", value=decision, after=("status",)),
        Put(at=app(0), key="subjects", value=["svenska", "NO"], after=("name",)),
    )
    assert after == CATALOGUE.replace(
        "    status: queued\n",
        '    status: rejected\n    decision: {meeting: "2026-12-09", reference: "ITR 2026:25 § 3", '
        "reason: 'Säger \"nej\": för dyr.'}\n",
    ).replace("    name: Ett\n", '    name: Ett\n    subjects: [svenska, "NO"]\n')


def test_a_record_in_braces_stays_in_braces() -> None:
    after = edited(
        CATALOGUE, Put(at=app(1), key="status", value="queued"), Put(at=app(1), key="queued", value=date(2026, 11, 22))
    )
    assert after == CATALOGUE.replace("status: proposed}", 'status: queued, queued: "2026-11-22"}')


def test_a_record_is_appended_below_an_empty_line_and_before_what_ends_the_file() -> None:
    record = {"id": "tre", "name": "Tre: en app", "platforms": {"chromeos": {"web": "https://tre.example.se/"}}}
    after = edited(CATALOGUE, Append(at=Pointer(file=FILE, path=("apps",)), value=record, lines=True))
    assert after == CATALOGUE.replace(
        "# sist\n",
        '\n  - id: tre\n    name: "Tre: en app"\n    platforms: {chromeos: {web: "https://tre.example.se/"}}\n# sist\n',
    )


def test_records_are_appended_in_order_also_to_an_empty_list() -> None:
    at = Pointer(file=FILE, path=("apps",))
    text = "topic: prov\ntitle: Prov\napps: []\n"
    assert edited(text, Append(at=at, value={"id": "a", "name": "A"}, lines=True)) == (
        "topic: prov\ntitle: Prov\napps:\n  - id: a\n    name: A\n"
    )
    both = edited(CATALOGUE, *(Append(at=at, value={"id": one}, lines=True) for one in ("x", "z")))
    assert both.index("- id: x") < both.index("- id: z") < both.index("# sist")


def test_a_block_list_keeps_its_layout_and_its_comment() -> None:
    at = app(0)
    assert "      # ett villkor\n      - Från åk 7.\n      - Skolans konto.\n    status" in edited(
        CATALOGUE, Append(at=at.child("conditions"), value="Skolans konto.")
    )
    assert "      # ett villkor\n      - A\n      - B\n    status" in edited(
        CATALOGUE, Put(at=at, key="conditions", value=["A", "B"])
    )


def test_a_key_is_dropped_with_its_lines() -> None:
    assert edited(CATALOGUE, Drop(at=app(0), key="conditions")) == CATALOGUE.replace(
        "    conditions:\n      # ett villkor\n      - Från åk 7.\n", ""
    )
    assert edited(CATALOGUE, Drop(at=app(1), key="name")) == CATALOGUE.replace(", name: Två", "")
    assert edited(CATALOGUE, Drop(at=app(1), key="id")) == CATALOGUE.replace("id: två, ", "")
    assert edited(CATALOGUE, Drop(at=app(0), key="trial")) == CATALOGUE


def test_a_key_at_the_top_and_one_without_value() -> None:
    top = Pointer(file=FILE)
    assert edited("date: x\nstate: called # ännu\n", Put(at=top, key="state", value="held")) == (
        "date: x\nstate: held # ännu\n"
    )
    assert edited("a:\n\n# om b\nb: 1\n", Put(at=top, key="a", value=[1])) == "a: [1]\n\n# om b\nb: 1\n"


GROUP = """\
groups:
  - id: elever-4-6
    users: {org_units: ["/Elever"]} # OU
%s    settings:
      incognito: blocked
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    apps: {available: [scratch]}\n", "    apps: {available: [scratch, kami]}\n"),
        ("    apps:\n      available:\n        - scratch # ett\n", "    apps:\n      available:\n        - scratch # ett\n        - kami\n"),
        ("    apps:\n      required: [ne]\n", "    apps:\n      required: [ne]\n      available: [kami]\n"),
        ("    apps: {available: []}\n", "    apps: {available: [kami]}\n"),
        ("    apps:\n      available: [scratch,] # två\n", "    apps:\n      available: [scratch, kami,] # två\n"),
        ("    apps: {available: [\n      scratch, # ett\n      {app: ne, pin: true} # två\n    ]}\n",
         "    apps: {available: [\n      scratch, # ett\n      {app: ne, pin: true}, kami # två\n    ]}\n"),
        ("", "    apps:\n      available: [kami]\n"),
    ],
)  # fmt: skip
def test_an_app_is_added_to_a_group_in_the_groups_own_layout(before: str, after: str) -> None:
    text = GROUP % before
    document: Any = read_document(FILE, text.encode()).value
    step = add_app(document["groups"][0], Pointer(file=FILE, path=("groups", 0)), "kami", "available")
    assert edited(text, step) == GROUP % after


LONG = "a-quite-long-name-of-an-app"


def test_a_list_that_grows_too_long_for_its_line_is_written_below_each_other() -> None:
    before = f"apps:\n  available: [{LONG}-1, {LONG}-2, {{app: {LONG}-3, pin: true}}]\n  required: [ne]\n"
    at = Pointer(file=FILE, path=("apps", "available"))
    new = ({"app": "kami", "from": date(2026, 12, 1)}, "scratch")
    below = f"apps:\n  available:\n    - {LONG}-1\n    - {LONG}-2\n    - {{app: {LONG}-3, pin: true}}\n"

    assert edited(before, *(Append(at=at, value=one) for one in new)) == (
        below + '    - {app: kami, from: "2026-12-01"}\n    - scratch\n  required: [ne]\n'
    )


def test_a_list_beside_a_comment_stays_on_its_line() -> None:
    before = f"available: [{LONG}-1, {LONG}-2, {LONG}-3, {LONG}-4] # provas\n"

    assert edited(before, Append(at=Pointer(file=FILE, path=("available",)), value="kami")) == before.replace(
        "]", ", kami]"
    )


def test_an_entry_that_is_too_long_for_a_line_has_a_line_for_each_key() -> None:
    rings = {f"ring-{number}": "2026-12-01" for number in range(1, 8)}
    found = edited(
        "available:\n  - ne\n",
        Append(at=Pointer(file=FILE, path=("available",)), value={"app": "kami", "rings": rings}),
    )

    assert found.startswith('available:\n  - ne\n  - app: kami\n    rings:\n      ring-1: "2026-12-01"\n      ring-2:')
    assert max(map(len, found.splitlines())) < 30


def test_an_edit_that_would_change_another_line_is_refused() -> None:
    shared = "a: &x {k: 1}\nb: *x\n"
    with pytest.raises(NotEditable):
        edited(shared, Put(at=Pointer(file=FILE, path=("b",)), key="k", value=2))
    with pytest.raises(NotEditable):
        edited("a: text\n", Append(at=Pointer(file=FILE, path=("a",)), value=1))


def test_line_ends_and_byte_order_mark_stay() -> None:
    assert encoded("a: 1\nb: 2\n", b"\xef\xbb\xbfa: 1\r\n") == b"\xef\xbb\xbfa: 1\r\nb: 2\r\n"
    assert encoded("a: 1\n", b"b: 1\n") == b"a: 1\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Scratch", "Scratch"), ("4-6", "4-6"), ("F-6", "F-6"), ("no", '"no"'), ("NO", '"NO"'), ("On", '"On"'),
        ("48", '"48"'), ("1_000", '"1_000"'), ("2026-10-14", '"2026-10-14"'), ("a: b", '"a: b"'), ("a #b", '"a #b"'),
        ("", '""'), ("- a", '"- a"'), ("*a", '"*a"'), ("&a", '"&a"'), ("!!python/object:os", '"!!python/object:os"'),
        ('"', "'\"'"), ("it's \\ \"x\"", "'it''s \\ \"x\"'"), ("a\nb", '"a\\nb"'), ("{a}", '"{a}"'), ("NaN", "NaN"),
        ("Kahoot!", "Kahoot!"), (True, "true"), (49, "49"), (12.5, "12.5"), (None, "null"),
    ],
)  # fmt: skip
def test_text_is_quoted_where_another_reader_could_take_it_for_something_else(value: Any, written: str) -> None:
    assert flow(value) == written


visible = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"]) | st.just(" ")
).map(
    lambda one: unicodedata.normalize("NFC", one)  # as files are read
)


@given(st.recursive(visible | st.integers(-9999, 9999) | st.booleans(), lambda one: st.lists(one) | st.dictionaries(visible, one), max_leaves=6))  # fmt: skip
def test_whatever_is_written_is_read_back(value: Any) -> None:
    text = edited("a: 1 # kvar\n", Put(at=Pointer(file=FILE), key="a", value=value))
    assert text.endswith(" # kvar\n")
