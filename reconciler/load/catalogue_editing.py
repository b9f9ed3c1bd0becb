"""Edits of YAML files in place: a key of a record, a new record, a line in a list. Everything else stays as it was written.

Steps are given by pointers and data, all of them against the file as it was read; the text between them (comments,
order, layout) is kept. Afterwards the new text is read by the strict reader and held against the data that the steps
ask for: an edit that would change anything else (an alias, a layout that nobody thought of) is not made.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeAlias

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.load.sources import Sources
from reconciler.load.spelling import LONGEST, block, flow
from reconciler.load.strict import read_document
from reconciler.model.place import Pointer

_MARK: Final = b"\xef\xbb\xbf"


class NotEditable(ValueError):  # noqa: N818 - the file's layout is to blame, not the program
    """The file is laid out so that the edit would change more than what was asked for. `at` says where."""

    def __init__(self, at: Pointer) -> None:
        super().__init__(f"{at.file}: {'.'.join(map(str, at.path))}")
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A key of the mapping at `at`: its value replaced, or the key written after the last of `after` that is there.

    Without `after` a new key comes last. `lines`: a new mapping or list is written with a line for each entry.
    """

    at: Pointer
    key: str
    value: object
    after: Sequence[str] = ()
    lines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A key of the mapping at `at`, with its value and its lines. Comments above it stay."""

    at: Pointer
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """One more entry at the end of the list at `at`. `lines`: a line for each key of the entry, and an empty one above.

    `more`: entries that follow it.
    """

    at: Pointer
    value: object
    lines: bool = False
    more: tuple[object, ...] = ()


Step: TypeAlias = Put | Drop | Append


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


def edit(sources: Sources, file: str, steps: Iterable[Step]) -> str:
    """The file's text after the steps. Raises NotEditable where that would change anything else."""
    text = "\n".join(sources.lines(file))
    wanted = json.loads(json.dumps(read_document(file, sources.files[file]).value))  # also parts what aliases share
    cuts: list[_Cut] = []
    at = Pointer(file=file)
    for step in _merged(steps):
        at = step.at
        cuts.append(_cut(sources, text, step))
        _apply(wanted, step)
    found = _cut_text(text, cuts)
    if _canonical(read_document(file, found.encode()).value) != _canonical(wanted):
        raise NotEditable(at)
    return found


def _merged(steps: Iterable[Step]) -> Iterator[Step]:
    """Entries for one list together: whether they fit on its line is asked of all of them."""
    waiting: dict[Pointer, Append] = {}
    for step in steps:
        if not isinstance(step, Append):
            yield step
        elif step.at in waiting and waiting[step.at].lines == step.lines:
            first = waiting[step.at]
            waiting[step.at] = replace(first, more=(*first.more, step.value, *step.more))
        else:
            if step.at in waiting:
                yield waiting.pop(step.at)
            waiting[step.at] = step
    yield from waiting.values()


def encoded(text: str, before: bytes) -> bytes:
    """The text with the line ends and the byte order mark that the file had before."""
    ends = "\r\n" if b"\r\n" in before else "\n"
    data = text.replace("\n", ends).encode()
    return _MARK + data if before.startswith(_MARK) else data


