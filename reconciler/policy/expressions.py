"""CEL read, checked and compiled once: what is wrong is said with its place in the text, what is right can be asked.

The engine is Google's own (`cel-expr-python`, cel-cpp inside). Measured against the two others that Python has (2026-11-21, one
core): it alone checks types and undeclared names, counts characters and not bytes, gives up on endless loops by itself,
and imports in 6 ms where `common-expression-language` 0.10 takes 700 and `cel-python` 0.5 takes 390. An evaluation takes
3 µs on prepared values; 0.2 and 3,000 µs there.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Protocol

from reconciler.model.policy import SubjectKind
from reconciler.model.slotted import dataclass
from reconciler.policy.bounds import TOKEN, Problem, check_cost, check_length, line_column
from reconciler.policy.variables import Types, fields, variables

_FUNCTIONS: Final = (
    "all",
    "exists",
    "exists_one",
    "filter",
    "map",
    "has",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "int",
    "double",
    "string",
    "bool",
    "type",
    "duration",
    "timestamp",
    "getFullYear",
    "getMonth",
    "getDayOfWeek",
)
_OPERATORS: Final = {"_[_]": "[ ]", "@in": "in", "_?_:_": "? :", "!_": "!", "-_": "-"}

_UNDECLARED: Final = re.compile(r"undeclared reference to '([^']+)'")
_OVERLOAD: Final = re.compile(r"found no matching overload for '([^']+)' applied to '\((.*)\)'")
_ERROR: Final = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")


class Engine(Protocol):
    """What we use of an environment of the engine."""

    def compile(self, expression: str) -> Any: ...

    def Activation(self, data: Mapping[str, Any]) -> Any: ...  # noqa: N802 - the engine's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Why an expression came to nothing: the engine's words."""

    why: str


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled expression, and the variables that it reads, sorted."""

    compiled: Any
    used: tuple[str, ...]

    def ask(self, activation: Any) -> bool | int | Failed:
        """The answer on bound values; a Failed where it came to none. Raises nothing for what people wrote."""
        try:
            answer = self.compiled.eval(activation).value()
        except RuntimeError as error:  # a loop that went past the engine's budget
            return Failed(why=_first_line(str(error)))
        if answer is True or answer is False or type(answer) is int:
            return answer
        # An evaluation that failed answers with a text that says why, and no rule may answer with a text.
        return Failed(why=_first_line(str(answer)))


_LAZY: Final = re.compile(r"[|&?\[{]")
"""What may leave a variable unread: `||`, `&&`, `?:`, and a macro over an empty list or map that is written out."""


@cache
def engine(kind: SubjectKind) -> Engine:
    """The engine with the variables of a kind of subject declared."""
    return _engine(variables(kind))


@cache
def _engine_of_all() -> Engine:
    """One engine with the variables of every kind: each that is made takes another millisecond before its first answer."""
    return _engine(_every_variable())


@cache
def _every_variable() -> Types:
    """A name has the same type whatever kind of subject it is read of (a test holds it)."""
    return {name: written for kind in SubjectKind for name, written in variables(kind).items()}


def _engine(names: Types) -> Engine:
    from cel_expr_python import cel  # noqa: PLC0415, RUF100 - only where there are rules

    made: Engine = cel.NewEnv(variables={name: _type(cel.Type, written) for name, written in names.items()})
    return made


@cache  # kinds of subjects share most of their variables
def _type(types: Any, written: str) -> Any:
    """The engine's type: its own reading of `list(…)` and `map(…)` makes a type of that name that is no list and no map."""
    if written.startswith("list("):
        return types.List(_type(types, written[5:-1]))
    if written.startswith("map(string, "):
        return types.Map(types.STRING, _type(types, written[12:-1]))
    return getattr(types, written.upper())


@cache
def compile_expression(kind: SubjectKind, text: str, wanted: str = "BOOL") -> Program | tuple[Problem, ...]:
    """The program, or everything that is wrong. `wanted`: BOOL or INT, the type of its answer."""
    if too_long := check_length(text):
        return too_long
    used, problems, foreign = _read_names(kind, text)
    problems += check_cost(text)
    try:
        compiled = _compiled(kind, text, of_all=not foreign)
    except RuntimeError as error:
        return tuple(_problems(kind, text, str(error)))
    answer = compiled.return_type().name().upper()
    if answer not in (wanted, "DYN"):
        problems.append(Problem(code="RULE-ANSWER", values={"type": answer.lower(), "wanted": wanted.lower()}))
    elif not problems and (not used or (_LAZY.search(text) and _is_constant(compiled))):
        problems.append(Problem(code="RULE-CONSTANT"))
    return tuple(problems) or Program(compiled, used)


def _compiled(kind: SubjectKind, text: str, *, of_all: bool) -> Any:
    """By the engine of all kinds; by the kind's own where a name is another's (or a macro's), and to say what is wrong."""
    if of_all:
        try:
            return _engine_of_all().compile(text)
        except RuntimeError:
            pass
    return engine(kind).compile(text)


def _is_constant(compiled: Any) -> bool:
    """Whether it answers although nothing is known: `school.id == '' || true`."""
    try:
        return isinstance(compiled.eval(_nothing_known()).value(), bool | int)
    except RuntimeError:
        return False


@cache
def _nothing_known() -> Any:
    return _engine_of_all().Activation({})


