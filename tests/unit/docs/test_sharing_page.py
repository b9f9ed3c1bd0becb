"""The page on sharing: its example is right, its commands exist, and its way to work out the hash gives the hash."""

import re
import subprocess
from pathlib import Path

import yaml

from reconciler.cli.shared import COMMANDS
from reconciler.load.shared import LARGEST, MOST_FILES, hash_of
from reconciler.schema.check import accepting, compiled
from tests.unit.load.writing import ORGANISATION, write_all

PAGE = (Path(__file__).parents[3] / "docs" / "sv" / "dela-med-andra.md").read_text("utf-8")


def test_the_example_is_right() -> None:
    example = PAGE.split("```yaml\n")[1].split("```")[0]
    document = {**yaml.safe_load(ORGANISATION), **yaml.safe_load(example)}

    assert compiled(accepting(), "organisation.schema.json").is_valid(document)


def test_the_commands_are_there() -> None:
    assert set(re.findall(r"reconciler shared (\w+)", PAGE)) == set(COMMANDS)


def test_the_hash_can_be_worked_out_as_the_page_says(tmp_path: Path) -> None:
    (command,) = re.findall(r"^find .*$", PAGE, re.MULTILINE)
    files = {"policies/baselines/b.yaml": "å", "app-catalogs/a-b.yaml": "1\r\n", "app-catalogs/a.yaml": ""}
    write_all(tmp_path, {**files, "README.md": "x", "SHA256SUMS": "x"})
    said = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=True, text=True).stdout

    assert hash_of({path: text.encode() for path, text in files.items()}) == f"sha256:{said.split()[0]}"


def test_the_limits_are_those_that_hold() -> None:
    assert f"högst {LARGEST // 1_000_000} MB och {MOST_FILES} filer" in PAGE
