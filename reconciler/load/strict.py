"""Bytes to plain data, quickly where nothing is odd about a file; every oddity is left to `careful`, which explains it.

libyaml's composer is asked for nodes whose `tag` is already the value: `resolve` is called once for each scalar anyway,
and the stock resolver (regular expressions by first letter, path resolvers on every node) takes a third of composing.
Both ways give the same data for every file that both accept; a test holds them equal.
"""

import operator
import re
from typing import Any, Final

from yaml import YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined, unused-ignore] # the stubs leave libyaml's parser out
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.load import careful
from reconciler.load.careful import Read
from reconciler.load.characters import decode, hidden, not_utf8
from reconciler.load.scalars import FIRST, Refused, resolve
from reconciler.model.place import Json

# Tags, anchors, escapes and merge keys may be harmless; telling takes a closer look. So does anything not shown.
_ODD: Final = re.compile(rf"[!&\\\t]|<<|{hidden.pattern}")

_SHALLOW: Final = 2000
"""Levels that libyaml's composer, which recurses in C without a limit, takes on any stack."""


class _Parser(CParser):  # type: ignore[misc, unused-ignore]
    # Called for every node with arguments we have no use for: the cheapest functions that take them.
    descend_resolver = operator.is_
    ascend_resolver = tuple

    @staticmethod
    def resolve(_kind: type[Node], value: str | None, implicit: tuple[bool, bool]) -> Json:
        if value is None or not implicit[0] or (value and value[0] not in FIRST):
            return value
        return resolve(value)


class _Odd(Exception):  # noqa: N818 - a turn in the road, not an error
    pass


def read_document(file: str, data: bytes) -> Read:
    """The document in a file and what is wrong with it; `value` is meaningless where a finding is an error."""
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        return Read(value=None, findings=(not_utf8(file, data, error),))
    if _ODD.search(text) is None and _is_shallow(text):
        try:
            return Read(value=_compose(text), findings=())
        except (YAMLError, Refused, _Odd):
            pass  # the careful reader finds the same and says where
    return careful.read(file, text)


def _is_shallow(text: str) -> bool:
    """Whether nesting can't be deep: a flow collection takes a bracket, a block collection a column of its own (or two share one)."""
    if len(text) < _SHALLOW:
        return True
    return 2 * max(map(len, text.split("\n"))) + text.count("[") + text.count("{") < _SHALLOW


def _compose(text: str) -> Json:
    node = _Parser(text).get_single_node()
    if type(node) is not MappingNode:
        raise _Odd
    return _plain(node, careful.DEEPEST)


def _plain(node: Any, depth: int) -> Json:
    if not depth:
        raise _Odd
    children = node.value
    if type(node) is SequenceNode:
        return [child.tag if type(child) is ScalarNode else _plain(child, depth - 1) for child in children]
    try:
        result = {
            key.value: child.tag if type(child) is ScalarNode else _plain(child, depth - 1) for key, child in children
        }
    except TypeError:  # a key that is a list or a mapping
        raise _Odd from None
    if len(result) != len(children):
        raise _Odd  # a key stands twice
    return result
