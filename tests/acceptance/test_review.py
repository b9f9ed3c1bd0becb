"""`reconciler review` from outside: what it says of a repository in Git, how it ends, and how much it ever writes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from reconciler.load.strict import read_document
from reconciler.load.tree import ORGANISATION, Tree, read_tree
from reconciler.reconcile.review import review_trees
from tests.reviews.test_reviews import HERE, TODAY
from tests.unit.load.writing import changed

ROOT = Path(__file__).resolve().parents[2]
APPS = "app-catalogs/appar.yaml"
SCHOOL = "schools/norrskolan.yaml"
COMMENT = 65_536
"""Characters that GitHub takes in a comment."""


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    shutil.copytree(HERE / "common", tmp_path, dirs_exist_ok=True)
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return tmp_path


def edit(root: Path, path: str, old: str, new: str) -> None:
    (root / path).write_text(changed((root / path).read_text("utf-8"), old, new), "utf-8")


def run(root: Path, *words: str, base: str = "HEAD") -> Result:
    command = ["review", "--root", str(root), "--base", base, "--today", "2026-11-22", *words]
    return CliRunner().invoke(cli, command)


def data(root: Path) -> Any:
    return json.loads(run(root, "--format", "json").output)


def test_without_a_change_it_says_so_in_three_lines(merged: Path) -> None:
    done = run(merged, "--format", "markdown")

    assert done.exit_code == 0
    assert done.output.splitlines()[:5] == [
        "### Vad ändringsförslaget innebär",
        "",
        "Inget ändras för någon.  ",
        "Ingen grupp berörs, och kostnaden är oförändrad.  ",
        "Inget beslut eller godkännande behövs för innehållet.  ",
    ]


def test_changes_are_no_failure(merged: Path) -> None:
    edit(merged, SCHOOL, "expected: 74", "expected: 80")
    done = run(merged, "--lang", "en")

    assert done.exit_code == 0
    assert "Devices: Expected: 74 → 80" in done.output
    assert data(merged)["changes"][0]["fields"] == [
        {"key": "devices.expected", "before": 74, "after": 80, "hidden": False}
    ]


def test_a_file_that_cannot_be_read_ends_with_1_and_hides_nothing_of_the_rest(merged: Path) -> None:
    edit(merged, APPS, "subjects: [SO]", "subjects: [SO")
    edit(merged, SCHOOL, "expected: 74", "expected: 80")
    done = run(merged)

    assert done.exit_code == 1
    assert "74 → 80" in done.output
    assert "1 fil går inte att läsa" in done.output
    found = data(merged)
    assert [(one["file"], one["line"]) for one in found["unread"]] == [(APPS, 20)]
    assert found["apps"] == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ghp" + "_x7Kd93mQpL2vTz8RbW4yNc6HsJ1fGa5Ue0Xo", "x7Kd93"),
        ("Grupp för 20100101-2384", "20100101"),
    ],
)
@pytest.mark.parametrize("style", ["text", "markdown", "json"])
def test_what_is_taken_away_because_nobody_may_see_it_is_not_shown_by_that(
    merged: Path, written: str, shown: str, style: str
) -> None:
    """A secret, or somebody's number, that is on main already: the change that removes it must not publish it."""
    good = (merged / SCHOOL).read_text("utf-8")
    document = read_document(SCHOOL, good.encode()).value
    assert isinstance(document, dict)
    name = document["groups"][0]["name"]
    (merged / SCHOOL).write_text(changed(good, f"name: {name}", f'name: "{written}"'), "utf-8")
    words = ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qam", "x"]
    subprocess.run(["git", "-C", str(merged), *words], check=True)
    (merged / SCHOOL).write_text(good, "utf-8")

    done = run(merged, "--format", style)

    assert SCHOOL in done.output
    assert shown not in done.output


def test_without_an_organisation_at_the_head_the_base_has_it(merged: Path) -> None:
    (merged / ORGANISATION).unlink()
    done = run(merged, "--format", "json")

    assert done.exit_code == 1
    assert [one["code"] for one in json.loads(done.output)["unread"]] == ["NO-ORGANISATION"]


