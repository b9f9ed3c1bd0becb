"""Places that take each other's names."""

from reconciler.model.change import Action, Change
from reconciler.model.resource import Key
from reconciler.planning.names import circles, freed_by, name_findings
from reconciler.planning.order import with_dependencies


def renamed(ref: str, before: str, after: str, parent: str = "@norr") -> Change:
    return Change(
        action=Action.UPDATE,
        key=Key(kind="group", target=ref),
        backend="chrome",
        before={"name": before, "parent": parent, "mark": ref},
        after={"name": after, "parent": parent, "mark": ref},
    )


A, B, C = (Key(kind="group", target=f"@norr/{name}") for name in "abc")


def test_who_gives_a_name_up_goes_first() -> None:
    changes = [renamed("@norr/a", "Elever", "Förråd"), renamed("@norr/b", "förråd", "Lager")]

    assert freed_by(changes) == {A: B}
    first, second = with_dependencies(changes, {})
    assert (first.depends_on, second.depends_on) == ((B,), ())
    assert name_findings(changes) == []


def test_a_name_is_given_up_below_its_own_parent_only() -> None:
    changes = [renamed("@norr/a", "Elever", "Förråd"), renamed("@syd/b", "Förråd", "Lager", parent="@syd")]

    assert freed_by(changes) == {}


def test_a_new_place_waits_too() -> None:
    made = Change(
        action=Action.CREATE, key=C, backend="chrome", after={"name": "Elever", "parent": "@norr", "mark": "c"}
    )

    assert freed_by([made, renamed("@norr/a", "Elever", "Pojkar")]) == {C: A}


def test_a_circle_is_said_of_each_in_it_and_of_no_other() -> None:
    changes = [
        renamed("@norr/a", "Elever", "Förråd"),
        renamed("@norr/b", "Förråd", "Elever"),
        renamed("@norr/c", "Lager", "Vagn"),
    ]

    assert circles(freed_by(changes)) == {A, B}
    assert [(finding.code, finding.subject) for finding in name_findings(changes)] == [
        ("NAME-CIRCLE", "group:@norr/a"),
        ("NAME-CIRCLE", "group:@norr/b"),
    ]
    assert name_findings(changes)[0].values["after"] == "Förråd"


def test_a_name_that_a_leaving_place_still_has_is_an_error_that_names_it() -> None:
    leaving = Change(
        action=Action.DELETE, key=A, backend="chrome", before={"name": "Elever", "parent": "@norr", "mark": "a"}
    )
    made = Change(
        action=Action.CREATE, key=C, backend="chrome", after={"name": "ELEVER", "parent": "@norr", "mark": "c"}
    )

    (finding,) = name_findings([leaving, made])

    assert (finding.code, finding.subject) == ("NAME-STILL-TAKEN", "group:@norr/c")
    assert (finding.values["group"], finding.values["other"]) == ("norr/c", "norr/a")
