"""`apply` by itself: what the forge doesn't say is approved is refused; past that leads one way, and everybody sees it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.purpose import Purpose
from reconciler.forge.connect import connect
from reconciler.forge.lock import Held
from reconciler.model.change import Plan
from reconciler.model.documents import Backend, Organisation
from reconciler.model.place import Pointer
from reconciler.planning.origin import applied_from
from reconciler.planning.planfile import read_plan
from reconciler.reconcile.ci_evidence import Place
from reconciler.reconcile.ci_guard import Broken, apply_covered, break_glass
from reconciler.reconcile.ci_order import Order
from reconciler.reconcile.ci_setting import read_keys, read_setting
from reconciler.reconcile.prepare import prepare
from tests.acceptance.ci_world import APPLY, World, world
from tests.acceptance.test_ci_flow import asked, filled

TODAY = date(2026, 11, 23)
"""The forge's clock begins on it."""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def saved_plan(town: World) -> tuple[Path, Plan]:
    """Of main's last commit, as somebody with a checkout would make it."""
    tree, file = town.checkout(town.hub.head()), town.folder / "saved.json"
    run = town.hub.run("schedule", actor="anna", workflow="plan")
    words = ["--root", str(tree), "--out", str(file), "--today", TODAY.isoformat(), *town.live()]
    assert town.run(run, {"contents": "read"}, "plan", *words).code == 0
    return tree, read_plan(file.read_text("utf-8"), tool_version=__version__)


@contextmanager
def place(town: World, tree: Path) -> Iterator[tuple[Place, dict[str, str]]]:
    environ = town.environ(town.hub.run("workflow_dispatch", actor="anna", workflow="apply"), APPLY)
    with connect(environ) as forge:
        yield Place(forge=forge, root=tree, keys=read_keys(environ), sandbox=True), environ


def wiring(town: World) -> Wiring:
    return Wiring(environment={}, purpose=Purpose.APPLY, sandbox=town.mdm)


def test_a_saved_plan_is_applied_only_if_all_of_it_is_approved(town: World) -> None:
    tree, plan = saved_plan(town)
    order = Order(backend="chrome", journal=town.folder / "journal.jsonl")
    with place(town, tree) as (at, environ):
        refused = apply_covered(at, read_setting(environ), plan, order, wiring(town))

    assert refused.refused is not None
    assert (refused.refused.code, refused.refused.values) == ("APPLY-NOT-COVERED", {"count": "9", "of": "9"})
    assert (refused.result, town.writes()) == (None, 0)

    assert town.apply().code == 4
    town.accept(filled(asked(town)))
    tree, plan = saved_plan(town)
    with place(town, tree) as (at, environ):
        done = apply_covered(at, read_setting(environ), plan, order, wiring(town))
    assert done.refused is None
    assert town.left() == []


def test_with_the_glass_broken_it_is_done_and_everybody_sees_it(town: World) -> None:
    tree, plan = saved_plan(town)
    journal = town.folder / "journal.jsonl"
    with place(town, tree) as (at, environ):
        broken = Broken(
            reason="Elever ser fel innehåll",
            place=at,
            setting=read_setting(environ),
            title=lambda backend: f"{backend} utan godkännande",
            text=lambda count: f"{count} ändringar",
            unseen=lambda failure: pytest.fail(str(failure)),
        )
        done = break_glass(broken, plan, prepare(tree, TODAY), tree, TODAY, wiring(town), journal)

    assert not isinstance(done, Held)
    assert town.left() == []
    first = json.loads(journal.read_text("utf-8").splitlines()[0])
    assert (first["step"], first["values"]) == ("break-glass", {"reason": "Elever ser fel innehåll"})
    assert [(one.title, one.state) for one in town.hub.world.issues.values()] == [("chrome utan godkännande", "open")]
    said = [status.description for one in town.hub.world.deployments.values() for status in one.statuses]
    assert "break-glass: Elever ser fel innehåll" in said
    assert town.apply().code == 4  # what the files say is still not approved: nothing is called complete by it


def apply_plainly(town: World, tree: Path, *more: str, **environ: str) -> tuple[int, str]:
    """As somebody at a desk would, without a sandbox; no credential of any system is there."""
    job = town.environ(town.hub.run("workflow_dispatch", actor="anna", workflow="apply"), APPLY)
    kept = {name: value for name, value in job.items() if not name.startswith("GITHUB_")}
    words = ["apply", str(town.folder / "saved.json"), "--root", str(tree), "--today", TODAY.isoformat(), *more]
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", *words],
        env={**kept, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stderr


def test_without_the_forge_nothing_is_applied(town: World) -> None:
    tree, _ = saved_plan(town)

    code, said = apply_plainly(town, tree)

    assert code == 1
    assert "chrome ändras bara genom det som är godkänt och hopslaget på GitHub" in said
    assert "GITHUB_REPOSITORY" in said


def test_a_reason_alone_breaks_no_glass(town: World) -> None:
    tree, _ = saved_plan(town)

    code, said = apply_plainly(town, tree, "--break-glass", "Bråttom", RECONCILER_BREAK_GLASS="intune")

    assert code == 1
    assert "RECONCILER_BREAK_GLASS ska nämna chrome" in said


def test_a_system_that_is_only_observed_is_shown_and_left_alone(town: World) -> None:
    organisation = town.hub.git.run("show", "refs/heads/main:organisation.yaml") + "\n"
    town.hub.commit("anna", "main", {"organisation.yaml": organisation.replace("mode: apply", "mode: observe")})

    done = town.apply()

    assert done.code == 0, done.said
    assert "är bara till för att läsas" in done.err
    assert (town.writes(), len(town.hub.world.deployments)) == (0, 0)


@pytest.mark.parametrize(
    ("written", "owner", "sandbox", "expected"),
    [
        ("", "granby-kommun", False, "forge"),
        ("", "", False, "anywhere"),
        ("anywhere", "granby-kommun", False, "anywhere"),
        ("forge", "", False, "forge"),
        ("forge", "granby-kommun", True, "anywhere"),
    ],
)
def test_where_a_system_may_be_changed_from(written: str, owner: str, sandbox: bool, expected: str) -> None:
    at = Pointer(file="organisation.yaml")
    backend = Backend(id="chrome", kind="google", apply_from=written, at=at)
    organisation = Organisation(
        uid="u",
        name="Granby",
        municipality_code="9999",
        language="sv",
        backends=(backend,),
        routes=(),
        forge_owner=owner,
        at=at,
    )
    assert applied_from(organisation, backend, sandbox=sandbox) == expected
