"""What is shared counts only as it is pinned, and decides nothing about apps here."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.load import Loaded, load
from reconciler.load.revision import read_revision
from reconciler.load.shared import hash_of, listing
from reconciler.load.tree import read_tree
from reconciler.model.finding import Severity
from tests.unit.load.writing import CATALOG, FILES, ORGANISATION, Seen, hint_of, load_with, seen, write_all

BASELINE = """\
id: trygg
name: Trygg grund
applies_to: {audiences: [pupils]}
apps:
  required: [kami]
settings:
  incognito: blocked
"""
CATALOGUE = """\
topic: gemensamt
title: Gemensamt
apps:
  - id: kami-app
    name: Kami
    platforms: {chromeos: {web: "https://kami.example.se/"}}
    source: {url: "https://kami.example.se/", read: "2026-11-21"}
    status: approved
  - id: ny
    name: Ny
    platforms: {chromeos: {web: "https://ny.example.se/"}}
    source: {url: "https://ny.example.se/", read: "2026-11-21"}
    status: approved
"""
SHARED = {"policies/baselines/trygg.yaml": BASELINE, "app-catalogs/gemensamt.yaml": CATALOGUE}

# Worked out with coreutils 9.1: find * -name '*.yaml' | LC_ALL=C sort | xargs sha256sum | sha256sum
PIN = "sha256:df226e6c6cb939624258d2dfaa0c8fe2b77b731c4fba51c6a0ebb068b2410265"


def pinned(pin: str = PIN, entry: str = 'id: skollan, from: "../gemensamt"') -> str:
    return f'{ORGANISATION}shared:\n  - {{{entry}, hash: "{pin}"}}\n'


def below(files: Mapping[str, str | bytes], name: str = "skollan") -> dict[str, str | bytes]:
    return {f"shared/{name}/{path}": text for path, text in files.items()}


def sums(files: Mapping[str, str]) -> str:
    return listing({path: text.encode() for path, text in files.items()}).decode()


def with_shared(files: Mapping[str, str | bytes | None], organisation: str = "") -> Loaded:
    kept = {path: text for path, text in {**SHARED, "SHA256SUMS": sums(SHARED), **files}.items() if text is not None}
    return load_with({"organisation.yaml": organisation or pinned(), **below(kept)})


def hash_line(corrected: str) -> str:
    return f'  - {{id: skollan, from: "../gemensamt", hash: "{corrected}"}}'


def of(files: Mapping[str, str]) -> str:
    return hash_of({path: text.encode() for path, text in files.items()})


def at_hash(code: str, corrected: str) -> Seen:
    return Seen(code=code, file="organisation.yaml", line=13, column=47, corrected=hash_line(corrected).strip())


# --- the hash -----------------------------------------------------------------------------------------------------


def test_the_hash_is_what_sha256sum_makes_of_the_files(tmp_path: Path) -> None:
    write_all(tmp_path, {**SHARED, "README.md": "Läs mig", "app-catalogs/a-b.yaml": "x", "app-catalogs/a.yaml": "y"})
    command = "find * -name '*.yaml' | LC_ALL=C sort | xargs sha256sum | sha256sum"
    said = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=True, text=True).stdout

    files = {**SHARED, "app-catalogs/a-b.yaml": "x", "app-catalogs/a.yaml": "y"}
    assert of(files) == f"sha256:{said.split()[0]}"


def test_what_is_pinned_is_right_and_the_list_beside_it_is_not_needed() -> None:
    assert seen(with_shared({})) == []
    assert seen(with_shared({"SHA256SUMS": None})) == []


def test_another_file_is_an_error_at_the_hash_that_names_what_changed() -> None:
    changes = {"policies/baselines/trygg.yaml": BASELINE.replace("blocked", "allowed"), "app-catalogs/till.yaml": "x"}
    loaded = with_shared({"app-catalogs/gemensamt.yaml": None, **changes})

    (finding,) = (one for one in loaded.findings if one.code == "SHARED-OTHER-FILES")
    told = {name: finding.values[name] for name in ("changed", "come", "gone")}
    assert told == {
        "changed": "policies/baselines/trygg.yaml",
        "come": "app-catalogs/till.yaml",
        "gone": "app-catalogs/gemensamt.yaml",
    }
    assert finding.subject == ""  # holds the whole run: nobody has approved these files


def test_the_corrected_line_has_the_hash_that_the_files_have() -> None:
    other = {**SHARED, "policies/baselines/trygg.yaml": BASELINE.replace("blocked", "allowed")}

    assert seen(with_shared(other)) == [at_hash("SHARED-OTHER-FILES", of(other))]
    assert seen(with_shared({**other, "SHA256SUMS": None})) == [at_hash("SHARED-OTHER-HASH", of(other))]


def test_a_list_that_was_changed_along_with_the_files_explains_nothing() -> None:
    other = {**SHARED, "policies/baselines/trygg.yaml": BASELINE.replace("blocked", "allowed")}

    assert [one.code for one in seen(with_shared({**other, "SHA256SUMS": sums(other)}))] == ["SHARED-OTHER-HASH"]


def test_other_line_ends_are_another_file_and_are_told_as_such() -> None:
    loaded = with_shared({path: text.replace("\n", "\r\n") for path, text in SHARED.items()})

    assert [one.code for one in loaded.findings] == ["SHARED-LINE-ENDS"]
    assert "shared/** -text" in hint_of(loaded.findings[0])


@pytest.mark.parametrize(
    ("organisation", "files", "expected"),
    [
        pytest.param(
            pinned(),
            dict.fromkeys((*SHARED, "SHA256SUMS")),
            Seen(code="SHARED-MISSING", file="organisation.yaml", line=13, column=10),
            id="missing-folder",
        ),
        pytest.param(
            ORGANISATION,
            {},
            Seen(code="SHARED-NOT-LISTED", file="shared/skollan/SHA256SUMS", line=1, column=1),
            id="nobody-listed-it",
        ),
        pytest.param(
            pinned(entry="id: skollan, from: policies/baselines"),
            {},
            Seen(code="SHARED-FROM-ITSELF", file="organisation.yaml", line=13, column=25),
            id="from-its-own-files",
        ),
        pytest.param(
            pinned(entry="id: skollan, from: shared/skollan"),
            {},
            Seen(code="SHARED-FROM-ITSELF", file="organisation.yaml", line=13, column=25),
            id="from-itself",
        ),
        pytest.param(
            f'{pinned()}  - {{id: skollan, from: "../annat", hash: "{PIN}"}}\n',
            {},
            Seen(code="ID-TWICE", file="organisation.yaml", line=14, column=10),
            id="listed-twice",
        ),
    ],
)
def test_bad_pins(organisation: str, files: Mapping[str, str | bytes | None], expected: Seen) -> None:
    assert seen(with_shared(files, organisation)) == [expected]


@pytest.mark.parametrize(
    ("organisation", "column"),
    [
        pytest.param(pinned("sha256:abc"), 47, id="short-hash"),
        pytest.param(pinned(PIN.upper()), 47, id="hash-in-capitals"),
        pytest.param(pinned(PIN.removeprefix("sha256:")), 47, id="hash-without-its-kind"),
        pytest.param(pinned(entry='id: skollan, from: "https://git.example.se/skollan"'), 25, id="no-commit"),
        pytest.param(pinned(entry='id: skollan, from: "https://git.example.se/x@main"'), 25, id="a-branch"),
        pytest.param(pinned(entry=f'id: skollan, from: "https://u:p@git.example.se/x@{"a" * 40}"'), 25, id="name"),
        pytest.param(pinned(entry=f'id: skollan, from: "ext::sh -c x@{"a" * 40}"'), 25, id="a-command"),
        pytest.param(pinned(entry='id: skollan, from: "-x"'), 25, id="an-option"),
        pytest.param(pinned(entry='id: skollan, from: ".."'), 25, id="a-folder-around-it"),
        pytest.param(pinned(entry='id: skollan, from: "/etc"'), 25, id="absolute"),
        pytest.param(pinned(entry='id: skollan, from: "a/../../b"'), 25, id="winding"),
    ],
)
def test_a_pin_of_wrong_form_is_an_error_at_its_line(organisation: str, column: int) -> None:
    loaded = load_with({"organisation.yaml": organisation, **below(SHARED)})

    assert {(one.file, one.line, one.column) for one in seen(loaded)} == {("organisation.yaml", 13, column)}
    assert {(one.severity, one.code) for one in loaded.findings} == {(Severity.ERROR, "PATTERN")}


# --- files --------------------------------------------------------------------------------------------------------


def on_disk(root: Path, files: Mapping[str, str | bytes]) -> Loaded:
    write_all(root, {**FILES, "organisation.yaml": pinned(), **below(SHARED), **files})
    return load(read_tree(root))


@pytest.mark.parametrize(
    "path",
    [
        "shared/skollan/policies/baselines/kör.sh",
        "shared/skollan/policies/guardrails/regel.yaml",
        "shared/skollan/organisation.yaml",
        "shared/skollan/schools/norr.yaml",
        "shared/skollan/policies/baselines/.dold.yaml",
        "shared/lös.yaml",
        "shared/Skollan/app-catalogs/x.yaml",
    ],
)
def test_no_other_files_are_taken(tmp_path: Path, path: str) -> None:
    loaded = on_disk(tmp_path, {path: "x: 1\n"})

    assert [(one.code, one.file) for one in seen(loaded) if one.code != "SHARED-NOT-YOURS"] == [("SHARED-FILE", path)]


def test_a_link_is_not_followed_also_within_the_repository(tmp_path: Path) -> None:
    on_disk(tmp_path, {})
    link = tmp_path / "shared/skollan/policies/baselines/egen.yaml"
    link.symlink_to(tmp_path / "app-catalogs/appar.yaml")
    outside = tmp_path / "shared/skollan/app-catalogs/utanför.yaml"
    outside.symlink_to("/etc/hostname")

    found = [(one.code, one.file.rpartition("/")[2]) for one in seen(load(read_tree(tmp_path)))]
    assert ("SHARED-LINK", "egen.yaml") in found
    assert ("SHARED-FILE", "utanför.yaml") in found


def test_a_linked_folder_is_not_read(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "organisation.yaml": pinned()})
    write_all(tmp_path / "annat", below(SHARED))
    (tmp_path / "shared").symlink_to(tmp_path / "annat/shared")

    assert ("LINKED-FOLDER", "shared") in [(one.code, one.file) for one in seen(load(read_tree(tmp_path)))]


def test_a_secret_in_a_shared_file_is_found_and_the_file_not_loaded(tmp_path: Path) -> None:
    secret = BASELINE + "rationale: " + "gh" + "p_" + "a1B2c3D4" * 4 + "e5F6\n"
    loaded = on_disk(tmp_path, {"shared/skollan/policies/baselines/trygg.yaml": secret})

    assert [(one.code, one.file, one.line) for one in seen(loaded)] == [
        ("SHARED-NOT-YOURS", "organisation.yaml", 13),
        ("SECRET-IN-FILE", "shared/skollan/policies/baselines/trygg.yaml", 8),
    ]
    assert loaded.documents is not None
    assert loaded.documents.baselines == ()


def test_personal_data_is_found_at_its_line_and_told_whose_the_file_is() -> None:
    files = {
        **SHARED,
        "policies/baselines/trygg.yaml": BASELINE + "rationale: Fråga anna.andersson@example.se\n",
        "app-catalogs/gemensamt.yaml": CATALOGUE + "    description: Ring 070-123 45 67\n",
    }
    loaded = with_shared(files, pinned(of(files)))

    assert [(one.code, one.file, one.line) for one in seen(loaded)] == [
        ("SHARED-NOT-YOURS", "organisation.yaml", 13),
        ("PERSONAL-PHONE", "shared/skollan/app-catalogs/gemensamt.yaml", 14),
        ("PERSONAL-EMAIL", "shared/skollan/policies/baselines/trygg.yaml", 8),
    ]


def test_what_is_only_a_warning_in_a_file_of_ones_own_is_a_piece_of_news_in_theirs() -> None:
    older = BASELINE.replace("{audiences: [pupils]}", "{school_forms: [grundsärskola]}")
    own = load_with({"policies/baselines/trygg.yaml": older})
    files = {**SHARED, "policies/baselines/trygg.yaml": older}
    theirs = with_shared(files, pinned(of(files)))

    assert [(one.code, one.severity) for one in own.findings] == [("OLD-SCHOOL-FORM", Severity.WARNING)]
    assert [(one.code, one.severity) for one in theirs.findings] == [("OLD-SCHOOL-FORM", Severity.INFO)]


def test_the_same_files_are_read_from_a_revision_and_no_link(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "organisation.yaml": pinned(), **below(SHARED)})
    (tmp_path / "shared/skollan/app-catalogs/egen.yaml").symlink_to("gemensamt.yaml")
    settings = ["-c", "user.name=x", "-c", "user.email=x@example.se", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *settings, *command], cwd=tmp_path, check=True)
    tree = read_revision(tmp_path, "HEAD")

    assert {path for path in tree.files if path.startswith("shared/")} == set(below(SHARED))
    assert [(one.code, one.values["file"]) for one in tree.findings] == [
        ("LINK-IN-REVISION", "shared/skollan/app-catalogs/egen.yaml")
    ]


# --- what is taken ------------------------------------------------------------------------------------------------


def test_a_shared_baseline_is_called_after_its_source_and_its_apps_are_those_of_the_same_store() -> None:
    files = {**SHARED, "policies/baselines/trygg.yaml": BASELINE.replace("[kami]", "[kami-app]")}
    documents = with_shared(files, pinned(of(files))).documents

    assert documents is not None
    (baseline,) = documents.baselines
    assert (baseline.id, baseline.shared) == ("skollan/trygg", "skollan")
    assert [(line.app, line.mode) for line in baseline.wishes.apps] == [("kami", "required")]


def test_candidates_are_no_apps_of_ours() -> None:
    documents = with_shared({}).documents

    assert documents is not None
    assert [one.id for one in documents.apps] == ["kami", "scratch"]
    assert [one.id for one in documents.candidates] == ["kami-app", "ny"]


def test_two_sources_may_have_baselines_of_one_name() -> None:
    organisation = f'{pinned()}  - {{id: annan, from: "../annat", hash: "{PIN}"}}\n'
    documents = load_with({"organisation.yaml": organisation, **below(SHARED), **below(SHARED, "annan")}).documents

    assert documents is not None
    assert [one.id for one in documents.baselines] == ["annan/trygg", "skollan/trygg"]


def test_one_source_may_not_have_one_name_twice() -> None:
    files = {**SHARED, "policies/baselines/andra.yaml": BASELINE}
    codes = [(one.code, one.file, one.line) for one in seen(with_shared(files, pinned(of(files))))]

    assert ("FILE-NAME", "shared/skollan/policies/baselines/andra.yaml", 1) in codes
    assert ("ID-TWICE", "shared/skollan/policies/baselines/trygg.yaml", 1) in codes


def test_apps_that_nobody_here_knows_do_nothing_and_are_told_of_once() -> None:
    lines = "  required: [ny, okand]\n  blocked: [farlig]"
    files = {**SHARED, "policies/baselines/trygg.yaml": BASELINE.replace("  required: [kami]", lines)}
    loaded = with_shared(files, pinned(of(files)))

    assert [(one.code, one.severity, one.values["apps"], one.subject) for one in loaded.findings] == [
        ("SHARED-APPS-UNKNOWN", Severity.INFO, "ny, okand", "baseline:skollan/trygg"),
        ("SHARED-BLOCKS-UNKNOWN", Severity.WARNING, "farlig", "baseline:skollan/trygg"),
    ]
    assert [(one.line, one.column) for one in seen(loaded)] == [(5, 14), (6, 13)]
    assert loaded.documents is not None
    assert loaded.documents.baselines[0].wishes.apps == ()


def test_the_same_id_for_another_app_is_another_app() -> None:
    files = {**SHARED, "app-catalogs/gemensamt.yaml": CATALOGUE.replace("id: ny", "id: scratch")}
    files["policies/baselines/trygg.yaml"] = BASELINE.replace("[kami]", "[scratch]")
    loaded = with_shared(files, pinned(of(files)))

    assert [(one.code, one.values["apps"]) for one in loaded.findings] == [("SHARED-APPS-UNKNOWN", "scratch")]


def test_a_name_that_an_app_here_had_before_is_that_app() -> None:
    renamed = CATALOG.replace("id: kami\n", "id: kami-pdf\n    previously: [kami]\n")
    school = FILES["schools/norrskolan.yaml"].replace("[kami]", "[kami-pdf]")
    loaded = load_with(
        {
            "organisation.yaml": pinned(),
            **below(SHARED),
            "app-catalogs/appar.yaml": renamed,
            "schools/norrskolan.yaml": school,
        }
    )

    assert seen(loaded) == []
    assert loaded.documents is not None
    assert [line.app for line in loaded.documents.baselines[0].wishes.apps] == ["kami-pdf"]


def test_the_digest_of_the_files_covers_what_is_shared() -> None:
    other = {**SHARED, "policies/baselines/trygg.yaml": BASELINE.replace("blocked", "allowed")}
    one, two = with_shared({}).documents, with_shared(other, pinned(of(other))).documents

    assert one is not None
    assert two is not None
    assert one.digest != two.digest
