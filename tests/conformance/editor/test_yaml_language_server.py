"""What a person who edits a school's file sees: completion, explanations and complaints from yaml-language-server.

Needs Node.js and `make conformance`, which installs the server into build/node; skipped where they are missing.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.editor.language_server import LanguageServer

ROOT = Path(__file__).parents[3]
SERVER = Path(
    os.environ.get(
        "YAML_LANGUAGE_SERVER", ROOT / "build/node/node_modules/yaml-language-server/bin/yaml-language-server"
    )
)

SCHOOL = """\
# yaml-language-server: $schema=../schemas/school.schema.json
id: testskolan
name: Testskolan
units:
  - {code: "12345678", school_forms: [grundskola]}
groups:
  - id: elever-4-6
    name: Elever åk 4–6
    school_form: grundskola
    platform: chromeos
    audience: pupils
    devices: {}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    if not SERVER.exists():
        pytest.skip(f"yaml-language-server is not at {SERVER}; run make conformance")
    settings = {key.removeprefix("yaml."): value for key, value in editor_settings().items() if key.startswith("yaml.")}
    server = LanguageServer(
        [node, str(SERVER), "--stdio"],
        ROOT,
        {**settings, "schemaStore": {"enable": False}, "hover": True, "completion": True, "validate": True},
    )
    yield server
    server.close()


def editor_settings() -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))
    return settings


def uri(name: str) -> str:
    return (ROOT / "schools" / name).as_uri()


def at(text: str, needle: str) -> dict[str, int]:
    """The place just after the last `needle`."""
    before = text[: text.rindex(needle) + len(needle)]
    return {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}


def complete(server: LanguageServer, name: str, text: str, needle: str) -> set[str]:
    server.open(uri(name), text)
    where = {"textDocument": {"uri": uri(name)}, "position": at(text, needle)}
    return {item["label"] for item in server.ask("textDocument/completion", where)["items"]}


def hover(server: LanguageServer, name: str, text: str, needle: str) -> str:
    server.open(uri(name), text)
    place = at(text, needle)
    where = {"textDocument": {"uri": uri(name)}, "position": place | {"character": place["character"] - 1}}
    return str(server.ask("textDocument/hover", where)["contents"]["value"])


def test_offers_settings_by_id(server: LanguageServer) -> None:
    offered = complete(server, "settings.yaml", SCHOOL + "    settings:\n      ", "settings:\n      ")

    assert {"incognito", "guest-mode", "home-page", "screenshots"} <= offered


def test_offers_the_words_of_a_setting(server: LanguageServer) -> None:
    offered = complete(server, "words.yaml", SCHOOL + "    settings:\n      incognito: ", "incognito: ")

    assert {"allowed", "blocked", "inherit"} <= offered


def test_offers_the_ways_to_have_an_app(server: LanguageServer) -> None:
    offered = complete(server, "ways.yaml", SCHOOL + "    apps:\n      ", "apps:\n      ")

    assert {"required", "available", "blocked", "absent", "inherit"} <= offered


def test_offers_the_keys_of_an_app_line(server: LanguageServer) -> None:
    text = SCHOOL + "    apps:\n      required:\n        - app: scratch\n          "

    assert {"from", "until", "rings", "pin", "as"} <= complete(server, "line.yaml", text, "app: scratch\n          ")


def test_offers_school_forms_of_today(server: LanguageServer) -> None:
    text = SCHOOL.replace("school_form: grundskola", "school_form: ")
    offered = complete(server, "forms.yaml", text, "school_form: ")

    assert {"förskoleklass", "grundskola", "anpassad-grundskola", "komvux"} <= offered
    assert not any("särskola" in word for word in offered)


def test_explains_a_setting_in_swedish(server: LanguageServer) -> None:
    shown = hover(server, "hover.yaml", SCHOOL + "    settings:\n      incognito: blocked\n", "incognito")

    assert "Inkognitoläge" in shown
    assert "spärrat" in shown
    assert "Bestäms av: it och utbildning tillsammans" in shown


def test_explains_a_key_in_swedish(server: LanguageServer) -> None:
    shown = hover(server, "key.yaml", SCHOOL, "devices")

    assert "Vilka enheter som hör till gruppen" in shown
    assert "Bestäms av: it" in shown


def test_complains_of_an_unknown_key(server: LanguageServer) -> None:
    found = server.open(uri("unknown.yaml"), SCHOOL + "    setings: {}\n")

    assert [one["range"]["start"]["line"] for one in found] == [12]
    assert "setings" in found[0]["message"]


def test_says_what_is_wrong_with_a_code(server: LanguageServer) -> None:
    found = server.open(uri("code.yaml"), SCHOOL.replace('"12345678"', '"1234567"'))

    assert ["åtta siffror inom citattecken" in one["message"] for one in found] == [True]


def test_complains_of_a_wrong_word(server: LanguageServer) -> None:
    found = server.open(uri("word.yaml"), SCHOOL + "    settings:\n      incognito: off\n")

    assert [one["range"]["start"]["line"] for one in found] == [13]


@pytest.mark.parametrize("folder", ["schools", "app-catalogs", "policies/baselines", "policies/exceptions", "."])
def test_says_nothing_of_the_sample(server: LanguageServer, folder: str) -> None:
    files = sorted((ROOT / folder).glob("*.yaml"))

    assert files
    assert {path.name: server.open(path.as_uri(), path.read_text(encoding="utf-8")) for path in files} == {
        path.name: [] for path in files
    }


def test_says_nothing_of_a_file_by_its_place_alone(server: LanguageServer) -> None:
    """The mapping in .vscode/settings.json works without a modeline."""
    found = server.open(uri("mapped.yaml"), SCHOOL.partition("\n")[2] + "    setings: {}\n")

    assert ["setings" in one["message"] for one in found] == [True]
