"""When two values are the same, and how they differ where they are not.

Values are compared as canonical JSON, never by `==`: `True == 1` holds in Python and is a difference on the wire, and an
absent field is not a null one. What a vendor is known to reorder or respell is compared by a rule beside the field.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeGuard

from reconciler.model.change import FieldChange
from reconciler.model.place import Json

RULES: Final = frozenset({"exact", "set", "ordered", "json", "casefold", "number", "contains"})

Fields = Mapping[str, Json]


def canonical(value: Json) -> str:
    """Canonical JSON: sorted keys, no spaces, text as it is. `1.0` is written `1`, since JSON has one kind of number."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def same_value(left: Json, right: Json, rule: str = "exact") -> bool:
    """Whether two values mean the same by a rule of `RULES`. ValueError for another.

    `number`: a number may come as text. `contains`: of two objects, one may have more keys than the other, since some
    vendors fill in what was left out; the keys that both have must agree.
    """
    if rule not in RULES:
        raise ValueError(f"no such rule of comparison: {rule}")
    if rule == "contains":
        return _contained(left, right)
    if type(left) is type(right) and isinstance(left, str | bool | None) and rule == "exact":
        return left == right  # most values are plain ones, and a plan compares them by the ten thousand
    return canonical(_by_rule(left, rule)) == canonical(_by_rule(right, rule))


def same_fields(left: Fields, right: Fields, compare: Mapping[str, str]) -> bool:
    """Whether two sets of fields are the same; a field that only one of them has is a difference."""
    return left.keys() == right.keys() and all(
        same_value(value, right[name], compare.get(name, "exact")) for name, value in left.items()
    )


def field_changes(
    before: Fields | None, after: Fields | None, compare: Mapping[str, str] | None = None
) -> tuple[FieldChange, ...]:
    """What differs, in order of field name; inside of lists and objects down to the part that differs."""
    old, new, rules = before or {}, after or {}, compare or {}
    changes: list[FieldChange] = []
    for name in sorted(old.keys() | new.keys()):
        if name in old and name in new:
            rule = rules.get(name, "exact")
            if not same_value(old[name], new[name], rule):
                changes += _inside(name, old[name], new[name], rule)
        else:
            changes.append(
                FieldChange(field=name, before=old.get(name), after=new.get(name), had=name in old, has=name in new)
            )
    return tuple(changes)


def _plain(value: Json) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _by_rule(value: Json, rule: str) -> Json:
    if rule == "casefold":
        return _folded(value)
    if rule == "set" and _is_list(value):
        return sorted({canonical(item) for item in value})
    if rule == "json" and isinstance(value, str):
        return _parsed(value)
    return _numbers(value) if rule == "number" else value


def _contained(left: Json, right: Json) -> bool:
    if not isinstance(left, Mapping) or not isinstance(right, Mapping):
        return canonical(left) == canonical(right)
    small, large = sorted((left, right), key=len)
    return small.keys() <= large.keys() and all(canonical(small[key]) == canonical(large[key]) for key in small)


def _numbers(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    return value


def _folded(value: Json) -> Json:
    if isinstance(value, str):
        return value.casefold()
    return [_folded(item) for item in value] if _is_list(value) else value


def _parsed(text: str) -> Json:
    """The JSON in a text, wrapped so that it is never mistaken for text; the text itself where it isn't JSON."""
    try:
        return {"json": json.loads(text)}
    except ValueError:
        return text


def _is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _inside(name: str, old: Json, new: Json, rule: str) -> list[FieldChange]:
    whole = FieldChange(field=name, before=old, after=new)
    if rule == "set" and _is_list(old) and _is_list(new):
        return _set_changes(name, old, new)
    if rule == "json":
        old, new = _by_rule(old, rule), _by_rule(new, rule)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            return _deep_changes(name, old["json"], new["json"]) or [whole]
        return [whole]
    if (isinstance(old, Mapping) and isinstance(new, Mapping)) or (_is_list(old) and _is_list(new)):
        return _deep_changes(name, old, new) or [whole]
    return [whole]


def _set_changes(name: str, old: Sequence[Json], new: Sequence[Json]) -> list[FieldChange]:
    """One entry for each element that goes or comes: the order of a set says nothing."""
    before, after = ({canonical(item): item for item in side} for side in (old, new))
    gone = [FieldChange(field=name, before=before[item], has=False) for item in sorted(before.keys() - after.keys())]
    come = [FieldChange(field=name, after=after[item], had=False) for item in sorted(after.keys() - before.keys())]
    return gone + come


def _deep_changes(name: str, old: Json, new: Json) -> list[FieldChange]:
    from deepdiff import DeepDiff  # imported only for values that do differ: it takes a third of a second

    tree = DeepDiff(_plain(old), _plain(new), view="tree", verbose_level=2, ignore_numeric_type_changes=False)
    changes: list[FieldChange] = []
    for kind, levels in tree.items():
        had, has = not kind.endswith("_added"), not kind.endswith("_removed")
        for level in levels:
            at = level.path(root=name) or name
            changes.append(
                FieldChange(
                    field=at,
                    before=level.t1 if had else None,
                    after=level.t2 if has else None,
                    had=had,
                    has=has,
                )
            )
    return sorted(changes, key=lambda change: (change.field, change.has))
