"""The sandbox stands alone, and its table of schemas is sound."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from reconciler import sandbox
from reconciler.sandbox.google.schemas import INSTALL_SCHEMAS, check_value, default_value, schemas

FOLDER = Path(str(sandbox.__file__)).parent


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            found.add(node.module or "")
    return found


def test_it_imports_nothing_of_the_rest() -> None:
    files = sorted(FOLDER.rglob("*.py"))
    assert len(files) > 20
    ours = {name for path in files for name in _imports(path) if name.split(".")[0] == "reconciler"}
    assert ours
    assert {name for name in ours if not name.startswith("reconciler.sandbox")} == set()
    assert not any("googleapiclient" in name for path in files for name in _imports(path))


def test_there_are_schemas_enough_of_each_kind() -> None:
    namespaces = [schema.namespace for schema in schemas().values()]
    assert len(namespaces) >= 100
    assert set(schemas()) >= INSTALL_SCHEMAS
    for schema in schemas().values():
        assert schema.fields, schema.name
        assert (schema.keys == ("app_id",)) == schema.namespace.endswith(".apps"), schema.name
        assert check_value(schema.fields, default_value(schema)) == [], schema.name


def test_every_confirmed_spelling_has_a_second_source_with_a_date() -> None:
    data = json.loads((FOLDER / "google" / "policy_schemas.json").read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", data["source"]["date"])
    confirmed = 0
    for name, schema in data["schemas"].items():
        for field, spec in schema["fields"].items():
            if spec["type"] == "enum":
                assert isinstance(spec["confirmed"], bool), (name, field)
            if spec.get("confirmed"):
                confirmed += 1
                assert spec["second_source"], (name, field)
                assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", spec["seen"]), (name, field)
    assert confirmed >= 10
