"""Somebody who may write to the repository tries to have done what nobody approved. The real commands as processes."""

from collections.abc import Iterator

import pytest

from tests.acceptance.ci_world import World, world
from tests.acceptance.test_ci_flow import asked, by_hand, filled, switch
from tests.forge.happenings import HEADS, notice


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("kommun")) as town:
        assert town.apply().code == 4
        town.accept(filled(asked(town)))
        assert town.apply().code == 0
        yield town


@pytest.fixture
def town(founded: World) -> World:
    """In step: what the test before left is put right."""
    founded.hub.clock.tick(hours=1, minutes=5)
    for _ in range(3):
        done = founded.apply()
        if not (founded.out / "approvals.yaml").exists():
            return founded
        founded.accept(filled(asked(founded)))
    raise AssertionError(done.said)


def pushed_merge(town: World, tree: str, *parents: str) -> str:
    """`git push origin main` of a merge commit that bo made; GitHub calls the pull request merged by it."""
    signature = town.hub._signature("bo")
    sha = town.hub.git.make_commit(tree, parents, "Slår ihop", author=signature, committer=signature)
    town.hub.git.set_ref(HEADS + "main", sha, parents[0])
    notice(town.hub.world, "bo")
    town.hub.clock.tick(minutes=1)
    return sha


def test_an_approvals_file_that_nobody_approved_is_not_approved_by_an_edit_of_it(town: World) -> None:
    by_hand(town)
    town.apply()
    ((path, text),) = filled(asked(town)).items()
    unapproved = town.propose({path: text})
    town.plan_and_record(unapproved)
    town.merge(unapproved)
    edit = town.propose({path: (text or "").replace("Rådet har bestämt det.", "Rådet har bestämt det")})
    town.plan_and_record(edit)
    town.approve(edit)
    town.merge(edit)
    before = town.writes()

    done = town.apply()

    assert (done.code, town.writes()) == (4, before)
    assert "fanns redan när den ändrades" in done.out, done.out


def test_records_that_are_taken_away_stop_everything_until_somebody_answers_for_it(town: World) -> None:
    known = set(town.hub.world.deployments)
    town.accept(switch(town))
    assert town.apply().code == 0
    for number in set(town.hub.world.deployments) - known:
        del town.hub.world.deployments[number]

    stopped = town.apply()

    assert stopped.code == 1
    assert "noteringarna om vad som har genomförts är borta" in stopped.out
    (mark,) = {word.strip('"[].') for word in stopped.out.split() if word.startswith('["')}
    town.accept(
        {
            "policies/approvals/borta.yaml": "id: borta\nbackend: chrome\nreason: Vi har gått igenom det.\n"
            f'until: "2026-12-10"\ncommits: ["{mark}"]\n'
        }
    )
    assert town.apply().code in (0, 4)


def test_a_comment_that_somebody_has_rewritten_was_not_what_was_approved(town: World) -> None:
    """Whoever may write to pull requests may edit the run's comment, and leave the record in it alone."""
    pull = town.propose(switch(town))
    town.plan_and_record(pull)
    (said,) = town.hub.said(pull)
    first, _, record = said.body.partition("<!-- reconciler:record:")
    said.body = f"{first.splitlines()[0]}\n# Inget ändras\n\n<!-- reconciler:record:{record}"
    town.approve(pull)
    town.merge(pull)
    before = town.writes()

    done = town.apply()

    assert (done.code, town.writes()) == (4, before)
    assert "har ändrats av någon annan" in done.out


def test_limits_that_nobody_approved_let_nothing_through(town: World) -> None:
    organisation = town.hub.git.run("show", "refs/heads/main:organisation.yaml") + "\n"
    assert organisation.count("root: /Enheter,") == 1
    wider = organisation.replace("root: /Enheter,", "root: /Enheter, limits: {share: 100, count: 1000, floor: 1000},")
    unapproved = town.propose({"organisation.yaml": wider})
    town.plan_and_record(unapproved)
    town.merge(unapproved)
    approved = town.propose(switch(town))
    town.plan_and_record(approved)
    town.approve(approved)
    town.merge(approved)
    before = town.writes()

    done = town.apply()

    assert (done.code, town.writes()) == (4, before)
    assert "ändrar organisation.yaml eller policies" in done.out


def test_a_pull_request_that_was_pushed_by_a_workflow_is_nobody_knows_whose(town: World) -> None:
    pull = town.propose(switch(town))
    town.hub.commit("bo", pull.branch, {"docs/x.md": "skrivet av någon annan\n"}, committer="github-actions[bot]")
    town.plan_and_record(pull)
    town.approve(pull)
    town.merge(pull)
    before = town.writes()

    done = town.apply()

    assert (done.code, town.writes()) == (4, before)
    assert "går inte att knyta till ett konto" in done.out


def test_a_title_that_is_edited_after_the_merge_takes_nothing_back(town: World) -> None:
    """That starts `plan` again."""
    pull = town.propose(switch(town))
    town.plan_and_record(pull)
    town.approve(pull)
    town.merge(pull)

    assert town.plan_and_record(pull).code == 1
    assert town.apply().code == 0


def test_a_merge_commit_that_brings_an_approvals_file_along_lets_nothing_through(town: World) -> None:
    """The last of all: the file stays, and goes on approving nothing, which is told wherever it names something."""
    by_hand(town)
    town.apply()
    ((path, text),) = filled(asked(town)).items()
    pull = town.propose(switch(town))
    town.plan_and_record(pull)
    town.approve(pull)
    town.hub.clock.tick(minutes=1)
    git, main = town.hub.git, town.hub.head()
    smuggled = git.tree_with(git.merged_tree(main, pull.head), {path: ("100644", git.store(text or ""))})
    before, sha = town.writes(), pushed_merge(town, smuggled, main, pull.head)
    assert pull.merge_sha == sha

    done = town.apply()

    assert (done.code, town.writes()) == (4, before)
    assert "är något annat än det som granskades" in done.out
