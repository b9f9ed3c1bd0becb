"""One change in plain words: what it is called, what differs, what it means for those who use the devices. Pure."""

from collections.abc import Collection, Mapping, Sequence

from reconciler.model.change import Action, Change, FieldChange, Why
from reconciler.model.place import Json
from reconciler.report.app_items import Described, describe_app, describe_app_object, is_uninstalled, takes_app
from reconciler.report.naming import (
    app_words,
    is_within,
    label,
    mappings_by_schema,
    neutral_value,
    part_title,
    place_name,
    schema_of,
    setting_title,
    settings_of,
    system_of,
    value_words,
    wire_words,
)
from reconciler.report.view import Difference, Item
from reconciler.report.words import Words, shorten
from reconciler.settings.order import Tightness, compare
from reconciler.settings.table import Setting

SYMBOLS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.ADOPT: "»"}
WHYS_SHOWN = 2


def is_loud(change: Change) -> bool:
    """Takes something away or destroys: shown first and never folded."""
    takes = change.destroys or change.action is Action.DELETE or change.effect.disruption == "lost-data"
    return takes or takes_app(change)


def item_of(change: Change, words: Words) -> Item:
    """The change on its own; where it holds, and for how many, is added when equal ones are gathered."""
    describe = _DESCRIBE.get(change.key.kind, _describe_other)
    title, differences, says, warns = describe(change, words)
    common = [words.say("BY-HAND")] if change.by_hand else []
    disruption = change.effect.disruption
    if disruption != "none" and not (disruption in ("lock-out", "lost-data") and warns):
        common.append(words.say(f"DISRUPTION-{disruption.upper()}"))
    says = [*says, *_waits(change, words)]
    return Item(
        symbol=SYMBOLS[change.action],
        word=words.say(f"WORD-{change.action.upper()}"),
        title=title,
        sort=f"{change.key.kind}:{change.action}",
        differences=tuple(differences),
        says=tuple(says),
        warns=(*warns, *common),
        why=_why_of(change, words),
    )


def _waits(change: Change, words: Words) -> list[str]:
    """When the calendar lets it be done, where that is not at once."""
    wait = change.waits
    if wait is None:
        return []
    if wait.urgent:
        return [words.say("WAITS-URGENT", id=wait.urgent)]
    why = words.say(f"WAITS-{wait.reason.upper()}", name=wait.name)
    return [words.say("WAITS-UNTIL", until=wait.until, why=why) if wait.until else words.say("WAITS-EVER", why=why)]


def _describe_setting(change: Change, words: Words) -> Described:
    loses: list[str] = []
    schema = schema_of(change.key.part)
    title = setting_title(change, words)
    left, differences = _without_name(change, words)
    for setting in settings_of(schema, tuple(one.field for one in change.fields)):
        mine = {m.field for s, m in mappings_by_schema()[schema] if s is setting}
        touched = [one for one in left if any(is_within(one.field, name) for name in mine)]
        left = [one for one in left if one not in touched]
        sides = (change.before, change.after)
        before, after = (neutral_value(setting, schema, side, change.names) for side in sides)
        if before is None and after is None:
            left += touched
            continue
        name = label(setting.label, words)
        old, new = (
            _as_it_is(mine, side) if value is None else value
            for value, side in zip((before, after), sides, strict=True)
        )
        differences.append(_difference(name if name != title else "", old, new, setting, words))
        if not change.pins and setting.loses and _takes(setting, before, after):
            loses.append(label(setting.loses, words))
    says = [words.say(_given_up(schema))] if change.after is None else []
    if change.after is None and differences:
        # What the table does not know of a policy that goes as a whole tells a reader nothing more.
        says += [words.count("FIELDS-TOO", len(left))] if left else []
    else:
        differences += [_raw_difference(one, schema, words) for one in left]
    return title, differences, says, list(dict.fromkeys(loses))


def _without_name(change: Change, words: Words) -> tuple[list[FieldChange], list[Difference]]:
    """The fields that differ but for a policy's own name, which is told where it was changed and goes without saying else."""
    name = next((one for one in change.fields if one.field == "name" and system_of(change.key.part) != "google"), None)
    left = [one for one in change.fields if one is not name]
    if name is None or change.action is not Action.UPDATE:
        return left, []
    before, after = (value_words(value, words) for value in (name.before, name.after))
    return left, [Difference(label=words.say("FIELD-NAME"), before=before, after=after)]


def _given_up(schema: str) -> str:
    """What it means that nothing is set here any more: only some systems have something above that holds then."""
    return "BACK-TO-ABOVE" if system_of(schema) == "google" else "POLICY-ENDS"


def _as_it_is(mine: Collection[str], fields: Mapping[str, Json] | None) -> Json:
    """A live value that no neutral value stands for: shown as the system has it, never as nothing."""
    found = {name: value for name, value in (fields or {}).items() if name in mine}
    return next(iter(found.values())) if len(found) == 1 else found or None


def _difference(name: str, before: Json, after: Json, setting: Setting, words: Words) -> Difference:
    if _is_list(before) and _is_list(after):
        old, new = ([value_words(item, words) for item in _items(side)] for side in (before, after))
        gone = tuple(item for item in old if item not in new)
        come = tuple(item for item in new if item not in old)
        if gone or come:
            return Difference(label=name, gone=gone, come=come, same=len(old) - len(gone))
    return Difference(
        label=name,
        before=None if before is None else value_words(before, words, setting),
        after=None if after is None else value_words(after, words, setting),
    )


