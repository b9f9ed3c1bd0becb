"""From pointers to lines and columns, counted from 1 in the text as an editor shows it."""

import pytest

from reconciler.load.sources import Sources
from reconciler.model.place import Path, Pointer, Position

TEXT = "\ufeffid: å\r\nlist:\r\n  - a\r\n  - {b: 1, c: 'två'}\r\nempty:\r\nnext: x\r\n"
SOURCES = Sources({"a.yaml": TEXT.encode(), "broken.yaml": b"a: [", "latin.yaml": b"a: \xe5"})


@pytest.mark.parametrize(
    ("path", "on_key", "line", "column"),
    [
        ((), False, 1, 1),
        (("id",), False, 1, 5),
        (("id",), True, 1, 1),
        (("list", 0), False, 3, 5),
        (("list", 1), False, 4, 5),
        (("list", 1, "c"), False, 4, 15),
        (("list", 1, "c"), True, 4, 12),
        (("empty",), False, 5, 1),
        (("list", 1, "missing"), False, 4, 5),
        (("list", 9), False, 3, 3),
        (("missing",), False, 1, 1),
    ],
)
def test_a_pointer_is_found_or_what_is_nearest_around_it(path: Path, on_key: bool, line: int, column: int) -> None:
    found = SOURCES(Pointer(file="a.yaml", path=path, on_key=on_key))

    assert found == Position(file="a.yaml", line=line, column=column)


@pytest.mark.parametrize("file", ["broken.yaml", "latin.yaml", "missing.yaml"])
def test_in_what_cannot_be_read_everything_is_at_the_start(file: str) -> None:
    assert SOURCES(Pointer(file=file, path=("a",))) == Position(file=file, line=1, column=1)


def test_a_position_stays_what_it_is() -> None:
    position = Position(file="a.yaml", line=9, column=9)

    assert SOURCES(position) is position


def test_lines_spelling_and_corrected_line() -> None:
    word = Pointer(file="a.yaml", path=("list", 1, "c"))

    assert SOURCES.line(SOURCES(word)) == "  - {b: 1, c: 'två'}"
    assert SOURCES.line(Position(file="a.yaml", line=99, column=1)) is None
    assert SOURCES.spelling(word) == "två"
    assert SOURCES.spelling(Pointer(file="a.yaml", path=("list",))) is None
    assert SOURCES.corrected(word, '"tre"') == '- {b: 1, c: "tre"}'
    assert SOURCES.corrected(Pointer(file="a.yaml", path=("list",)), "x") == "x"