def test_an_unknown_revision_is_refused_with_its_name(merged: Path) -> None:
    done = run(merged, base="ingen-sadan")

    assert done.exit_code == 1
    assert "ingen-sadan" in done.output
    assert "Det gick inte att jämföra" in done.output
    found = json.loads(run(merged, "--format", "json", base="ingen-sadan").output)
    assert found["compared"] is False
    assert [one["code"] for one in found["refused"]] == ["UNKNOWN-REVISION"]


def test_the_base_has_to_be_named() -> None:
    assert CliRunner().invoke(cli, ["review", "--root", str(HERE / "common")]).exit_code == 2


def test_a_base_without_files_makes_everything_new(merged: Path, tmp_path: Path) -> None:
    git = ["git", "-C", str(merged), "-c", "user.name=x", "-c", "user.email=x@x"]
    subprocess.run([*git, "checkout", "-q", "--orphan", "tom"], check=True)
    subprocess.run([*git, "rm", "-rq", "--cached", "."], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "tom"], check=True)
    found = data(merged)

    assert {one["id"] for one in found["changes"] if one["area"] == "school"} == {"norrskolan", "soderskolan"}
    assert {one["action"] for one in found["apps"]} == {"added"}


def test_an_approval_without_what_it_needs_is_named_with_its_line(merged: Path) -> None:
    edit(
        merged,
        APPS,
        "cost: {model: subscription, price: {kronor: 20, per: user, period: year}}",
        "cost: {model: licence}",
    )
    found = data(merged)

    assert [(one["id"], one["missing"]) for one in found["apps"]] == [("quizdags", ["cost.price"])]
    assert [(one["code"], one["file"], one["line"]) for one in found["errors"]] == [
        ("RECORD-WITHOUT-COST-PRICE", APPS, 22)
    ]
    assert "1 app saknar uppgifter som ska finnas." in run(merged).output


def test_a_comment_fits_and_is_cut_between_two_changes(merged: Path) -> None:
    entries = [
        f"  - id: app-{number}\n    name: App {number}\n"
        f'    platforms: {{chromeos: {{web: "https://a{number}.example.se/"}}}}\n'
        '    source: {url: "https://example.se/", read: "2026-11-21"}\n'
        f"    request: {{by: lärare, need: {'Vi behöver den.' * 12}}}\n    status: proposed\n"
        for number in range(400)
    ]
    (merged / APPS).write_text((merged / APPS).read_text("utf-8") + "".join(entries), "utf-8")
    done = run(merged, "--format", "markdown")

    assert done.exit_code == 0
    assert len(done.output) <= COMMENT - 512
    assert "400 appar önskas" in done.output
    assert "fick inte plats här. Allt:** `reconciler review --base HEAD`" in done.output
    assert done.output.count("<details>") == done.output.count("</details>")


HOSTILE = "<img src=x onerror=alert(1)> @rektor #12 [klicka](http://ond.example) `x` ![b](c) | ~~z~~ ::error::"


def test_nothing_that_people_write_is_markup_a_mention_or_a_command(merged: Path) -> None:
    (merged / "app-catalogs/fientlig.yaml").write_text(json.dumps(_hostile_topic(), ensure_ascii=False), "utf-8")
    (merged / "policies/exceptions").mkdir()
    grant = {
        "id": "fientlig",
        "setting": "incognito",
        "groups": ["norrskolan/elever-4-6"],
        "owner": "education",
        "reason": HOSTILE,
        "decision": {"body": HOSTILE, "date": "2026-11-10", "reference": HOSTILE},
        "from": "2026-11-16",
        "until": "2027-06-11",
    }
    (merged / "policies/exceptions/fientlig.yaml").write_text(json.dumps(grant), "utf-8")
    markdown, text = (run(merged, "--format", style) for style in ("markdown", "text"))

    assert (markdown.exit_code, text.exit_code) == (0, 0)
    assert markdown.output.count("alert") >= 6
    for wrong in ("<img", " @rektor", " #12", "![", " `x`", "~~z", "http://", " ::error"):
        assert wrong not in markdown.output, wrong
    assert not re.search(r"(?<!\\)\]\(", markdown.output)  # a bracket with a backslash before it ends no link
    assert not [line for line in text.output.splitlines() if line.lstrip().startswith("::")]


