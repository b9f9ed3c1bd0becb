"""What a new municipality gets, for many answers; and that a folder is written whole or not at all."""

import itertools
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.load.strict import read_document
from reconciler.model.finding import is_error
from reconciler.reconcile.new_repository import SCHOOL_FORMS, SYSTEMS, Answers, files_of, groups_of, slug
from reconciler.reconcile.package_pin import Pin, PinRefused, pin_package
from reconciler.reconcile.validate import validate_files
from reconciler.reconcile.writing_repository import InTheWay, NotEmpty, write_repository

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "reconciler" / "templates"
DAY = date(2026, 11, 22)
UID = "6c3d1f0e-0000-4000-8000-000000000000"
HASH = "ab" * 32
WHEEL = "skolenheter-1.2.0-py3-none-any.whl"
PIN = Pin(line=f"skolenheter==0.1.0 --hash=sha256:{HASH}")

CHOICES = [
    (systems, forms)
    for systems in (("google",), ("intune",), SYSTEMS)
    for forms in (*((form,) for form in SCHOOL_FORMS), ("förskoleklass", "grundskola", "fritidshem"), SCHOOL_FORMS)
]


def answers(**changed: object) -> Answers:
    said: dict[str, object] = {
        "name": "Alvesta kommun",
        "municipality_code": "0764",
        "language": "sv",
        "systems": ("google",),
        "school": "Åsaskolan",
        "school_forms": ("grundskola",),
        "domain": "alvesta.example.se",
    }
    return Answers(**{**said, **changed})  # type: ignore[arg-type]  # names and values that a test writes by hand


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    write_repository(folder, files, lambda _: None)


@pytest.mark.parametrize(("systems", "forms"), CHOICES)
def test_the_first_validate_has_nothing_to_remark(
    tmp_path: Path, systems: tuple[str, ...], forms: tuple[str, ...]
) -> None:
    write(tmp_path / "new", files_of(answers(systems=systems, school_forms=forms), PIN, UID, DAY))

    assert validate_files(tmp_path / "new", DAY, use_memory=False).findings == ()


@pytest.mark.parametrize(("systems", "forms"), CHOICES)
def test_no_device_can_belong_to_two_groups(systems: tuple[str, ...], forms: tuple[str, ...]) -> None:
    groups = [one for one in groups_of(answers(systems=systems, school_forms=forms)) if one.stem]

    for one, other in itertools.permutations(groups, 2):
        assert one.platform != other.platform or not one.stem.startswith(other.stem)


@pytest.mark.parametrize(
    "name", ['A" }kommun', "${{ github.token }} kommun", "[[ uid ]]", "#: {a}", "Kommun\n<img src=x>", "@alla kommun"]
)
def test_an_answer_is_text_wherever_it_stands(name: str) -> None:
    files = files_of(answers(name=name, school=name), PIN, UID, DAY)

    said = read_document("organisation.yaml", files["organisation.yaml"]).value
    assert isinstance(said, dict)
    assert said["name"] == name
    readme = files["README.md"].decode()
    assert "<img" not in readme
    assert "@alla" not in readme
    assert name not in files[".github/workflows/validate.yml"].decode()


def test_a_code_with_a_leading_zero_stays_text() -> None:
    said = yaml.safe_load(files_of(answers(), PIN, UID, DAY)["organisation.yaml"])

    assert said["municipality_code"] == "0764"
    assert said["uid"] == UID
    assert [one["mode"] for one in said["backends"]] == ["observe"]


def test_every_action_is_pinned_by_hash_and_no_job_may_do_more_than_read() -> None:
    files = files_of(answers(), PIN, UID, DAY)
    workflow = files[".github/workflows/validate.yml"].decode()

    assert re.findall(r"uses: (\S+)", workflow)
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", used) for used in re.findall(r"uses: (\S+)", workflow))
    assert yaml.safe_load(workflow)["permissions"] == {}
    assert yaml.safe_load(workflow)["jobs"]["validate"]["permissions"] == {"contents": "read"}


def test_the_lock_names_the_package_and_all_that_it_needs_by_hash() -> None:
    lock = files_of(answers(), PIN, UID, DAY)["requirements.lock"].decode()

    assert f"skolenheter==0.1.0 --hash=sha256:{HASH}\n" in lock
    assert (ROOT / "requirements.lock").read_text() in lock
    assert "http" not in re.sub(r"(?m)^httpcore.*|^httpx.*", "", lock)


def test_without_a_package_there_is_no_workflow_that_could_not_run() -> None:
    files = files_of(answers(), None, UID, DAY)

    assert [path for path in files if path.startswith((".github/workflows", "requirements", ".pre-commit"))] == []
    assert "requirements.lock" not in files["README.md"].decode()