def add_app(data: Mapping[str, Any], at: Pointer, app: str, mode: str) -> Step:
    """The step that adds an app to a group (or another layer) at `at`; `data` is what stands there now."""
    apps = data.get("apps")
    if not apps:
        after = ("id", "name", "school_form", "platform", "audience", "grades", "devices", "users")
        return Put(at=at, key="apps", value={mode: [app]}, after=after, lines=True)
    if not apps.get(mode):
        return Put(at=at.child("apps"), key=mode, value=[app])
    return Append(at=at.child("apps", mode), value=app)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _plain(value: object) -> Any:
    """JSON or dates as the strict reader will give them back."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return value


def _apply(document: Any, step: Step) -> None:
    """The same step on the data."""
    place = document
    for part in step.at.path:
        place = place[part]
    if isinstance(step, Put):
        place[step.key] = _plain(step.value)
    elif isinstance(step, Drop):
        place.pop(step.key, None)
    else:
        place.extend(map(_plain, (step.value, *step.more)))


def _cut(sources: Sources, text: str, step: Step) -> _Cut:
    node = sources.node(step.at) if step.at.path else sources.top(step.at.file)
    if isinstance(step, Append):
        if not isinstance(node, SequenceNode):
            raise NotEditable(step.at)
        return _append(text, node, step)
    if not isinstance(node, MappingNode):
        raise NotEditable(step.at)
    return _put(text, node, step) if isinstance(step, Put) else _drop(text, node, step)


def _pair(body: MappingNode, key: str) -> tuple[ScalarNode, Node] | None:
    return next(((name, value) for name, value in body.value if name.value == key), None)


def _put(text: str, body: MappingNode, step: Put) -> _Cut:
    pair = _pair(body, step.key)
    if pair is not None:
        return _replace(text, body, *pair, step)
    if not body.value:
        return _fill(body, f"{step.key}: {flow(_plain(step.value))}")
    before = [value for name, value in body.value if name.value in step.after] or [body.value[-1][1]]
    end = _last(before[-1])
    if body.flow_style:
        return _Cut(start=end, end=end, text=f", {step.key}: {flow(_plain(step.value))}")
    end = _line_end(text, end)
    indent = body.start_mark.column
    return _Cut(start=end, end=end, text="\n" + " " * indent + _keyed(step, indent))


def _keyed(step: Put, indent: int) -> str:
    value = _plain(step.value)
    if step.lines and isinstance(value, dict | list) and value:
        return f"{step.key}:\n{block(value, indent + 2)}"
    return f"{step.key}: {flow(value)}"


def _replace(text: str, body: MappingNode, name: ScalarNode, value: Node, step: Put) -> _Cut:
    written = _plain(step.value)
    end = _last(value)
    if isinstance(value, MappingNode | SequenceNode) and not value.flow_style and not body.flow_style:
        if isinstance(written, dict | list) and written:  # entries below each other stay so
            start = value.start_mark.index - value.start_mark.column
            return _Cut(start=start, end=end, text=block(written, value.start_mark.column))
        return _Cut(start=_after_colon(text, name), end=end, text=f" {flow(written)}")
    if value.start_mark.index == value.end_mark.index:  # nothing was written: the next token may be lines below
        start = _after_colon(text, name)
        return _Cut(start=start, end=start, text=f" {flow(written)}")
    return _Cut(start=value.start_mark.index, end=end, text=flow(written))


def _after_colon(text: str, name: ScalarNode) -> int:
    return text.index(":", name.end_mark.index) + 1


def _fill(empty: MappingNode | SequenceNode, text: str) -> _Cut:
    """The first entry within empty braces or brackets."""
    close = empty.end_mark.index - 1
    return _Cut(start=close, end=close, text=text)


def _drop(text: str, body: MappingNode, step: Drop) -> _Cut:
    pair = _pair(body, step.key)
    if pair is None:
        return _Cut(start=0, end=0, text="")
    name, value = pair
    number = next(number for number, (one, _) in enumerate(body.value) if one is name)
    if not body.flow_style:
        return _drop_lines(text, body, number, name, value, step)
    if number:
        return _Cut(start=_last(body.value[number - 1][1]), end=_last(value), text="")
    following = body.value[1][0].start_mark.index if len(body.value) > 1 else _last(value)
    return _Cut(start=name.start_mark.index, end=following, text="")


def _drop_lines(text: str, body: MappingNode, number: int, name: ScalarNode, value: Node, step: Drop) -> _Cut:
    end = max(_last(value), name.end_mark.index + 1)
    if value.start_mark.index == value.end_mark.index:
        end = _after_colon(text, name)
    end = min(_line_end(text, end) + 1, len(text))
    start = text.rfind("\n", 0, name.start_mark.index) + 1
    if text[start : name.start_mark.index].strip():  # the first key of a list's entry stands beside its dash
        if number + 1 == len(body.value):
            raise NotEditable(step.at)
        return _Cut(start=name.start_mark.index, end=body.value[number + 1][0].start_mark.index, text="")
    return _Cut(start=start, end=end, text="")


def _append(text: str, body: SequenceNode, step: Append) -> _Cut:
    values = [_plain(one) for one in (step.value, *step.more)]
    if body.flow_style and not body.value:
        if step.lines:
            return _opened(text, body, values)
        return _unfolded(text, body, values) or _fill(body, ", ".join(map(flow, values)))
    end = _last(body.value[-1])
    if body.flow_style:
        written = "".join(f", {flow(one)}" for one in values)
        return _unfolded(text, body, values) or _Cut(start=end, end=end, text=written)
    end = _line_end(text, end)
    indent = body.start_mark.column
    above = "\n\n" if step.lines else "\n"
    return _Cut(start=end, end=end, text="".join(above + _below(one, indent, lines=step.lines) for one in values))


def _below(value: Any, indent: int, *, lines: bool) -> str:
    """An entry of a list below the others; on one line if it may be and isn't too long."""
    entry = f"{' ' * indent}- {flow(value)}"
    return block([value], indent) if lines or len(entry) > LONGEST else entry


