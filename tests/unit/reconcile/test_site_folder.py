"""The folder that the site is written to: ours by its manifest, and nobody's file is touched but ours."""

from pathlib import Path

import pytest

from reconciler.reconcile.site import MANIFEST, write_site


def contents(folder: Path) -> dict[str, str]:
    return {str(one.relative_to(folder)): one.read_text("utf-8") for one in folder.rglob("*") if one.is_file()}


def test_files_are_written_and_those_of_an_earlier_run_go(tmp_path: Path) -> None:
    out = tmp_path / "a" / "site"
    write_site(out, {"index.html": "1", "apps/kami.html": "2", "apps/old.html": "3", "gone/only.html": "4"})

    refused, removed = write_site(out, {"index.html": "1", "apps/kami.html": "ny"})

    assert (refused, removed) == (None, 2)
    assert {name: text for name, text in contents(out).items() if name != MANIFEST} == {
        "index.html": "1",
        "apps/kami.html": "ny",
    }
    assert not (out / "gone").exists()


def test_what_other_people_put_there_stays(tmp_path: Path) -> None:
    write_site(tmp_path, {"index.html": "1", "apps/kami.html": "2"})
    (tmp_path / "robots.txt").write_text("deras")
    (tmp_path / "apps" / "lista.pdf").write_text("deras")

    write_site(tmp_path, {"index.html": "1"})

    assert contents(tmp_path).keys() == {"index.html", "robots.txt", "apps/lista.pdf", MANIFEST}


def test_a_file_that_is_the_same_is_not_written_again(tmp_path: Path) -> None:
    write_site(tmp_path, {"index.html": "1"})
    before = (tmp_path / "index.html").stat().st_mtime_ns

    write_site(tmp_path, {"index.html": "1", "ny.html": "2"})

    assert (tmp_path / "index.html").stat().st_mtime_ns == before


def test_a_web_server_may_read_the_files(tmp_path: Path) -> None:
    write_site(tmp_path, {"index.html": "1"})

    assert (tmp_path / "index.html").stat().st_mode & 0o777 == 0o644


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "schools").mkdir()

    refused, _ = write_site(tmp_path, {"index.html": "1"})

    assert refused is not None
    assert (refused.code, refused.values["folder"]) == ("SITE-FOLDER-NOT-OURS", str(tmp_path))
    assert contents(tmp_path) == {}


def test_a_manifest_that_we_did_not_write_makes_no_folder_ours(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("index.html\n")
    (tmp_path / "index.html").write_text("deras")

    refused, _ = write_site(tmp_path, {"index.html": "1"})

    assert refused is not None
    assert refused.code == "SITE-FOLDER-NOT-OURS"
    assert (tmp_path / "index.html").read_text() == "deras"


def test_somebodys_file_where_a_page_would_go_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    write_site(tmp_path, {"index.html": "1"})
    (tmp_path / "queue.html").write_text("deras")

    refused, _ = write_site(tmp_path, {"index.html": "2", "queue.html": "2"})

    assert refused is not None
    assert (refused.code, refused.values["file"]) == ("SITE-FILE-NOT-OURS", str(tmp_path / "queue.html"))
    assert (tmp_path / "index.html").read_text() == "1"
    assert (tmp_path / "queue.html").read_text() == "deras"


@pytest.mark.parametrize("path", ["../hemligt.txt", "/hemligt.txt", "apps/../../hemligt.txt", "..\\hemligt.txt"])
def test_a_manifest_can_not_lead_out_of_the_folder(tmp_path: Path, path: str) -> None:
    out, secret = tmp_path / "site", tmp_path / "hemligt.txt"
    secret.write_text("deras")
    write_site(out, {"index.html": "1"})
    manifest = out / MANIFEST
    manifest.write_text(manifest.read_text() + path + "\n")

    assert write_site(out, {"index.html": "1"}) == (None, 0)
    assert secret.read_text() == "deras"


def test_a_link_is_neither_followed_when_writing_nor_when_removing(tmp_path: Path) -> None:
    out, theirs = tmp_path / "site", tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "kami.html").write_text("deras")
    write_site(out, {"index.html": "1", "apps/kami.html": "2"})
    (out / "index.html").unlink()
    (out / "index.html").symlink_to(theirs / "kami.html")
    (out / "apps" / "kami.html").unlink()
    (out / "apps").rmdir()
    (out / "apps").symlink_to(theirs, target_is_directory=True)

    assert write_site(out, {"index.html": "ny"}) == (None, 0)
    assert (theirs / "kami.html").read_text() == "deras"
    assert (out / "index.html").read_text() == "ny"
    assert not (out / "index.html").is_symlink()
    refused, _ = write_site(out, {"index.html": "ny", "apps/kami.html": "2"})
    assert refused is not None
    assert refused.code == "SITE-FILE-NOT-OURS"
    assert (theirs / "kami.html").read_text() == "deras"


def test_a_run_that_broke_off_leaves_a_manifest_of_all_that_may_be_ours(tmp_path: Path) -> None:
    write_site(tmp_path, {"index.html": "1", "apps": "a file where the next run needs a folder"})

    refused, _ = write_site(tmp_path, {"index.html": "1", "apps/kami.html": "2"})

    assert refused is not None
    assert refused.code == "SITE-UNWRITABLE"
    assert {"apps", "apps/kami.html", "index.html"} < set((tmp_path / MANIFEST).read_text().splitlines())


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.write_text("deras")

    refused, _ = write_site(target, {"index.html": "1"})

    assert refused is not None
    assert target.read_text() == "deras"
