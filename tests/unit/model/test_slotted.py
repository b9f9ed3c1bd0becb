"""A slotted dataclass of ours behaves as the standard library's; each expected value is what that one gives."""

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from typing import Any

import pytest

from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A shelf."""

    place: str
    books: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    counted: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pair:
    first: int
    second: int = 2


@dataclass(frozen=True, slots=True)
class Sorted:
    words: tuple[str, ...]
    length: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.words))


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(slots=True)
class Growing:
    size: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Step:
    number: int


def test_arguments_are_taken_by_name_and_defaults_filled_in() -> None:
    shelf = Shelf(place="A1")
    assert (shelf.place, shelf.books, shelf.notes, shelf.counted) == ("A1", (), {}, 0)


def test_a_factory_makes_a_value_for_each() -> None:
    assert Shelf(place="A1").notes is not Shelf(place="A1").notes
    notes = {"en": "x"}
    assert Shelf(place="A1", notes=notes).notes is notes


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Shelf(), "Shelf.__init__() missing 1 required keyword-only argument: 'place'"),  # type: ignore[call-arg]
        (lambda: Shelf("A1"), "Shelf.__init__() takes 1 positional argument but 2 were given"),  # type: ignore[call-arg]
        (lambda: Pair(), "Pair.__init__() missing 1 required positional argument: 'first'"),  # type: ignore[call-arg]
        (lambda: Pair(1, third=3), "Pair.__init__() got an unexpected keyword argument 'third'"),  # type: ignore[call-arg]
    ],
)
def test_wrong_arguments_are_refused_by_name(make: Any, said: str) -> None:
    with pytest.raises(TypeError) as refused:
        make()
    assert str(refused.value) == said


def test_nothing_can_be_set_or_deleted() -> None:
    pair: Any = Pair(1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'first'"):
        pair.first = 2
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'third'"):
        pair.third = 3
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'first'"):
        del pair.first
    assert not hasattr(pair, "__dict__")


def test_equal_where_the_compared_fields_are_and_of_one_class() -> None:
    assert Shelf(place="A1", counted=1) == Shelf(place="A1", counted=2)
    assert Shelf(place="A1") != Shelf(place="A2")
    others: list[object] = [(1, 2), Nothing()]
    assert Pair(1, 2) not in others
    assert Nothing() in others


def test_hashed_by_the_compared_fields() -> None:
    assert len({Pair(1), Pair(1, 2), Pair(2)}) == 2
    assert hash(Pair(1)) == hash((1, 2))
    with pytest.raises(TypeError, match="unhashable type: 'dict'"):
        hash(Shelf(place="A1"))


def test_shown_with_what_is_to_be_shown() -> None:
    assert repr(Shelf(place="A1", books=("x",))) == "Shelf(place='A1', books=('x',), notes={})"
    assert repr(Nothing()) == "Nothing()"


def test_what_the_library_offers_for_dataclasses_works() -> None:
    shelf = Shelf(place="A1", counted=3)
    assert dataclasses.is_dataclass(Shelf)
    assert [one.name for one in fields(Shelf)] == ["place", "books", "notes", "counted"]
    assert replace(shelf, place="B2") == Shelf(place="B2")
    assert replace(shelf, place="B2").counted == 3
    assert asdict(shelf) == {"place": "A1", "books": (), "notes": {}, "counted": 3}


def test_copied_and_pickled_whole() -> None:
    pair = Pair(1, 5)
    assert copy.copy(pair) == pair
    assert copy.deepcopy(pair) == pair
    assert pickle.loads(pickle.dumps(pair)) == pair  # noqa: S301 - dumped right here


def test_what_is_computed_after_the_arguments_is_kept() -> None:
    assert Sorted(("a", "b")).length == 2


def test_the_class_is_matched_by_position_where_fields_are() -> None:
    match Pair(1):
        case Pair(first, second):
            assert (first, second) == (1, 2)


def test_without_a_docstring_the_class_names_its_fields() -> None:
    assert Pair.__doc__ == "Pair(first, second)"
    assert Shelf.__doc__ == "A shelf."


def test_what_is_not_frozen_can_be_set_and_is_not_hashed() -> None:
    growing = Growing()
    growing.size = 2
    assert growing == Growing(2)
    assert repr(growing) == "Growing(size=2)"
    assert copy.copy(growing) == growing
    assert pickle.loads(pickle.dumps(growing)) == growing  # noqa: S301 - dumped right here
    with pytest.raises(TypeError, match="unhashable type: 'Growing'"):
        hash(growing)
    with pytest.raises(AttributeError):
        growing.sise = 3  # type: ignore[attr-defined]


def test_what_is_ordered_is_the_librarys() -> None:
    assert Step(1) < Step(2)
