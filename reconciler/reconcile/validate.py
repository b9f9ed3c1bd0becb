"""`validate`: what the files alone say, with a memory of the last run where it is allowed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reconciler.load.repository import in_order
from reconciler.load.sources import Sources
from reconciler.load.tree import read_tree
from reconciler.model.finding import Finding
from reconciler.reconcile.prepare import prepare_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    findings: tuple[Finding, ...]
    locate: Sources
    language: str | None
    files: int


def validate_files(root: Path, as_of: date, base: str | None = None, *, remember: bool = True) -> Validated:
    """Every finding of loading, compiling and, with a base, of the step from it; in the order of the files."""
    tree = read_tree(root)
    prepared = prepare_tree(tree, root, as_of, base, digest=False)
    findings = in_order(list(prepared.all_findings), prepared.locate)
    return Validated(findings=findings, locate=prepared.locate, language=prepared.language, files=len(tree.files))
