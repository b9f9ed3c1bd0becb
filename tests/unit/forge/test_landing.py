"""Whether what a merge put on main is what was reviewed, for every way of merging, with the branch there and with it gone."""

import subprocess
from pathlib import Path

import pytest

from reconciler.forge.api import Forge
from reconciler.forge.pulls import merged_pulls
from reconciler.forge.repository import line_since
from reconciler.reconcile import ci_landing
from reconciler.reconcile.ci_landing import is_on_branch, landing_fault
from reconciler.trust.evidence import MergedPull
from tests.forge.forge import Forge as Hub
from tests.forge.happenings import HEADS, notice
from tests.forge.merging import Method
from tests.forge.state import Pull
from tests.unit.forge.municipality import checkout

LINES = "".join(f"rad {number}\n" for number in range(20))


@pytest.fixture
def start(hub: Hub) -> str:
    return hub.commit("anna", "main", {"skolor/norr.yaml": LINES, "docs/a.md": "a\n"})


def proposed(hub: Hub) -> Pull:
    """Three commits; main goes on meanwhile, in another place of the same file."""
    hub.commit("dag", "gren", {"skolor/norr.yaml": LINES.replace("rad 3\n", "rad tre\n")})
    hub.commit("dag", "gren", {"skolor/ny/sub.yaml": "id: sub\n"})
    hub.commit("dag", "gren", {"docs/a.md": None})
    pull = hub.open_pull("dag", "gren")
    hub.commit("anna", "main", {"skolor/norr.yaml": LINES.replace("rad 17\n", "rad sjutton\n")})
    return pull


def only(hub: Hub, forge: Forge, start: str) -> MergedPull:
    (found,) = merged_pulls(forge, "main", line_since(forge, start, hub.head()))
    return found


def code(forge: Forge, hub: Hub, folder: Path, found: MergedPull, *, here: bool = True) -> str:
    """`here`: whether the checkout has what was reviewed."""
    root = checkout(hub, folder / "tree", hub.head())
    assert ci_landing._has(root, found.head) is here
    fault = landing_fault(forge, root, found)
    return fault.code if fault else ""


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_what_was_merged_as_it_was_reviewed_is_that(
    hub: Hub, forge: Forge, start: str, tmp_path: Path, method: Method, gone: bool
) -> None:
    pull = proposed(hub)
    hub.merge(pull, "bo", method)
    if gone:
        hub.git.drop_ref(HEADS + "gren", pull.head)

    assert code(forge, hub, tmp_path, only(hub, forge, start), here=not gone or method == "merge") == ""


def merged_by_hand(hub: Hub, pull: Pull, tree: str, *parents: str) -> None:
    """`git push origin main` of a merge commit that somebody made."""
    signature = hub._signature("bo")
    sha = hub.git.make_commit(tree, parents, "Slår ihop", author=signature, committer=signature)
    hub.git.set_ref(HEADS + "main", sha, parents[0])
    notice(hub.world, "bo")
    assert pull.merge_sha == sha


def test_a_merge_that_brings_more_than_was_reviewed_is_seen(hub: Hub, forge: Forge, start: str, tmp_path: Path) -> None:
    pull, main = proposed(hub), hub.head()
    smuggled = hub.git.tree_with(
        hub.git.merged_tree(main, pull.head), {"policies/approvals/x.yaml": ("100644", hub.git.store(b"id: x\n"))}
    )
    merged_by_hand(hub, pull, smuggled, main, pull.head)

    found = only(hub, forge, start)

    assert code(forge, hub, tmp_path, found) == "MERGE-DIFFERS"


