"""Which of Entra's groups are ours, and which of people's a written name means."""

from typing import Any

import pytest

from reconciler.adapters.intune.groups import (
    Groups,
    live_groups,
    match_groups,
    new_group_body,
    read_groups,
    unique_name,
)
from reconciler.model.resource import Mark

ORG = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"
GUID = "aaaaaaaa-0000-4000-8000-00000000000"


def group(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{GUID}{number}", "displayName": name, **more}


def mark(key: str, org: str = ORG) -> str:
    return f"[reconciler:1 org={org} key={key}]"


def read(*groups: dict[str, Any]) -> Groups:
    return read_groups(groups, ORG)


def test_the_mark_says_whose_a_group_is_and_not_its_name() -> None:
    found = read(group(1, "X", description=f"Rör inte. {mark('group/norr/elever')}"), group(2, "Norr – Elever"))
    assert [one.id for one in found.ours["@norr/elever"]] == [f"{GUID}1"]
    assert found.refs[f"{GUID}2"] == "group:Norr – Elever"


def test_the_unique_name_says_it_where_the_mark_was_edited_away() -> None:
    found = read(group(1, "X", description="Nytt", uniqueName=f"reconciler.{ORG}.norr.elever"))
    (live,) = live_groups(found, ORG)
    assert (live.key.target, live.fields["mark"]) == ("@norr/elever", "")


def test_a_mark_beats_the_unique_name_that_a_renamed_group_keeps() -> None:
    found = read(group(1, "X", description=mark("group/norr/ny"), uniqueName=f"reconciler.{ORG}.norr.gammal"))
    assert list(found.ours) == ["@norr/ny"]


def test_another_organisations_group_is_not_ours() -> None:
    found = read(
        group(1, "X", description=mark("group/norr/elever", OTHER)),
        group(2, "Y", uniqueName=f"reconciler.{OTHER}.norr.elever"),
    )
    assert found.ours == {}


def test_two_groups_with_one_mark_are_not_one() -> None:
    found = read(group(1, "X", description=mark("group/a/b")), group(2, "Y", description=mark("group/a/b")))
    assert len(found.ours["@a/b"]) == 2
    assert found.one("@a/b") is None


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("Personal Norr", [["Personal Norr"]]),
        ("personal norr", [["Personal Norr"]]),
        ("Elever ?A", [["Elever 4A", "Elever 4A"], ["Elever 5A"]]),
        (f"{GUID}1".upper(), [["Personal Norr"]]),
        ("LARARE@example.se", [["Lärare"]]),
        ("finns inte", []),
        (f"{GUID}9", []),
        ("norr/elever", []),
    ],
)
def test_what_a_written_name_means(pattern: str, names: list[list[str]]) -> None:
    """Each inner list is one name: two groups in it bear that name, and nobody can tell which is meant."""
    found = read(
        group(1, "Personal Norr"),
        group(2, "Elever 4A"),
        group(3, "Elever 5A"),
        group(4, "Elever 4A"),
        group(5, "Lärare", mail="larare@example.se"),
        group(9, "Elever 6A", description=mark("group/norr/elever")),
    )
    assert [[one.name for one in same] for same in match_groups(found, pattern)] == names


def test_a_new_group_is_an_assigned_security_group_with_a_plain_nickname() -> None:
    body = new_group_body("Norr – Åk 4", Mark(org=ORG, key="group/norr/ak-4"), "@norr/ak-4")
    assert body["description"] == mark("group/norr/ak-4")
    assert (body["mailNickname"], body["mailEnabled"], body["securityEnabled"]) == ("norr-ak-4", False, True)
    assert body["groupTypes"] == []
    assert unique_name(ORG, "@norr/ak-4") == f"reconciler.{ORG}.norr.ak-4"


def test_groups_that_share_a_name_are_told_apart_by_their_ids() -> None:
    found = read(group(1, "Personal"), group(2, "personal"), group(3, "Elever"))
    assert [[one.id for one in alike] for alike in match_groups(found, f"{GUID}2")] == [[f"{GUID}2"]]
    named = found.one(found.refs[f"{GUID}2"])
    assert named is not None
    assert named.id == f"{GUID}2"
    assert found.one("group:Personal") is None
    assert found.refs[f"{GUID}3"] == "group:Elever"


@pytest.mark.parametrize("name", ["Personal [2026]", "Personal @ Norr", "Vilka?"])
def test_a_name_with_signs_in_it_is_that_group(name: str) -> None:
    found = read(group(1, name), group(2, "Personal 2"))
    assert [[one.name for one in alike] for alike in match_groups(found, name)] == [[name]]
