"""What is there and isn't ours: counted, so that nobody takes it for managed."""

from collections.abc import Collection, Iterable

from reconciler.model.change import Note
from reconciler.model.resource import Live
from reconciler.planning.diff import Differences
from reconciler.planning.joining import is_ours, target_name


def unmanaged_places(different: Differences, live: Iterable[Live], named: Collection[str], backend: str) -> list[Note]:
    """Places that bear no mark and that nobody named, counted; and those of people's that still bear ours, unnamed."""
    known = {*named, *different.join.aliases}
    places = [one for one in live if one.key.kind == "group" and one.key.target not in known]
    unmarked = sum(one.mark is None for one in places)
    notes = [Note(code="UNMANAGED-PLACES", backend=backend, values={"places": str(unmarked)})] if unmarked else []
    left = sorted(
        one.key.target for one in places if one.key.target in different.marked and not is_ours(one.key.target)
    )
    return notes + [
        Note(code="TARGET-STILL-MARKED", backend=backend, subject=ref, values={"target": target_name(ref)})
        for ref in left
    ]
