"""A level of an MGN changed in the file's own text: only the lines concerned, so that comments, order and layout stay.

By places and not by a library that writes YAML anew (ruamel.yaml): that would be a second reader of YAML beside the
strict one, with other ideas of what a file means, and it lays out anew what people wrote (line lengths, indentation of
lists, quotes). The places of all nodes are known here anyway.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.load.sources import Sources
from reconciler.model.mgn import Level, LevelChange, LevelEvent, Mgn, Requirement
from reconciler.model.place import Pointer

_DECIDED: Final = ("decision", "participants", "acknowledged", "followed_up")
"""Keys of one version that its successor writes anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


def next_version(sources: Sources, mgn: Mgn, year: str) -> str:
    """The file of an MGN as a draft for another läsår: same requirements and comments, nothing decided yet."""
    file = mgn.at.file
    text = "\n".join(sources.lines(file))
    edits = [
        _scalar(sources, mgn.at.child("school_year"), year),
        _scalar(sources, mgn.at.child("state"), "draft"),
        *_without(sources, mgn, text),
    ]
    if mgn.replaces:
        edits.append(_scalar(sources, mgn.at.child("replaces"), mgn.school_year))
        return _applied(text, edits)
    state = _node(sources, mgn.at.child("state"))
    line_end = _line_end(text, state.end_mark.index)
    return _applied(text, [*edits, _Edit(start=line_end, end=line_end, text=f"\nreplaces: {mgn.school_year}")])


def _without(sources: Sources, mgn: Mgn, text: str) -> Iterable[_Edit]:
    """Whole lines of the keys that were about the old version."""
    top = sources.node(mgn.at.child("state"))
    for key in _DECIDED:
        pointer = Pointer(file=mgn.at.file, path=(key,), on_key=True)
        name = sources.node(pointer)
        if isinstance(name, ScalarNode) and name.value == key and name is not top:
            end = _line_end(text, _last(_node(sources, mgn.at.child(key))))
            yield _Edit(start=text.rfind("\n", 0, name.start_mark.index) + 1, end=min(end + 1, len(text)), text="")


def with_level(sources: Sources, requirement: Requirement, change: LevelChange, event: LevelEvent) -> str:
    """The file's text with a decided change of level, and the event at the end of the requirement's history.

    A change back to the level that the requirement has takes the one away that was to come; where that one has come by
    then (it is from the version before), it is the level now.
    """
    file = requirement.at.file
    text = "\n".join(sources.lines(file))
    body = _node(sources, requirement.at)
    assert isinstance(body, MappingNode)  # noqa: S101 - the schema has accepted it
    coming = requirement.becomes
    edits = [_put_event(text, body, _spelled(event))]
    if coming is not None and change.start <= coming.start and change.level is requirement.level:
        edits.append(_drop_key(text, body, "becomes"))
    else:
        edits.append(_put_becomes(text, body, f'{{level: {change.level}, from: "{change.start.isoformat()}"}}'))
        if coming is not None and change.start > coming.start:
            edits.append(_scalar(sources, requirement.at.child("level"), str(coming.level)))
    return _applied(text, edits)


def _spelled(event: LevelEvent) -> str:
    reason = f", reason: {_quoted(event.reason)}" if event.reason else ""
    return (
        f'{{date: "{event.day.isoformat()}", from: {event.before}, to: {event.after}, '
        f'takes_effect: "{event.effect.isoformat()}"{reason}}}'
    )


def _quoted(text: str) -> str:
    """As a double-quoted scalar on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


def _put_becomes(text: str, body: MappingNode, becomes: str) -> _Edit:
    written = _value(body, "becomes")
    if written is not None:
        return _Edit(start=written.start_mark.index, end=_last(written), text=becomes)
    return _after(text, body, _present(body, "level"), f"becomes: {becomes}")


def _drop_key(text: str, body: MappingNode, key: str) -> _Edit:
    """With its whole lines and what is noted beside it; within braces with the comma before it (or after, if it is first)."""
    at = next(number for number, (name, _) in enumerate(body.value) if name.value == key)
    name, value = body.value[at]
    end = _last(value)
    if not body.flow_style:
        start = text.rfind("\n", 0, name.start_mark.index) + 1
        if text[start : name.start_mark.index].strip():  # the first key, beside its list's hyphen
            return _Edit(start=name.start_mark.index, end=body.value[at + 1][0].start_mark.index, text="")
        return _Edit(start=start, end=min(_line_end(text, end) + 1, len(text)), text="")
    if at == 0:
        return _Edit(start=name.start_mark.index, end=body.value[1][0].start_mark.index, text="")
    return _Edit(start=_last(body.value[at - 1][1]), end=end, text="")


def _put_event(text: str, body: MappingNode, event: str) -> _Edit:
    history = _value(body, "history")
    if not isinstance(history, SequenceNode):
        last = body.value[-1][1]
        return _after(text, body, last, f"history: [{event}]")
    if history.flow_style:
        comma = ", " if history.value else ""
        close = history.end_mark.index - 1
        return _Edit(start=close, end=close, text=f"{comma}{event}")
    end = _line_end(text, _last(history))
    return _Edit(start=end, end=end, text=f"\n{' ' * history.start_mark.column}- {event}")


def _after(text: str, body: MappingNode, value: Node, line: str) -> _Edit:
    """A new key after a value: on a line of its own, or within the same braces."""
    end = _last(value)
    if body.flow_style:
        return _Edit(start=end, end=end, text=f", {line}")
    end = _line_end(text, end)
    return _Edit(start=end, end=end, text=f"\n{' ' * body.start_mark.column}{line}")


def _value(body: MappingNode, key: str) -> Node | None:
    return next((value for name, value in body.value if name.value == key), None)


def _present(body: MappingNode, key: str) -> Node:
    found = _value(body, key)
    assert found is not None  # noqa: S101 - the schema demands it
    return found


def _node(sources: Sources, at: Pointer) -> Node:
    found = sources.node(at)
    assert found is not None  # noqa: S101 - it was read from there
    return found


def _scalar(sources: Sources, at: Pointer, text: str) -> _Edit:
    node = _node(sources, at)
    return _Edit(start=node.start_mark.index, end=node.end_mark.index, text=text)


def _last(node: Node) -> int:
    """Where a value's own text ends: libyaml ends a block at the next token, lines and comments further on."""
    if isinstance(node, MappingNode) and not node.flow_style:
        return _last(node.value[-1][1])
    if isinstance(node, SequenceNode) and not node.flow_style:
        return _last(node.value[-1])
    return _scalar_end(node)


def _scalar_end(node: Node) -> int:
    """A folded or literal scalar ends after its last line feed."""
    end: int = node.end_mark.index
    block = isinstance(node, ScalarNode) and node.style in ("|", ">")
    return end - 1 if block and node.end_mark.column == 0 else end


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return found if found >= 0 else len(text)


def _applied(text: str, edits: Iterable[_Edit]) -> str:
    """From the end to the beginning, so that earlier places stay right."""
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def change_of(requirement: Requirement, level: Level, day: date, start: date, reason: str) -> LevelEvent:
    """The line of history for a change that is written on `day` and takes effect on `start`."""
    before = requirement.becomes.level if requirement.becomes else requirement.level
    return LevelEvent(day=day, before=before, after=level, effect=start, reason=reason)
