"""`reconciler site` from outside: the sample's web site, and when there is none."""

import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from tests.unit.site.written import files, mark, write_files

ROOT = Path(__file__).parents[2]
TODAY = ("--today", "2026-11-22")


def run(out: Path, *words: str, root: Path = ROOT) -> Result:
    return CliRunner().invoke(cli, ["site", "--out", str(out), "--root", str(root), *TODAY, *words])


def contents(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both editions in both languages."""
    out = tmp_path_factory.mktemp("site")
    made = run(out, "--edition", "both")
    assert made.exit_code == 0, made.output
    return out


def links(folder: Path) -> list[tuple[str, str]]:
    """Every address in every page that is no other web site's."""
    return [
        (page.relative_to(folder).as_posix(), address)
        for page in sorted(folder.rglob("*.html"))
        for address in re.findall(r'(?:href|src)="([^"]*)"', page.read_text("utf-8"))
        if not re.match(r"https://|#", address)
    ]


def test_every_link_of_each_edition_leads_to_a_file_of_the_same_edition(sample: Path) -> None:
    for edition in ("public", "internal"):
        folder = (sample / edition).resolve()
        found = links(folder)
        assert len(found) > 500
        for page, address in found:
            target = (folder / page).parent.joinpath(address).resolve()
            assert target.is_file(), (page, address)
            assert target.is_relative_to(folder), (page, address)


def test_what_a_page_fetches_is_the_editions_own(sample: Path) -> None:
    for page in sample.rglob("*.html"):
        for address in re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]*)"', page.read_text("utf-8")):
            assert re.fullmatch(r"(\.\./)*(assets|charts)/[a-z.]+", address), (page, address)


def test_no_page_has_script_or_style_within_it_and_all_forbid_them(sample: Path) -> None:
    pages = list(sample.rglob("*.html"))

    assert len(pages) > 300
    for page in pages:
        text = page.read_text("utf-8")
        assert "content=\"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;" in text, page
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text), page


def test_the_public_edition_knows_no_rejected_app_and_no_school(sample: Path) -> None:
    from reconciler.load.repository import load
    from reconciler.load.tree import read_tree
    from reconciler.model.vetting import APPROVED

    documents = load(read_tree(ROOT), digest=False).documents
    assert documents is not None
    unsaid = [
        *(school.id for school in documents.schools),
        *(app.id for app in documents.apps if app.status not in APPROVED),
    ]
    assert len(unsaid) > 60
    paths = set(contents(sample / "public"))
    for one in unsaid:
        assert f"apps/{one}.html" not in paths
        assert f"schools/{one}.html" not in paths
    assert not any(path.startswith(("schools", "en/schools", "charts", "queue", "overview")) for path in paths)
    assert len([path for path in paths if path.startswith("apps/")]) == sum(
        app.status in APPROVED for app in documents.apps
    )


def test_a_second_run_makes_the_same_files_to_the_byte(sample: Path, tmp_path: Path) -> None:
    run(tmp_path, "--edition", "both")

    assert contents(tmp_path) == contents(sample)


def test_one_edition_stands_in_the_folder_itself_and_one_language_has_no_folder(sample: Path, tmp_path: Path) -> None:
    made = run(tmp_path, "--edition", "public", "--lang", "sv")

    assert made.exit_code == 0
    assert made.output.endswith(f"Öppna {tmp_path}/index.html i en webbläsare.\n")
    assert not (tmp_path / "en").exists()
    assert "In English" not in (tmp_path / "index.html").read_text("utf-8")


def test_pages_of_an_edition_that_is_no_longer_wanted_go_away(tmp_path: Path) -> None:
    run(tmp_path, "--edition", "both", "--lang", "sv")

    run(tmp_path, "--edition", "public", "--lang", "sv")

    assert not (tmp_path / "internal").exists()
    assert not (tmp_path / "public").exists()
    assert (tmp_path / "index.html").is_file()


def test_an_english_municipality_has_english_first(tmp_path: Path) -> None:
    root = tmp_path / "files"
    written = dict(files(mark))
    written["organisation.yaml"] = written["organisation.yaml"].replace('"language": "sv"', '"language": "en"')
    write_files(written, root)

    made = run(tmp_path / "site", root=root)

    assert made.exit_code == 0, made.output
    assert '<html lang="en">' in (tmp_path / "site/index.html").read_text("utf-8")
    assert '<html lang="sv">' in (tmp_path / "site/sv/index.html").read_text("utf-8")


def test_files_with_an_error_make_no_site_and_leave_the_last_one(tmp_path: Path) -> None:
    root, out = tmp_path / "files", tmp_path / "site"
    write_files(files(mark), root)
    run(out, "--lang", "sv", root=root)
    before = contents(out)
    catalogue = root / "app-catalogs/appar.yaml"
    catalogue.write_text(catalogue.read_text("utf-8").replace('"rejected"', '"gratis?"'), encoding="utf-8")

    made = run(out, "--lang", "sv", root=root)

    assert made.exit_code == 1
    assert "app-catalogs/appar.yaml:1:" in made.stderr
    assert "SITE-FILES-HAVE-ERRORS: Webbplatsen skrivs inte: filerna har fel." in made.stderr
    assert contents(out) == before


def test_a_folder_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "viktigt.docx").write_text("deras")

    made = run(tmp_path, "--lang", "sv")

    assert made.exit_code == 1
    assert made.stderr.startswith(f"error SITE-FOLDER-NOT-OURS: {tmp_path} är inte tom")
    assert [one.name for one in tmp_path.iterdir()] == ["viktigt.docx"]


def test_without_the_chart_library_the_internal_edition_says_so_and_the_public_one_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    made = run(tmp_path / "in", "--edition", "internal", "--lang", "sv")

    assert made.exit_code == 1
    assert "SITE-CHARTS-MISSING: Diagrammen i den interna utgåvan behöver matplotlib" in made.stderr
    assert not (tmp_path / "in").exists()
    assert run(tmp_path / "out", "--lang", "sv").exit_code == 0


def test_a_folder_is_needed() -> None:
    made = CliRunner().invoke(cli, ["site", "--root", str(ROOT)])

    assert (made.exit_code, "--out" in made.stderr) == (2, True)


def test_a_municipality_that_has_just_begun_gets_pages_that_say_so(tmp_path: Path) -> None:
    root, out = tmp_path / "files", tmp_path / "site"
    write_files({"organisation.yaml": files(mark)["organisation.yaml"]}, root)

    made = run(out, "--edition", "internal", "--lang", "sv", root=root)

    assert made.exit_code == 0, made.output
    assert "Det finns inget att räkna ännu." in (out / "overview.html").read_text("utf-8")
    assert "0 appar" in (out / "index.html").read_text("utf-8")
    assert "Ingen MGN gäller ännu." in (out / "mgn/index.html").read_text("utf-8")


def test_no_address_of_anybody_stands_on_the_samples_pages(sample: Path) -> None:
    assert [page for page in sample.rglob("*.html") if re.search(r"\w@\w", page.read_text("utf-8"))] == []
