"""Who has to approve, and which team stands for them."""

from collections.abc import Mapping

import pytest

from reconciler.model.place import Json
from reconciler.trust.owners import required_owners, teams_of

AT = ("schools/norrskolan.yaml",)


@pytest.mark.parametrize(
    ("touched", "files", "expected"),
    [
        ({}, (), ()),
        ({"it": AT}, (), ("it",)),
        ({"education": AT}, (), ("education",)),
        ({"joint": AT}, (), ("it", "education")),
        ({"data-protection": AT, "education": AT}, (), ("education", "data-protection")),
        ({"joint": AT, "data-protection": AT}, (), ("it", "education", "data-protection")),
        ({"it": ()}, (), ()),
        ({"somebody": AT, "it": AT}, (), ("it", "somebody")),
        ({}, (".github/workflows/apply.yml",), ("it",)),
        ({}, ("reconciler/trust/covering.py",), ("it",)),
        ({}, ("pyproject.toml",), ("it",)),
        ({}, ("README.md", "docs/sv/ny.md"), ()),
        ({}, ("policies/docs/x",), ("it",)),
        ({}, ("docs.py",), ("it",)),
        ({}, ("README.md.sh",), ("it",)),
    ],
)
def test_required(touched: Mapping[str, tuple[str, ...]], files: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert required_owners(touched, files) == expected


def test_teams_are_those_of_the_roles() -> None:
    roles: Mapping[str, Json] = {
        "operations": {"contact": "skol-it@vidala.example.se", "team": "skol-it"},
        "education": {"contact": "digitalisering@vidala.example.se"},
        "data_protection": {"team": ""},
        "system_owners": {"vklass": {"team": "vklass"}},
    }

    assert teams_of(roles) == {"it": "skol-it"}


@pytest.mark.parametrize("role", ["skol-it", None, ["skol-it"], {"team": ["skol-it"]}, {"team": 1}])
def test_a_role_of_another_shape_has_no_team(role: Json) -> None:
    assert teams_of({"operations": role}) == {}
