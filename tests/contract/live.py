"""A live system under contract: what a case may do to it by hand, and what people would see of it. One class per adapter.

Cases speak of org units, devices (by serial number), apps and settings in the product's neutral words. What those words
are on the wire is written here a second time, by hand, so that the product's own table isn't its own judge.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from reconciler.adapters.wiring import Wiring
from reconciler.model.adapter import Adapter
from reconciler.model.documents import Backend, Documents

Word = Any
"""A neutral word as a case writes it: `blocked`, an address, `null` for 'nobody has set it'."""

Handler = Callable[[Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What shall hold for a user of an org unit on a device. `has`: app or setting → word, None where nothing is set."""

    user: str
    device: str
    has: Mapping[str, Word]
    session: str = "user"
    groups: Sequence[str] = field(default=())


class Live(Protocol):
    """One tenant. `traits` is what the system can that others can't; a case names those that it needs."""

    name: str
    traits: frozenset[str]

    def translate(self, text: str) -> str:
        """A file of the small repository, or a piece of one, in what this system has: other platforms, apps, settings."""
        ...

    def connect(self, documents: Documents, backend: Backend, wiring: Wiring) -> Adapter:
        """As `reconciler.reconcile.connect.connect`."""
        ...

    def wiring(self) -> Wiring: ...

    def dump(self) -> Any:
        """The tenant as it is, to begin from again."""
        ...

    def load(self, dumped: Any) -> None:
        """Begin from what `dump` gave."""
        ...

    def edit(self, edit: Mapping[str, Any]) -> None:
        """One edit by hand: a mapping of its name to its arguments."""
        ...

    def seen(self, effect: Effect) -> Mapping[str, Word]:
        """What really holds, of the names that `effect` asks about."""
        ...

    def spell_word(self, name: str, word: Word) -> Word:
        """What a case expects of an app or setting, on this system: None where it has no way to have that."""
        ...

    def place(self, serial: str) -> str:
        """Where a device is: a place's path below our root (`Norrskolan/Elever`), `outside`."""
        ...

    def spell_place(self, place: str) -> str:
        """A place's path as `place` gives it on this system."""
        ...

    def writes(self) -> list[str]:
        """What was written since the last time somebody asked, in order; one line for each write."""
        ...

    def objects(self) -> Mapping[str, int]:
        """How many places of ours bear each name: two of one name is something done twice."""
        ...

    def others(self) -> str:
        """All that isn't ours, as text: the same before and after an apply. Empty where other tests see to it."""
        ...
