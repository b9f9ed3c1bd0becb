"""One municipality among several in a repository: what its systems are called on the forge, and which tenants its folder is bound to."""

from pathlib import Path

import pytest

from reconciler.forge.problems import ForgeProblem
from reconciler.model.documents import Backend
from reconciler.model.place import Pointer
from reconciler.reconcile.hosting import check_hosted, folder_of, hosts_at, name_on_forge
from tests.unit.reconcile.test_ci_checkout import HOSTED, commit, git

UID = "6c3d1f0e-0000-4000-8000-000000000000"


def google(customer: str) -> Backend:
    return Backend(id="chrome", kind="google", options={"customer": customer}, at=Pointer(file="organisation.yaml"))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {"hosts.yaml": HOSTED, "alvesta/organisation.yaml": "x\n", "annan/organisation.yaml": "x\n"})
    return tmp_path


def test_two_municipalities_systems_of_one_name_are_kept_apart() -> None:
    names = [
        name_on_forge(folder, "chrome") for folder in ("", "alvesta", "kommuner/alvesta", "kommuner/alvesta-chrome")
    ]

    assert names == ["chrome", "alvesta_chrome", "kommuner_alvesta_chrome", "kommuner_alvesta-chrome_chrome"]


def test_the_folder_is_counted_from_the_top_of_the_repository(
    top: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert (folder_of(top), folder_of(top / "alvesta")) == ("", "alvesta")
    assert folder_of(tmp_path_factory.mktemp("inget")) == ""


@pytest.mark.parametrize(
    ("folder", "uid", "customer", "refused"),
    [
        ("alvesta", UID, "C01", ""),
        ("alvesta", UID, "c01", ""),
        ("alvesta", UID, "C02", "HOSTS-OTHER-TENANT"),
        ("alvesta", UID.replace("6c", "7c"), "C01", "HOSTS-OTHER-UID"),
        ("annan", UID, "C01", "HOSTS-NOT-LISTED"),
        (".", UID, "C01", "HOSTS-NOT-LISTED"),
    ],
)
def test_a_folder_is_bound_to_its_uid_and_tenants(
    top: Path, folder: str, uid: str, customer: str, refused: str
) -> None:
    assert _refusal(top / folder, "HEAD", uid, google(customer)) == refused


def test_the_table_is_that_of_the_commit_and_not_what_lies_in_the_folder(top: Path) -> None:
    (top / "hosts.yaml").write_text(HOSTED.replace("C01", "C99"), "utf-8")

    assert _refusal(top / "alvesta", "HEAD", UID, google("C99")) == "HOSTS-OTHER-TENANT"


def test_a_table_that_cannot_be_read_binds_nobody_to_anything(top: Path) -> None:
    commit(top, {"hosts.yaml": "organisations: [\n"})

    assert _refusal(top / "alvesta", "HEAD", UID, google("C01")) == "HOSTS-NOT-LISTED"


def test_without_a_table_there_is_one_municipality(top: Path) -> None:
    commit(top, {"hosts.yaml": None})

    assert hosts_at(top, "HEAD") is None
    assert _refusal(top / "alvesta", "HEAD", UID, google("C77")) == ""


def _refusal(root: Path, revision: str, uid: str, *backends: Backend) -> str:
    try:
        check_hosted(root, revision, uid, backends)
    except ForgeProblem as problem:
        return problem.code
    return ""
