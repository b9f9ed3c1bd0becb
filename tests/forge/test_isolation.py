"""The stand-in is a second opinion: it shares nothing with what it is there to judge."""

import ast
from pathlib import Path

HERE = Path(__file__).parent


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_nothing_of_ours_is_imported() -> None:
    seen = {name: path.name for path in HERE.glob("*.py") for name in imports(path)}
    assert "flask" in seen
    assert [name for name in seen if name.split(".")[0] == "reconciler"] == []
