"""From a pointer to line and column, by reading the file again: only what is shown is looked up."""

from collections.abc import Mapping
from dataclasses import field

from yaml import YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined, unused-ignore] # the stubs leave libyaml's parser out
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.load.careful import corrected_line
from reconciler.load.characters import decode
from reconciler.model.place import Place, Pointer, Position
from reconciler.model.slotted import dataclass


class _Parser(CParser):  # type: ignore[misc, unused-ignore]
    """Composes nodes for their marks alone."""

    def descend_resolver(self, _parent: Node | None, _index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass

    def resolve(self, _kind: type[Node], _value: str | None, _implicit: object) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Sources:
    """The files' bytes, and the places in them. Called with a place it gives the position (it is a `Locate`)."""

    files: Mapping[str, bytes]
    _lines: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _nodes: dict[str, Node | None] = field(default_factory=dict, repr=False)

    def __call__(self, place: Place) -> Position:
        if isinstance(place, Position):
            return place
        node = self.node(place)
        if node is None:
            return Position(file=place.file, line=1, column=1)
        mark = node.start_mark
        return Position(file=place.file, line=mark.line + 1, column=mark.column + 1)

    def lines(self, file: str) -> list[str]:
        """The file's lines as they were read: NFC, without line ends. Empty for a file that is no text or is not there."""
        if file not in self._lines:
            try:
                self._lines[file] = decode(self.files.get(file, b"")).split("\n")
            except UnicodeDecodeError:
                self._lines[file] = []
        return self._lines[file]

    def line(self, position: Position) -> str | None:
        """The text of the line at a position, or None."""
        lines = self.lines(position.file)
        return lines[position.line - 1] if 0 < position.line <= len(lines) else None

    def node(self, pointer: Pointer) -> Node | None:
        """The node (or key) at a pointer; where it is not written, the nearest one around it."""
        if not pointer.path:
            return None
        return _walk(self.top(pointer.file), pointer)

    def spelling(self, pointer: Pointer) -> str | None:
        """A scalar's text as the YAML parser saw it: `0764`, not 764."""
        node = self.node(pointer)
        return node.value if isinstance(node, ScalarNode) else None

    def corrected(self, pointer: Pointer, text: str) -> str:
        """The line of a scalar or key with `text` in its place; just `text` where there is no such line."""
        node = self.node(pointer)
        return corrected_line(self.lines(pointer.file), node, text) if isinstance(node, ScalarNode) else text

    def top(self, file: str) -> Node | None:
        """The whole document's node, or None where it could not be composed."""
        if file not in self._nodes:
            self._nodes[file] = _composed("\n".join(self.lines(file)))
        return self._nodes[file]


def _composed(text: str) -> Node | None:
    """Only of files that were accepted: the composer recurses as deep as a file goes. Others have positions, not pointers."""
    try:
        return _Parser(text).get_single_node()  # type: ignore[no-any-return, unused-ignore]
    except YAMLError:
        return None


def _walk(top: Node | None, pointer: Pointer) -> Node | None:
    node = top
    last = len(pointer.path) - 1
    for number, step in enumerate(pointer.path):
        found = _child(node, step, key=pointer.on_key and number == last)
        if found is None:
            return node
        node = found
    return node


def _child(node: Node | None, step: str | int, *, key: bool) -> Node | None:
    if isinstance(node, MappingNode):
        pairs = ((at, value) for at, value in node.value if at.value == step)
        at, value = next(pairs, (None, None))
        return at if key or _is_empty(value) else value
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: Node = node.value[step]
        return found
    return None


def _is_empty(node: Node | None) -> bool:
    """An empty value stands where the next token begins, often lines below; its key says more."""
    return isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index
