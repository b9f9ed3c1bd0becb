"""The web site is put out only where somebody has switched it on, and has nothing in it but what is meant for everybody."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflows.outside import Outside
from tests.workflows.stage import Stage, staged


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("town")) as stage:
        yield stage


@pytest.fixture
def town(founded: Stage, tmp_path: Path) -> Stage:
    machine = replace(
        founded.machine, outside=Outside(index=tmp_path / "index"), repository_variables={"RECONCILER_SITE": "on"}
    )
    return replace(founded, machine=machine)


def shown(town: Stage) -> str:
    """Every page in one."""
    return "\n".join(f"{path}\n{data.decode('utf-8', 'replace')}" for path, data in town.machine.outside.pages.items())


INTERNAL = ("Norrskolan", "elever-4-6")
"""The school and its group, which stand on pages of the internal edition alone."""


def test_what_is_put_out_is_the_public_edition_and_nothing_of_the_internal(town: Stage) -> None:
    done = town.run("site", "push")

    assert done.conclusions == {"build": "success", "publish": "success"}, done.said
    assert "index.html" in town.machine.outside.pages
    assert "Kami" in shown(town)
    assert [word for word in INTERNAL if word in shown(town)] == []
    assert not [
        path
        for path in town.machine.outside.pages
        if not path.endswith((".html", ".css", ".js", ".txt", ".svg", ".csv", ".json"))
    ]


def test_somebody_who_puts_out_the_other_edition_is_found_out_by_that(town: Stage) -> None:
    def change(text: str) -> str:
        return text.replace("--edition public", "--edition internal")

    town.run("site", "push", change=change)

    assert [word for word in INTERNAL if word in shown(town)] != []


@pytest.mark.parametrize("switch", [{}, {"RECONCILER_SITE": "off"}])
def test_nothing_is_put_out_unasked(town: Stage, switch: dict[str, str]) -> None:
    off = replace(town, machine=replace(town.machine, repository_variables=switch))

    assert off.run("site", "push").conclusions == {"build": "skipped", "publish": "skipped"}
    assert off.machine.outside.pages == {}


@pytest.mark.parametrize("less", ["id-token", "pages"])
def test_without_its_rights_it_isnt_put_out(town: Stage, less: str) -> None:
    done = town.run("site", "push", change=lambda text: text.replace(f"{less}: write", f"{less}: read"))

    assert done.conclusions == {"build": "success", "publish": "failure"}
    assert "write is missing" in done.said
    assert town.machine.outside.pages == {}