_KEY_ALONE: Final = re.compile(r"( *)[\w-]+: *")


def _unfolded(text: str, body: SequenceNode, values: Sequence[Any]) -> _Cut | None:
    """A list on one line with its entries below each other, where it would become too long. None where it isn't, or where
    something else stands on that line."""
    start = text.rfind("\n", 0, body.start_mark.index) + 1
    end = _line_end(text, start)
    key = _KEY_ALONE.fullmatch(text[start : body.start_mark.index])
    fits = end - start + sum(len(flow(one)) + 2 for one in values) <= LONGEST
    if fits or key is None or text[body.end_mark.index : end].strip():
        return None
    indent = len(key[1]) + 2
    written = [f"{' ' * indent}- {text[one.start_mark.index : one.end_mark.index]}" for one in body.value]
    written += [_below(one, indent, lines=False) for one in values]
    return _Cut(start=start + len(key[0].rstrip(" ")), end=body.end_mark.index, text="\n" + "\n".join(written))


def _opened(text: str, body: SequenceNode, values: Sequence[Any]) -> _Cut:
    """`apps: []` with its first record below. Two steps in from the line that it stands on."""
    start = text.rfind("\n", 0, body.start_mark.index) + 1
    indent = len(text[start:]) - len(text[start:].lstrip(" ")) + 2
    before = len(text[: body.start_mark.index].rstrip(" "))
    return _Cut(start=before, end=body.end_mark.index, text="\n" + block(values, indent))


def _last(node: Node) -> int:
    """Where a value's own text ends: libyaml ends a block at the next token, lines and comments further on."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        name, value = node.value[-1]
        return max(_last(value), int(name.end_mark.index) + 1) if _is_there(value) else int(name.end_mark.index) + 1
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return _last(node.value[-1])
    end: int = node.end_mark.index
    folded = isinstance(node, ScalarNode) and node.style in ("|", ">")
    return end - 1 if folded and node.end_mark.column == 0 else end


def _is_there(node: Node) -> bool:
    return bool(node.start_mark.index != node.end_mark.index)


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return found if found >= 0 else len(text)


def _cut_text(text: str, cuts: Sequence[_Cut]) -> str:
    """From the end to the beginning, so that earlier places stay right; of several at one place the first comes first."""
    order = sorted(enumerate(cuts), key=lambda pair: (pair[1].start, pair[1].end, pair[0]), reverse=True)
    for _, one in order:
        text = text[: one.start] + one.text + text[one.end :]
    return text
