"""What rules add to `validate` on the sample, against the engine's bare import and one compile of each expression.

Ours: all that a run of `validate` spends between asking for an expression and having it, in a process of its own: the import,
what the engine must know of names and types, the checks that it lacks (fields of elements, constants). Bare: a process that
imports the engine, declares the same variables and compiles each expression once. Both take the time inside the process, for
the difference of two whole processes is lost in what else the machine does.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reconciler.load.repository import load
from reconciler.load.tree import read_tree
from reconciler.model.documents import Documents
from reconciler.model.policy import SubjectKind
from reconciler.policy.variables import variables
from tests.benchmarks.figure import Bar, Figure
from tests.benchmarks.process import run_process

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "validate: what rules add on the sample"
ROUNDS: Final = 13
_VALIDATE: Final = """
import sys, time
from reconciler.cli.main import cli
from reconciler.load import guardrails
spent, compile_expression = [], guardrails.compile_expression
def timed(*asked):
    begun = time.process_time()
    found = compile_expression(*asked)
    spent.append(time.process_time() - begun)
    return found
guardrails.compile_expression = timed
try:
    cli(["validate", "--no-cache", "--root", sys.argv[1], "--today", "2026-11-21"])
finally:
    print(sum(spent))
"""
_BARE: Final = """
import json, sys, time
asked = json.loads(sys.argv[1])
begun = time.process_time()
from cel_expr_python import cel
def type_of(written):
    if written.startswith("list("):
        return cel.Type.List(type_of(written[5:-1]))
    if written.startswith("map(string, "):
        return cel.Type.Map(cel.Type.STRING, type_of(written[12:-1]))
    return getattr(cel.Type, written.upper())
for names, texts in asked:
    engine = cel.NewEnv(variables={name: type_of(written) for name, written in names.items()})
    for text in texts:
        engine.compile(text)
print(time.process_time() - begun)
"""


def expressions(documents: Documents) -> str:
    """By kind of subject, its variables with their types and each expression once, as JSON."""
    asked: dict[SubjectKind, dict[str, None]] = {}
    for rule in documents.guardrails:
        for one in (rule.when, rule.require, rule.measure):
            if one is not None:
                asked.setdefault(rule.on, {})[one.text] = None
    return json.dumps([[dict(variables(kind)), list(texts)] for kind, texts in asked.items()])


def figures() -> Iterator[Figure]:
    documents = load(read_tree(ROOT), digest=False).documents
    assert documents is not None
    written = expressions(documents)
    taken = [(_seconds(_VALIDATE, str(ROOT)), _seconds(_BARE, written)) for _ in range(ROUNDS)]
    ours, bare = (min(pair[side] for pair in taken) for side in (0, 1))
    yield Figure(
        name=NAME,
        value=ours / bare,
        bar=1,
        side=Bar.AT_MOST,
        unit="× the engine alone",
        against="cel-expr-python's import and one compile of each expression, in a process of its own",
        bound="import + Σ over expressions of compile(expression)",
        remark=f"{ours * 1000:.0f} ms against {bare * 1000:.0f} ms of processor time, best of {ROUNDS}",
    )


def _seconds(*command: str) -> float:
    """What the program says at its end."""
    return float(run_process([sys.executable, "-c", *command], folder=ROOT).output.split()[-1])