def _is_list(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _items(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _takes(setting: Setting, before: Json, after: Json) -> bool:
    """Whether those who use the devices lose something: the value is tighter, or is set where none of ours was known."""
    if after is None:
        return False
    order = setting.order
    if order.kind == "ladder" and (after not in order.ladder or not _is_lost_at(setting, str(after))):
        return False
    if order.kind == "free" and _is_list(after):
        return any(entry not in _items(after) for entry in _items(before))
    return bool(after) if before is None else compare(order, before, after) is Tightness.tighter


def _is_lost_at(setting: Setting, word: str) -> bool:
    """What a setting's text says is lost is so at the tightest word, or from the one that the table names."""
    ladder = setting.order.ladder
    return ladder.index(word) >= ladder.index(setting.loses_from or ladder[-1])


def _raw_difference(one: FieldChange, schema: str, words: Words) -> Difference:
    return Difference(
        label=shorten(one.field, 80),
        before=wire_words(schema, one.field, one.before, words) if one.had else None,
        after=wire_words(schema, one.field, one.after, words) if one.has else None,
    )


def _describe_group(change: Change, words: Words) -> Described:
    ref = change.key.target
    sort = "GROUP" if "/" in ref else "SCHOOL-PLACE" if ref not in ("@", "") else "ROOT-PLACE"
    name = place_name(ref, words)
    shown = [one for one in change.fields if one.field != "mark"] if change.action is not Action.CREATE else []
    differences = [_group_difference(one, words) for one in shown if change.after is not None]
    says = [words.say(f"GROUP-{change.action.upper()}")] if change.action is not Action.UPDATE else []
    marked = change.action is Action.UPDATE and any(one.field == "mark" for one in change.fields)
    if marked:
        says.append(words.say("GROUP-REMARKED"))
    called = change.label if change.label and change.label not in (name, ref) else ""
    title = words.say(f"{sort}-NAMED", name=shorten(called)) if called else words.say(sort)
    return title, differences, says, ()


def _group_difference(one: FieldChange, words: Words) -> Difference:
    name = {"name": words.say("FIELD-NAME"), "parent": words.say("FIELD-PARENT")}.get(one.field, one.field)
    return Difference(
        label=name,
        before=_place_value(one, one.before, words) if one.had else None,
        after=_place_value(one, one.after, words) if one.has else None,
    )


def _place_value(one: FieldChange, value: Json, words: Words) -> str:
    return place_name(value, words) if one.field == "parent" and isinstance(value, str) else value_words(value, words)


def _describe_membership(change: Change, words: Words) -> Described:
    """Numbers only: who is moved stands in the plan's file and nowhere else."""
    number = len(change.members) or change.effect.devices
    source = change.envelope.source if change.envelope else change.key.part
    if source == "outside":
        title = words.say("PLACED", devices=words.count("DEVICE", number))
        return title, (), [words.count("PLACED-MEANS", number)], ()
    names = words.join(place_name(one, words) for one in source.split("+"))
    title = words.say("MOVED", devices=words.count("DEVICE", number), source=names)
    return title, (), [words.count("MOVED-MEANS", number)], ()


def _describe_target(change: Change, words: Words) -> Described:
    """Taking over a place whole: every foreign value that goes is named."""
    differences = [_reset_difference(change, part, fields, words) for part, fields in change.resets.items()]
    title = words.say("TAKEN-OVER", place=place_name(change.key.target, words))
    if not differences:
        return title, (), [words.say("TAKEN-OVER-EMPTY")], ()
    return title, differences, (), [words.say("TAKEN-OVER-RESETS", values=words.count("VALUE", len(differences)))]


def _reset_difference(change: Change, part: str, fields: Mapping[str, Json], words: Words) -> Difference:
    if "|" in part:
        title = shorten(part_title(part, change.names), 80)
        after = words.say("APP-ABSENT") if is_uninstalled(change, part, fields) else None
        return Difference(label=title, before=app_words(part, fields, words), after=after)
    settings = settings_of(part, tuple(fields))
    neutral = [(setting, neutral_value(setting, part, fields)) for setting in settings]
    said = [(label(s.label, words), value_words(value, words, s)) for s, value in neutral if value is not None]
    if len(said) == 1:
        return Difference(label=said[0][0], before=said[0][1])
    if said:
        return Difference(label=words.join(name for name, _ in said), before="; ".join(value for _, value in said))
    raw = "; ".join(f"{name}: {wire_words(part, name, value, words)}" for name, value in sorted(fields.items()))
    return Difference(label=shorten(part, 80), before=shorten(raw))


def _describe_other(change: Change, words: Words) -> Described:
    differences = [_raw_difference(one, change.key.part, words) for one in change.fields]
    return shorten(change.label or change.key.part or change.key.target), differences, (), ()


_DESCRIBE = {
    "setting": _describe_setting,
    "assignment": describe_app,
    "app": describe_app_object,
    "group": _describe_group,
    "membership": _describe_membership,
    "target": _describe_target,
}


def _why_of(change: Change, words: Words) -> str:
    """For what is taken away there is often no line, but one that says that the place is looked after from here."""
    if change.why and (change.why[0].layer or change.action is Action.ADOPT):
        return why_words(change.why, words)
    if change.after is not None:
        return ""
    at = next((one.position for one in change.why if one.position), None)
    return words.say("NO-LINE-OWNED", at=f"{at.file}:{at.line}") if at else words.say("NO-LINE")


def why_words(why: Sequence[Why], words: Words) -> str:
    """`schools/norrskolan.yaml:23 (group norrskolan/elever-4-6)`, the deciding line first."""
    return words.join((_why(one, words) for one in why), WHYS_SHOWN)


def _why(one: Why, words: Words) -> str:
    layer = words.say(f"LAYER-{(one.layer or 'target').upper()}", owner=one.owner)
    return f"{one.position.file}:{one.position.line} ({layer})" if one.position else layer
