"""An app in a plan, in plain words: how people get it, what becomes of it when it is taken away, the app as a thing itself. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.place import Json
from reconciler.report.naming import app_title, app_words, value_words, way_of
from reconciler.report.view import Difference
from reconciler.report.words import Words, shorten
from reconciler.settings.table import load_settings

Described = tuple[str, Sequence[Difference], Sequence[str], Sequence[str]]
"""Title, differences, sentences, and sentences that must not be missed."""

FIELDS: Final[Mapping[str, str]] = {"useDeviceLicensing": "FIELD-DEVICE-LICENCE"}
"""What else an assignment has that people know by a name, by the vendor's field."""

MEANS: Final[Mapping[str, str]] = {
    "uninstalls": "REMOVAL-UNINSTALLS",
    "stays": "REMOVAL-STAYS",
    "remains": "REMOVAL-REMAINS",
    "unblocks": "REMOVAL-UNBLOCKS",
    "ends-uninstalling": "REMOVAL-ENDS-UNINSTALLING",
    "parent-value": "REMOVAL-INHERITS",
}
"""What taking an assignment away does → its sentence."""


def takes_app(change: Change) -> bool:
    """An app that people have had from here and that is uninstalled or blocked from now on."""
    if change.key.kind != "assignment" or change.before is None or change.after is None:
        return False
    gone = ("absent", "blocked")
    return _mode(change, change.after) in gone and _mode(change, change.before) not in ("", *gone)


def removal_of(change: Change) -> str:
    """What taking this assignment away does, as a key of MEANS; empty for what isn't one that goes."""
    if change.key.kind != "assignment" or change.after is not None:
        return ""
    way, _ = way_of(change.key.part, change.before)
    if way is not None and way.mode == "blocked":
        return "unblocks"
    if way is None or not _added_here(change.facts, change.key.target):
        return "parent-value"
    if way.mode == "absent" and way.system != "google":
        return "ends-uninstalling"
    if way.removal == "uninstalls":
        return "uninstalls"
    return "remains" if way.mode == "required" and way.removal == "stays" else "stays"


def describe_app(change: Change, words: Words) -> Described:
    part = change.key.part
    before = app_words(part, change.before, words) if change.before is not None else None
    after = app_words(part, change.after, words) if change.after is not None else None
    warns: list[str] = []
    says: list[str] = []
    removal = removal_of(change)
    if removal:
        after = words.say("APP-ABSENT") if removal == "uninstalls" else None
        (warns if removal == "uninstalls" else says).append(words.say(MEANS[removal]))
    elif takes_app(change):
        warns.append(words.say("APP-NO-LONGER"))
    differences = [Difference(before=before, after=after)] if before != after else []
    if change.action is Action.UPDATE:
        differences += [_named_field(one, words) for one in change.fields if one.field in FIELDS]
    return app_title(change), differences, says, warns


def _named_field(one: FieldChange, words: Words) -> Difference:
    return Difference(
        label=words.say(FIELDS[one.field]),
        before=value_words(one.before, words) if one.had else None,
        after=value_words(one.after, words) if one.has else None,
    )


def describe_app_object(change: Change, words: Words) -> Described:
    """The app as the system holds it, before anybody gets it."""
    differences = [
        Difference(
            label=words.say("FIELD-NAME"), before=value_words(one.before, words), after=value_words(one.after, words)
        )
        for one in change.fields
        if one.field == "name" and change.action is Action.UPDATE
    ]
    title = words.say("APP-OBJECT", name=shorten(app_title(change)), platform=words.say(_platform_of(change)))
    says = [words.say(f"APP-OBJECT-{change.action.upper()}")] if change.action is not Action.UPDATE else []
    return title, differences, says, ()


def _platform_of(change: Change) -> str:
    """The platform that an app object is for, by its type: one app may be there once for each."""
    sort = change.key.part.partition(":")[0]
    platform = next((way.platform for way in load_settings().installs if way.schema == sort), "")
    return f"PLATFORM-{platform.upper()}" if platform else "PLATFORM-OTHER"


def is_uninstalled(change: Change, part: str, fields: Mapping[str, Json]) -> bool:
    """Whether an app that a takeover resets is uninstalled where people have it."""
    resets = change.facts.get("resets")
    facts = resets.get(part) if isinstance(resets, Mapping) else None
    way, _ = way_of(part, fields)
    added = not isinstance(facts, Mapping) or _added_here(facts, change.key.target)
    return added and way is not None and way.removal == "uninstalls"


def _mode(change: Change, fields: Mapping[str, Json] | None) -> str:
    way, _ = way_of(change.key.part, fields)
    return way.mode if way else ""


def _added_here(facts: Mapping[str, Json], target: str) -> bool:
    """Where the vendor says at which place an app came under management: whether it was at this one."""
    return facts.get("added_at", target) == target