def _read_names(kind: SubjectKind, text: str) -> tuple[tuple[str, ...], list[Problem], bool]:
    """The variables that are read, names after a dot that no value has (the engine can't know the fields of elements), and
    whether a name may be a variable that only other kinds of subject have."""
    used: set[str] = set()
    known, foreign = fields(kind), False
    problems: list[Problem] = []
    for token in TOKEN.finditer(text):
        chain = token["chain"] or token["select"]
        if chain is None:
            continue
        names = "".join(chain.split()).lstrip(".").split(".")
        called = text[token.end() :].lstrip().startswith("(")
        if called and names[-1] == "has":
            problems += _needless_has(kind, text, token.end())
        rest = names[:-1] if called else names
        if token["chain"]:
            foreign = foreign or _is_foreign(kind, rest)
            rest = _after_variable(kind, rest, used)
        problems += [
            _unknown_field(kind, text, token.start() + _offset_of(chain, name), name)
            for name in rest
            if name not in known
        ]
    return tuple(sorted(used)), problems, foreign


def _is_foreign(kind: SubjectKind, names: list[str]) -> bool:
    known, every = variables(kind), _every_variable()
    written = [".".join(names[:length]) for length in range(1, len(names) + 1)]
    return any(name in every and name not in known for name in written)


def _after_variable(kind: SubjectKind, names: list[str], used: set[str]) -> list[str]:
    """What a chain selects beyond its variable; nothing where that is a map whose keys people choose."""
    known = variables(kind)
    for length in range(len(names), 0, -1):
        name = ".".join(names[:length])
        if name in known:
            used.add(name)
            return [] if known[name].startswith("map(") else names[length:]
    return names[1:]  # a name that a macro bound; the engine has refused every other


def _needless_has(kind: SubjectKind, text: str, at: int) -> list[Problem]:
    """The engine (0.1.3) answers `has(x)` with x itself where x is declared as a whole; and it is there always."""
    inside = re.match(r"\s*\(\s*([\w.]+)\s*\)", text[at:])
    if inside and inside[1] in variables(kind):
        line, column = line_column(text, at + inside.start(1))
        return [Problem(code="RULE-HAS", line=line, column=column, values={"name": inside[1]})]
    return []


def _unknown_field(kind: SubjectKind, text: str, offset: int, name: str) -> Problem:
    line, column = line_column(text, offset)
    near = _nearest(name, fields(kind))
    return Problem(code="RULE-UNKNOWN-FIELD", line=line, column=column, values={"name": name, "near": near})


def _offset_of(chain: str, name: str) -> int:
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", chain)
    return match.start() if match else 0


def _problems(kind: SubjectKind, text: str, message: str) -> list[Problem]:
    """The engine's errors as ours; each has a line and a column, or -1 where it has none."""
    found = [
        _problem(kind, text, max(int(line), 1), max(int(column), 1), said)
        for line, column, said in _ERROR.findall(message)
    ]
    unread = [one for one in found if one.code == "RULE-SYNTAX"]
    if unread:
        return unread[:1]  # what comes after only follows from it
    if any(one.code == "RULE-UNKNOWN-FUNCTION" for one in found):
        # A macro that is misspelt binds nothing: `list.exist(x, x == 1)` would be wrong at every x too.
        heads = {name.partition(".")[0] for name in variables(kind)}
        found = [one for one in found if one.code != "RULE-UNKNOWN-VARIABLE" or _head(one) in heads]
    return found or [
        Problem(code="RULE-TOO-DEEP" if "recursion" in message else "RULE-EXPRESSION", values=_said(message))
    ]


def _head(problem: Problem) -> str:
    return problem.values["name"].partition(".")[0]


def _problem(kind: SubjectKind, text: str, line: int, column: int, said: str) -> Problem:
    if match := _UNDECLARED.match(said):
        return _undeclared(kind, text, line, column, match[1])
    if match := _OVERLOAD.match(said):
        operator = _OPERATORS.get(match[1], match[1].strip("_"))
        return Problem(code="RULE-TYPES", line=line, column=column, values={"operator": operator, "types": match[2]})
    if said.startswith("Syntax error"):
        from reconciler.policy.failures import explained_syntax  # noqa: PLC0415, RUF100 - a dozen patterns, hardly ever needed

        return Problem(
            code="RULE-SYNTAX", line=line, column=column, values=explained_syntax(_first_line(said.partition(": ")[2]))
        )
    code = "RULE-TOO-DEEP" if "recursion" in said else "RULE-EXPRESSION"
    return Problem(code=code, line=line, column=column, values=_said(said))


def _undeclared(kind: SubjectKind, text: str, line: int, column: int, name: str) -> Problem:
    """The engine points at the bracket of a call and at the last dot of a chain; we point at the name's beginning."""
    row = text.split("\n")[line - 1]
    called = row[column - 1 : column] == "("
    start = column - len(name) if called else column - len(name.rpartition(".")[0])
    if row[max(start, 1) - 1 :].startswith(name):
        column = start
    if called:
        values = {"name": name, "near": _nearest(name, _FUNCTIONS)}
        return Problem(code="RULE-UNKNOWN-FUNCTION", line=line, column=column, values=values)
    values = {"name": name, "near": _nearest(name, variables(kind)), "on": kind.value}
    return Problem(code="RULE-UNKNOWN-VARIABLE", line=line, column=column, values=values)


def _nearest(word: str, known: Any) -> str:
    """Did you mean; also for the right name below the wrong thing (`school.audience` for `group.audience`)."""
    last = word.rpartition(".")[2]
    from difflib import get_close_matches  # noqa: PLC0415, RUF100 - only when something is misspelt

    found = [name for name in sorted(known) if "." in word and name.rpartition(".")[2] == last]
    found = found or get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return str(found[0]) if found else ""


def _said(problem: str) -> dict[str, str]:
    return {"problem": _first_line(problem)}


def _first_line(text: str) -> str:
    return text.partition("\n")[0][:200]