@pytest.mark.parametrize("folder", ["policies/guardrails", "policies/tests"])
def test_the_rules_are_the_repositorys_own(folder: str) -> None:
    """`make templates` copies them."""
    ours = {file.name: file.read_bytes() for file in (ROOT / folder).glob("*.yaml")}

    assert {file.name: file.read_bytes() for file in (TEMPLATES / "init" / folder).glob("*.yaml")} == ours


@pytest.mark.parametrize(
    ("copy", "own"),
    [("requirements.lock", "requirements.lock"), ("init/dot-vscode/settings.json", ".vscode/settings.json")],
)
def test_what_is_copied_is_as_it_is_here(copy: str, own: str) -> None:
    """`make templates` copies them."""
    assert (TEMPLATES / copy).read_text() == (ROOT / own).read_text()


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Åsaskolan F–6", "asaskolan-f-6"),
        ("Deanu sámi skuvla/Øvre", "deanu-sami-skuvla-ovre"),
        ("Älvdals  Montessori", "alvdals-montessori"),
        ("日本", ""),
    ],
)
def test_an_id_is_made_of_a_name(name: str, id_: str) -> None:
    assert slug(name) == id_


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(NotEmpty):
        write(tmp_path, {"a.txt": b"a"})
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_fresh_clone_is_taken_for_empty(tmp_path: Path) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)

    write(tmp_path / "clone", {"a/b.txt": b"b"})

    assert (tmp_path / "clone" / "a" / "b.txt").read_bytes() == b"b"


def test_told_to_it_writes_beside_and_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "schools").mkdir()
    (tmp_path / "schools" / "a.yaml").write_text("mine")

    with pytest.raises(InTheWay) as refused:
        write_repository(tmp_path, {"b.txt": b"b", "schools/a.yaml": b"a"}, lambda _: None, beside=True)
    assert refused.value.path == "schools/a.yaml"
    assert not (tmp_path / "b.txt").exists()

    write_repository(tmp_path, {"b.txt": b"b", "schools/b.yaml": b"b"}, lambda _: None, beside=True)
    assert (tmp_path / "schools" / "a.yaml").read_text() == "mine"
    assert (tmp_path / "schools" / "b.yaml").read_text() == "b"


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "schools").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InTheWay):
        write_repository(tmp_path / "new", {"schools/a.yaml": b"a"}, lambda _: None, beside=True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("there", [False, True])
def test_what_is_refused_at_last_leaves_nothing(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "new").mkdir()

    def refuse(_: Path) -> None:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        write_repository(tmp_path / "new", {"a/b.txt": b"b"}, refuse)
    assert [str(file) for file in tmp_path.rglob("*")] == ([str(tmp_path / "new")] if there else [])


def test_folders_above_are_made_and_taken_away_again_where_it_is_refused(tmp_path: Path) -> None:
    def refuse(_: Path) -> None:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        write_repository(tmp_path / "kommuner" / "nya" / "alvesta", {"b.txt": b"b"}, refuse)
    assert list(tmp_path.iterdir()) == []

    write(tmp_path / "kommuner" / "nya" / "alvesta", {"b.txt": b"b"})
    assert (tmp_path / "kommuner" / "nya" / "alvesta" / "b.txt").read_bytes() == b"b"


def test_a_file_where_a_folder_above_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "kommuner").write_text("mine")

    done = CliRunner().invoke(cli, ["init", str(tmp_path / "kommuner" / "alvesta"), *SAID])

    assert (done.exit_code, "INIT-NOT-WRITTEN" in done.output) == (1, True), done.output
    assert (tmp_path / "kommuner").read_text() == "mine"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new").mkdir()
    from reconciler.reconcile import writing_repository

    placed: list[Path] = []
    place = writing_repository._place

    def fails_on_the_third(source: Path, target: Path) -> None:
        if len(placed) == 2:
            raise OSError(28, "No space left on device")
        placed.append(target)
        place(source, target)

    monkeypatch.setattr(writing_repository, "_place", fails_on_the_third)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "new", {f"{number}/a.txt": b"a" for number in range(4)})
    assert list(tmp_path.rglob("*")) == [tmp_path / "new"]


def test_a_wheel_comes_with_the_repository(tmp_path: Path) -> None:
    wheel = tmp_path / "skolenheter-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")

    with pytest.raises(PinRefused) as refused:
        pin_package(str(wheel), HASH)
    assert refused.value.code == "INIT-OTHER-HASH"
    pin = pin_package(str(wheel), "")
    assert pin.files == {"tool/skolenheter-0.1.0-py3-none-any.whl": b"wheel"}
    digest = "ba59926159d2aa256eb8739b8da7e2b574b960e1202c6d624cbe981cef996c91"  # printf wheel | sha256sum
    assert pin.line == f"./tool/skolenheter-0.1.0-py3-none-any.whl --hash=sha256:{digest}"


