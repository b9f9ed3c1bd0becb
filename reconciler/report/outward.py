"""A change for everybody who sees a pull request, an issue or a job's page: no value that somebody set by hand in a system. Pure.

Such a value may be anything, a person's name and number too. What a change takes the place of is told only where the files of
the base had asked for that very value, so that it stands in the repository already.
"""

from dataclasses import dataclass, replace

from reconciler.model.approvals import Approvals
from reconciler.model.change import Action, Change, Proposal
from reconciler.report.items import item_of
from reconciler.report.naming import identifier_of, place_name
from reconciler.report.view import Difference, Item
from reconciler.report.words import Words, shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """For the comment of a pull request. `owners`: who has to approve it, by name, or None where that is told elsewhere;
    `approvals`: the files of approvals that it brings.
    """

    owners: tuple[str, ...] | None = None
    approvals: tuple[Approvals, ...] = ()


def shows_before(change: Change) -> bool:
    """Whether what was there is what the base's files asked for. Of places nobody has compared it."""
    asked = change.proposal is Proposal.PROPOSED and not change.by_hand
    return asked and change.action in (Action.UPDATE, Action.DELETE) and change.key.kind not in ("group", "target")


def outward_item(change: Change, words: Words) -> Item:
    item = item_of(change, words)
    if shows_before(change):
        return item
    unsaid = words.say("BY-HAND-VALUE" if change.by_hand else "OTHER-VALUE")
    differences = (_without_before(one, unsaid, change) for one in item.differences)
    title = item.title if change.after is not None or change.envelope else _own_title(change, item, words)
    return replace(item, title=title, differences=tuple(one for one in differences if one))


def named(change: Change, words: Words) -> str:
    """One line of a list: what it is, and where."""
    title = outward_item(change, words).title
    place = place_name(change.key.target, words)
    return title if change.key.kind == "target" or place in title else f"{title} ({place})"


def _without_before(one: Difference, unsaid: str, change: Change) -> Difference | None:
    if one.gone or one.come:
        return replace(one, gone=(unsaid,) if one.gone else ())
    if one.before is None:
        return one
    if change.key.kind == "group":  # a place's own name: what it is called from now on says enough
        return None if one.after is None else replace(one, before=None)
    return replace(one, before=unsaid)


def _own_title(change: Change, item: Item, words: Words) -> str:
    """Of what goes the system alone has the name; its place or identifier is what we know it by."""
    if change.key.kind == "group":
        return words.say("GROUP")
    if change.key.kind == "app":
        return shorten(identifier_of(change.key.part) or change.key.part)
    return item.title