def test_conflicts_that_somebody_resolved_are_said_to_be_unreviewed(
    hub: Hub, forge: Forge, start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.commit("dag", "gren", {"docs/a.md": "b\n"})
    pull = hub.open_pull("dag", "gren")
    main = hub.commit("anna", "main", {"docs/a.md": "c\n"})
    merged_by_hand(hub, pull, hub.git.commit(main).tree, main, pull.head)
    found = only(hub, forge, start)

    assert code(forge, hub, tmp_path / "ny", found) == "MERGE-BY-HAND"
    monkeypatch.setattr(ci_landing, "_can_merge", lambda _root: False)
    assert code(forge, hub, tmp_path / "gammal", found) == "MERGE-GIT-OLD"


@pytest.mark.parametrize("attributes", ["*.md merge=union\n", "*.md -merge\n", "*.md merge=binary\n"])
@pytest.mark.parametrize("where", [".gitattributes", "the machine's", "the machine's default"])
def test_files_of_the_checkout_and_of_the_machine_dont_say_how_it_merges(
    hub: Hub, forge: Forge, start: str, tmp_path: Path, where: str, attributes: str
) -> None:
    hub.commit("dag", "gren", {"docs/a.md": "b\n", "docs/b.md": LINES.replace("rad 3\n", "rad tre\n")})
    pull = hub.open_pull("dag", "gren")
    main = hub.commit("anna", "main", {"docs/a.md": "c\n"})
    merged_by_hand(hub, pull, hub.git.commit(main).tree, main, pull.head)
    found = only(hub, forge, start)
    root = checkout(hub, tmp_path / "tree", hub.head())
    file = root / ".gitattributes" if where == ".gitattributes" else tmp_path / "attributes"
    file.write_text(attributes, "utf-8")
    git(root, "config", "core.attributesFile", str(file))
    if where == "the machine's default":
        file.unlink()
        git(root, "config", "merge.default", "union")

    fault = landing_fault(forge, root, found)

    assert fault is not None
    assert fault.code == "MERGE-BY-HAND"


@pytest.mark.parametrize("written", ["*.yaml -merge\n", "*.yaml merge=ours-only\n"])
def test_what_merges_cleanly_stays_so_whatever_the_checkout_says(
    hub: Hub, forge: Forge, start: str, tmp_path: Path, written: str
) -> None:
    hub.merge(proposed(hub), "bo", "squash")
    found = only(hub, forge, start)
    root = checkout(hub, tmp_path / "tree", hub.head())
    (root / ".gitattributes").write_text(written, "utf-8")
    git(root, "config", "merge.ours-only.driver", "false")

    assert landing_fault(forge, root, found) is None
    assert landing_fault(forge, root / "skolor", found) is None


def test_a_renamed_file_is_found_whatever_the_machine_says(hub: Hub, forge: Forge, start: str, tmp_path: Path) -> None:
    hub.commit("dag", "gren", {"skolor/norr.yaml": None, "skolor/nord.yaml": LINES})
    pull = hub.open_pull("dag", "gren")
    hub.commit("anna", "main", {"skolor/norr.yaml": LINES.replace("rad 17\n", "rad sjutton\n")})
    hub.merge(pull, "bo", "squash")
    found = only(hub, forge, start)
    root = checkout(hub, tmp_path / "tree", hub.head())
    git(root, "config", "merge.renames", "false")

    assert landing_fault(forge, root, found) is None


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)


def test_a_rebase_lands_no_more_commits_than_there_were(hub: Hub, forge: Forge, start: str, tmp_path: Path) -> None:
    pull = proposed(hub)
    hub.merge(pull, "bo", "rebase")
    found = only(hub, forge, start)

    few = MergedPull(**{name: getattr(found, name) for name in MergedPull.__slots__} | {"commits": found.commits[1:]})

    assert code(forge, hub, tmp_path, few) == "MERGE-DIFFERS"


def test_only_what_led_to_a_commit_is_on_its_branch(hub: Hub, start: str, tmp_path: Path) -> None:
    aside = hub.commit("dag", "gren", {"docs/a.md": "b\n"})
    head = hub.commit("anna", "main", {"docs/c.md": "c\n"})
    root = checkout(hub, tmp_path / "tree", head)

    assert [is_on_branch(root, sha, head) for sha in (start, head, aside, "9" * 40)] == [True, True, False, False]