@pytest.mark.parametrize(
    ("named", "sha256", "line"),
    [
        ("skolenheter==1.2.0", f"sha256:{HASH}", f"skolenheter==1.2.0 --hash=sha256:{HASH}"),
        (f"https://e.se/{WHEEL}", HASH.upper(), f"skolenheter @ https://e.se/{WHEEL} --hash=sha256:{HASH}"),
        ("Skolenheter==1.2.0", HASH, f"Skolenheter==1.2.0 --hash=sha256:{HASH}"),
    ],
)
def test_a_released_package_is_named_with_its_hash(named: str, sha256: str, line: str) -> None:
    assert pin_package(named, sha256).line == line


@pytest.mark.parametrize(
    ("named", "sha256", "code"),
    [
        ("skolenheter==1.2.0", "", "INIT-HASH-MISSING"),
        (f"https://e.se/{WHEEL}", "", "INIT-HASH-MISSING"),
        (f"https://e.se/{WHEEL} --trusted-host=f.se https://f.se/{WHEEL}", HASH, "INIT-NO-PACKAGE"),
        ("https://e.se/skolenheter.tar.gz", HASH, "INIT-NO-PACKAGE"),
        ("reconciler==1.2.0", HASH, "INIT-OTHER-PACKAGE"),
        ("https://e.se/reconciler-1.2.0-py3-none-any.whl", HASH, "INIT-OTHER-PACKAGE"),
        ("/nowhere/reconciler-1.2.0-py3-none-any.whl", HASH, "INIT-OTHER-PACKAGE"),
        ("skolenheter-extra==1.2.0", HASH, "INIT-OTHER-PACKAGE"),
        ("skolenheter==1.2.0", "abc", "INIT-BAD-HASH"),
        ("skolenheter>=1", HASH, "INIT-NO-PACKAGE"),
        ("skolenheter==1 --trusted-host=e.se", HASH, "INIT-NO-PACKAGE"),
        ("/nowhere/skolenheter-1.whl", "", "INIT-PACKAGE-UNREADABLE"),
        ("", "", "INIT-PACKAGE-UNKNOWN"),
    ],
)
def test_nothing_is_pinned_without_a_hash_or_under_another_name(named: str, sha256: str, code: str) -> None:
    """The last: this tool is installed from its folder here, so that pip noted no hash."""
    with pytest.raises(PinRefused) as refused:
        pin_package(named, sha256)

    assert refused.value.code == code


SAID = ["--yes", "--no-workflows", "--name", "Alvesta kommun", "--code", "0764", "--school", "Åsaskolan"]


@pytest.mark.parametrize(
    ("words", "code", "shows"),
    [
        ([*SAID, "--code", "764"], 1, "INIT-BAD-CODE"),
        ([*SAID, "--code", "٠٧٦٤"], 1, "INIT-BAD-CODE"),
        ([*SAID, "--code", "9764"], 1, "INIT-BAD-CODE"),
        ([*SAID, "--domain", "alvesta"], 1, "INIT-BAD-DOMAIN"),
        ([*SAID, "--form", "grunskola"], 1, "Menade du grundskola?"),
        ([*SAID, "--school", "???"], 1, "INIT-BAD-NAME"),
        ([*SAID, "--github", "a/b @c"], 1, "INIT-BAD-GITHUB"),
        ([*SAID, "--unit-code", "1234"], 1, "schools/asaskolan.yaml:7:12"),
        ([*SAID, "--customer", "0123"], 1, "organisation.yaml:17:15"),
        (["--yes", "--no-workflows"], 2, "--name saknas"),
        (["--yes"], 1, "INIT-PACKAGE-UNKNOWN"),
        (["--yes", "--package", "reconciler==1.0", "--sha256", HASH], 1, "Verktygets paket heter skolenheter."),
    ],
)
def test_a_wrong_answer_writes_nothing(tmp_path: Path, words: list[str], code: int, shows: str) -> None:
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "new"), "--today", "2026-11-22", *words])

    assert (done.exit_code, shows in done.output) == (code, True), done.output
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_what_can_be_validated(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "new"), "--today", "2026-11-22", *SAID])

    assert done.exit_code == 0, done.output
    assert not any(map(is_error, validate_files(tmp_path / "new", DAY, use_memory=False).findings))
    assert re.search(r'uid: "[0-9a-f-]{36}"', (tmp_path / "new" / "organisation.yaml").read_text())


def test_the_owners_are_those_that_the_check_asks_for(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "new"), *SAID, "--github", "alvesta-kommun"])
    assert done.exit_code == 0, done.output

    checked = CliRunner().invoke(cli, ["ci", "codeowners", "--check", "--root", str(tmp_path / "new")])

    assert checked.exit_code == 0, checked.output
    assert "@alvesta-kommun/skol-it" in (tmp_path / "new" / ".github" / "CODEOWNERS").read_text()