def _hostile_topic() -> dict[str, Any]:
    app = {
        "id": "fientlig",
        "name": HOSTILE,
        "supplier": HOSTILE,
        "description": HOSTILE,
        "platforms": {"chromeos": {"web": "https://fientlig.example.se/"}},
        "source": {"url": "https://fientlig.example.se/", "text": HOSTILE, "read": "2026-11-21"},
        "request": {"by": HOSTILE, "school": "norrskolan", "need": HOSTILE},
        "cost": {"model": "free", "note": HOSTILE},
        "status": "approved-with-conditions",
        "conditions": [HOSTILE],
        "decision": {"meeting": "2026-09-02", "reference": HOSTILE, "reason": HOSTILE},
    }
    wish = {**app, "id": "fientlig-tva", "status": "proposed"}
    for key in ("conditions", "decision"):
        del wish[key]
    return {"topic": "fientlig", "title": HOSTILE, "apps": [app, wish]}


def test_no_serial_number_and_no_address_of_a_system_or_person_is_written(merged: Path) -> None:
    edit(merged, SCHOOL, 'devices: {match: {location: "NORR 4-6*"}, expected: 74}', "devices: {serials: [5CD1234567]}")
    edit(merged, ORGANISATION, "C0123abcd", "C0999hemlig")
    edit(
        merged,
        ORGANISATION,
        "name: It-pedagogiska rådet",
        "name: It-pedagogiska rådet\n  contact: rad@vidala.example.se",
    )
    told = [run(merged, "--format", style).output for style in ("text", "markdown", "json")]

    assert all("Googles kund" in one for one in told[:2])
    for word in ("5CD1234567", "C0999hemlig", "C0123abcd", "rad@", "rad\\@"):
        assert not [one for one in told if word in one], word


def test_on_the_sample_another_order_another_file_and_no_comments_change_nothing() -> None:
    tree = read_tree(ROOT)
    files: dict[str, bytes] = {}
    apps: list[Any] = []
    for path, content in tree.files.items():
        value: Any = read_document(path, content).value if path.endswith(".yaml") else None
        if path.startswith("app-catalogs/") and "/meetings/" not in path:
            apps += value["apps"]
        elif isinstance(value, dict):
            files[path] = json.dumps(_turned(value), ensure_ascii=False).encode()
        else:
            files[path] = content
    both = {"a-till-o.yaml": apps[::2], "resten.yaml": apps[1::2]}
    for name, some in both.items():
        topic = {"topic": name.removesuffix(".yaml"), "title": name, "apps": some}
        files[f"app-catalogs/{name}"] = json.dumps(topic, ensure_ascii=False).encode()
    found = review_trees(tree, Tree(files=dict(sorted(files.items()))), TODAY)

    assert found.unread == ()
    assert found.review is not None
    assert found.review.told == ()
    assert found.review.apps == ()
    assert found.review.wishes == ()


def _turned(value: dict[str, Any]) -> dict[str, Any]:
    """With keys, groups and rules in the opposite order."""
    turned = dict(reversed(value.items()))
    for key in ("groups", "rules", "requirements"):
        if key in turned:
            turned[key] = turned[key][::-1]
    return turned


def test_as_a_process_it_needs_no_credential_and_no_network(merged: Path) -> None:
    edit(merged, SCHOOL, "expected: 74", "expected: 80")
    command = [
        sys.executable,
        "-m",
        "reconciler",
        "review",
        "--root",
        str(merged),
        "--base",
        "HEAD",
        "--format",
        "json",
    ]
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=bare, cwd=merged, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout)["compared"] is True
    assert done.stderr == ""
