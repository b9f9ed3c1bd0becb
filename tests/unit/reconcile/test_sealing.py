"""What is sealed is readable for who has a key and for nobody else, and says how long it is kept."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.model.documents import Seal
from reconciler.reconcile.sealing import MANIFEST, SealRefused, seal_files, unseal_file
from tests.unit.load.writing import FILES, ORGANISATION, write_all

pyrage = pytest.importorskip("pyrage", reason="comes with the next lock")

DAY = date(2026, 11, 22)
PLAN = '{"kind":"reconciler-plan","changes":["device-id-4711"]}'
JOURNAL = '{"at":"2026-11-22T10:00:00+00:00","device":"device-id-4711"}\n'


@pytest.fixture
def key() -> str:
    return str(pyrage.x25519.Identity.generate())


def public(key: str) -> str:
    return str(pyrage.x25519.Identity.from_str(key).to_public())


def sealed(folder: Path, *keys: str) -> Path:
    plan = folder / "plan.json"
    plan.write_text(PLAN)
    return seal_files([plan], folder / "out", Seal(recipients=tuple(map(public, keys))), DAY)[0].file


def test_a_plan_can_be_opened_by_each_key_and_is_not_readable_without(tmp_path: Path, key: str) -> None:
    other = str(pyrage.x25519.Identity.generate())
    file = sealed(tmp_path, key, other)

    assert file.name == "plan.json.until-2026-12-22.age"
    assert b"device-id-4711" not in file.read_bytes()
    for number, one in enumerate((key, other)):
        opened = unseal_file(file, f"# created: today\n{one}\n", tmp_path / f"opened-{number}")
        assert opened.read_text() == PLAN
        assert opened.stat().st_mode & 0o777 == 0o600


def test_the_folder_holds_only_sealed_files_and_the_manifest_that_says_how_long(tmp_path: Path, key: str) -> None:
    sealed(tmp_path, key)
    journal = tmp_path / "journal.jsonl"
    journal.write_text(JOURNAL)
    seal_files([journal], tmp_path / "out", Seal(recipients=(public(key),), journal_days=10), DAY)

    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "journal.jsonl.until-2026-12-02.age",
        "plan.json.until-2026-12-22.age",
        MANIFEST,
    ]
    files = json.loads((tmp_path / "out" / MANIFEST).read_text())["files"]
    assert [(one["kind"], one["keep_until"]) for one in files] == [("plan", "2026-12-22"), ("journal", "2026-12-02")]


def test_another_key_opens_nothing(tmp_path: Path, key: str) -> None:
    file = sealed(tmp_path, key)

    with pytest.raises(SealRefused) as refused:
        unseal_file(file, str(pyrage.x25519.Identity.generate()), tmp_path / "opened")

    assert refused.value.code == "SEAL-NOT-OPENED"
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize("where", [0, 120, -1])
def test_an_altered_file_is_not_opened(tmp_path: Path, key: str, where: int) -> None:
    file = sealed(tmp_path, key)
    data = bytearray(file.read_bytes())
    data[where] ^= 1
    file.write_bytes(data)

    with pytest.raises(SealRefused) as refused:
        unseal_file(file, key, tmp_path / "opened")

    assert refused.value.code == "SEAL-NOT-OPENED"


@pytest.mark.parametrize(
    ("keys", "code"), [("", "SEAL-NO-KEY"), ("# only a comment\n", "SEAL-NO-KEY"), ("secret", "SEAL-BAD-KEY")]
)
def test_a_file_without_a_key_opens_nothing(tmp_path: Path, key: str, keys: str, code: str) -> None:
    with pytest.raises(SealRefused) as refused:
        unseal_file(sealed(tmp_path, key), keys, tmp_path / "opened")

    assert refused.value.code == code


def test_nothing_is_written_where_nobody_could_open_it(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(PLAN)
    wrong = Seal(recipients=("age1" + "q" * 58,))
    for seal, code in ((None, "SEAL-NO-RECIPIENTS"), (wrong, "SEAL-BAD-RECIPIENT")):
        with pytest.raises(SealRefused) as refused:
            seal_files([plan], tmp_path / "out", seal, DAY)
        assert refused.value.code == code
    assert not (tmp_path / "out").exists()


def test_a_sealed_file_is_never_replaced(tmp_path: Path, key: str) -> None:
    before = sealed(tmp_path, key).read_bytes()

    with pytest.raises(SealRefused) as refused:
        sealed(tmp_path, key)

    assert refused.value.code == "SEAL-EXISTS"
    assert (tmp_path / "out" / "plan.json.until-2026-12-22.age").read_bytes() == before


def test_the_command_seals_to_the_keys_of_organisation_yaml_and_removes_what_was_readable(
    tmp_path: Path, key: str
) -> None:
    write_all(
        tmp_path, {**FILES, "organisation.yaml": f"{ORGANISATION}seal: {{recipients: [{public(key)}], plan_days: 7}}\n"}
    )
    plan, secret, into = tmp_path / "plan.json", tmp_path / "skol-it.agekey", tmp_path / "out"
    plan.write_text(PLAN)
    secret.write_text(key)

    done = run("seal", str(plan), "--root", str(tmp_path), "--into", str(into), "--remove", "--today", "2026-11-22")

    assert done == f"{into}/plan.json.until-2026-11-29.age (plan), sparas till och med 2026-11-29.\n"
    assert not plan.exists()
    run("unseal", str(into / "plan.json.until-2026-11-29.age"), "--identity", str(secret), "--out", str(plan))
    assert plan.read_text() == PLAN


def test_a_secret_key_among_the_recipients_is_refused_without_being_shown(tmp_path: Path, key: str) -> None:
    write_all(tmp_path, {**FILES, "organisation.yaml": f"{ORGANISATION}seal: {{recipients: [{key}]}}\n"})
    (tmp_path / "plan.json").write_text(PLAN)

    done = CliRunner().invoke(cli, ["ci", "seal", str(tmp_path / "plan.json"), "--root", str(tmp_path)])

    assert done.exit_code == 1
    assert "SECRET-IN-FILE" in done.output
    assert key[20:40] not in done.output


def run(*words: str) -> str:
    done = CliRunner().invoke(cli, ["ci", *words])
    assert done.exit_code == 0, done.output
    return done.stdout
