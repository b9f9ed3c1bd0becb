"""Bad input, as a process: each its own finding, at the right line, with a hint; exit 1, no traceback, nothing written."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SMALL = Path(__file__).resolve().parents[1] / "contract" / "small"
NORR, SYD, ORGANISATION, APPS = "schools/norr.yaml", "schools/syd.yaml", "organisation.yaml", "app-catalogs/appar.yaml"

CODE_LINE = '  - {code: "99000017", school_forms: [grundskola], grades: 4-9}'
SETTINGS = "settings: {incognito: blocked, power-wash: blocked}"
GROUP_LINE = "{{id: {id}, name: Grupp {id}, school_form: grundskola, platform: chromeos, audience: pupils, {more}}}"

BASELINE = """id: {id}
name: {id}
rationale: Prov
decision: {{body: Rådet, date: "2026-09-02", reference: "ITR 2026:20"}}
applies_to: {{audiences: [pupils]}}
settings: {settings}
"""


def edited(path: str, old: str, new: str) -> Callable[[Path], None]:
    """An edit of one file of the small repository."""

    def edit(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, (path, old)
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def written(path: str, content: str | bytes) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)

    return write


def both(*edits: Callable[[Path], None]) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        for one in edits:
            one(root)

    return edit


def group(name: str, more: str) -> Callable[[Path], None]:
    """One more group at Norrskolan, on line 9 of its file."""
    line = GROUP_LINE.format(id=name, more=more)
    return edited(NORR, "groups:\n", f"groups:\n  - {line}\n")


def link_out(root: Path) -> None:
    outside = root.parent / "utanfor.yaml"
    outside.write_text("id: utanfor\n", encoding="utf-8")
    (root / "schools" / "lank.yaml").symlink_to(outside)


def huge(root: Path) -> None:
    with (root / "schools" / "stor.yaml").open("wb") as file:
        file.truncate(100_000_000)


def latin(root: Path) -> None:
    text = (root / NORR).read_text(encoding="utf-8").replace("name: Förråd norr", "name: Förråd norr")
    (root / NORR).write_bytes(text.replace("–", "-").encode("latin-1"))


def empty(root: Path) -> None:
    shutil.rmtree(root)
    root.mkdir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """`edit` makes it; then `code` stands at `at` (file:line), and the hint holds `hint`."""

    name: str
    edit: Callable[[Path], None]
    code: str
    at: str
    hint: str


BOMB = "id: bomb\n" + "\n".join(f"x{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 9)}]" for n in range(9))

BAD = [
    Bad(
        name="an unquoted code that another YAML reads as octal",
        edit=edited(ORGANISATION, '"9999"', "0764"),
        code="NOT-QUOTED",
        at=f"{ORGANISATION}:3",
        hint='municipality_code: "0764"',
    ),
    Bad(
        name="an unquoted unit code",
        edit=edited(NORR, '"99000017"', "01234567"),
        code="NOT-QUOTED",
        at=f"{NORR}:4",
        hint='"01234567"',
    ),
    Bad(
        name="a duplicate key",
        edit=edited(NORR, "name: Norrskolan\n", "name: Norrskolan\nname: Nordskolan\n"),
        code="DUPLICATE-KEY",
        at=f"{NORR}:3",
        hint="",
    ),
    Bad(
        name="a tab",
        edit=edited(NORR, "    audience: pupils\n", "\taudience: pupils\n"),
        code="TAB",
        at=f"{NORR}:11",
        hint="audience: pupils",
    ),
    Bad(
        name="an alias bomb",
        edit=written("schools/bomb.yaml", BOMB),
        code="ALIAS-BOMB",
        at="schools/bomb.yaml",
        hint="",
    ),
    Bad(name="a file of 100 MB", edit=huge, code="FILE-TOO-LARGE", at="schools/stor.yaml:1", hint=""),
    Bad(name="Latin-1", edit=latin, code="NOT-UTF8", at=f"{NORR}:8", hint="name: Elever åk 4-6"),
    Bad(
        name="an unknown key close to a known one",
        edit=edited(NORR, "    audience: pupils\n", "    audiense: pupils\n"),
        code="UNKNOWN-KEY",
        at=f"{NORR}:11",
        hint="audience: pupils",
    ),
    Bad(
        name="an unknown app close to a known one",
        edit=edited(NORR, "required: [kami]", "required: [kamii]"),
        code="UNKNOWN-APP",
        at=f"{NORR}:14",
        hint="kami",
    ),
    Bad(
        name="an app on the wrong platform",
        edit=both(
            edited(
                APPS,
                "apps:\n",
                "apps:\n" + "  - {id: skolpad, name: Skolpad, description: Bara på iPad, platforms: "
                '{ipados: {app_store: "284882215"}}, source: {url: "https://example.se/", read: "2026-11-21"}, status: approved, '
                'decision: {meeting: "2026-09-02", reference: "ITR 1", reason: Bra}}\n',
            ),
            edited(NORR, "required: [kami]", "required: [kami, skolpad]"),
        ),
        code="APP-WRONG-PLATFORM",
        at=f"{NORR}:14",
        hint="",
    ),
    Bad(
        name="a wish without reach",
        edit=group("vagn", 'devices: {serials: ["XX1"]}, settings: {incognito: blocked}'),
        code="WISH-WITHOUT-REACH",
        at=f"{NORR}:7",
        hint="",
    ),
    Bad(
        name="a loosened setting",
        edit=both(
            written("policies/baselines/strang.yaml", BASELINE.format(id="strang", settings="{printing: blocked}")),
            edited(NORR, SETTINGS, "settings: {incognito: blocked, power-wash: blocked, printing: allowed}"),
        ),
        code="SETTING-LOOSENED",
        at=f"{NORR}:15",
        hint="",
    ),
    Bad(
        name="incomparable settings",
        edit=both(
            written(
                "policies/baselines/lista.yaml", BASELINE.format(id="lista", settings="{url-allowlist: [a.example.se]}")
            ),
            edited(NORR, SETTINGS, "settings: {incognito: blocked, url-allowlist: [b.example.se]}"),
        ),
        code="SETTING-INCOMPARABLE",
        at=f"{NORR}:15",
        hint="",
    ),
    Bad(
        name="an id used twice",
        edit=group("elever", 'devices: {serials: ["XX1"]}'),
        code="ID-TWICE",
        at=f"{NORR}:8",
        hint="",
    ),
    Bad(
        name="a circle of previously",
        edit=both(
            group("ett", "previously: [tva], devices: {}"),
            edited(
                NORR,
                "  - id: elever\n",
                "  - {id: tva, name: Två, previously: [ett], school_form: grundskola, platform: chromeos, "
                "audience: pupils, devices: {}}\n  - id: elever\n",
            ),
        ),
        code="PREVIOUSLY-CYCLE",
        at=f"{NORR}:7",
        hint="",
    ),
    Bad(
        name="a circle of within",
        edit=both(
            group("ett", "within: tva, devices: {}"),
            edited(
                NORR,
                "  - id: elever\n",
                "  - {id: tva, name: Två, within: ett, school_form: grundskola, platform: chromeos, "
                "audience: pupils, devices: {}}\n  - id: elever\n",
            ),
        ),
        code="WITHIN-CYCLE",
        at=f"{NORR}:7",
        hint="",
    ),
    Bad(name="a link out of the repository", edit=link_out, code="LINK-OUTSIDE", at="schools/lank.yaml", hint=""),
    Bad(name="an empty repository", edit=empty, code="NO-ORGANISATION", at=f"{ORGANISATION}:1", hint=""),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = tmp_path / "repository"
    shutil.copytree(SMALL, found, ignore=shutil.ignore_patterns("seed.yaml", ".reconciler"))
    return found


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
@pytest.mark.parametrize("lang", ["sv"])
def test_bad_input(bad: Bad, lang: str, root: Path) -> None:
    bad.edit(root)
    before = _files(root)
    done = _run(root, "validate", "--lang", lang, "--format", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    found = [one for one in json.loads(done.stdout)["findings"] if one["code"] == bad.code]
    assert found, done.stdout
    assert [one for one in found if f"{one['file']}:{one['line']}".startswith(bad.at)], found
    assert found[0]["severity"] == "error"
    assert found[0]["hint"], "no hint"
    assert bad.hint in found[0]["hint"], found[0]["hint"]
    assert "Traceback" not in done.stderr
    assert _files(root) == before
    text = _run(root, "validate", "--lang", lang)
    assert f"{bad.at}:" in text.stdout or f"{bad.at}" in text.stdout
    assert f"error {bad.code}:" in text.stdout
    assert text.returncode == 1


def test_bad_input_refuses_a_plan_before_anything_is_asked(root: Path) -> None:
    """Without an organisation there is nobody to ask; the sandbox's address isn't even listened to."""
    empty(root)
    done = _run(root, "plan", "--sandbox", "http://127.0.0.1:1", "--out", str(root.parent / "plan.json"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (root.parent / "plan.json").exists()


def marked(root: Path) -> None:
    (root / NORR).write_bytes(b"\xef\xbb\xbf" + (root / NORR).read_bytes())


def carriage_returns(root: Path) -> None:
    (root / NORR).write_bytes((root / NORR).read_bytes().replace(b"\n", b"\r\n"))


ACCEPTED: Mapping[str, Callable[[Path], None]] = {
    "a byte order mark": marked,
    "CRLF": carriage_returns,
    "a decomposed å": edited(NORR, "Elever åk", "Elever a\u030ak"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str, root: Path) -> None:
    ACCEPTED[name](root)
    done = _run(root, "validate", "--format", "json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["findings"] == []


def test_an_old_name_of_a_school_form_is_a_warning(root: Path) -> None:
    edited(NORR, CODE_LINE, '  - {code: "99000017", school_forms: [grundsärskola], grades: 4-9}')(root)
    done = _run(root, "validate", "--format", "json")
    found = json.loads(done.stdout)["findings"]
    assert [(one["code"], one["severity"], one["file"], one["line"]) for one in found] == [
        ("OLD-SCHOOL-FORM", "warning", NORR, 4)
    ]
    assert "anpassad-grundskola" in found[0]["hint"]
    assert done.returncode == 0


def _files(root: Path) -> dict[str, float]:
    """What lies there and when it was written; the memory of earlier checks is ours to keep."""
    return {str(path): path.lstat().st_mtime for path in sorted(root.rglob("*")) if ".reconciler" not in path.parts}


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "reconciler", *arguments, "--root", str(root), "--today", "2026-11-21"],
        capture_output=True, text=True, check=False, timeout=120, env=environment,
    )  # fmt: skip
