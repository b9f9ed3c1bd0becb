"""Where wishes go: new, one's own earlier one, or what the council has answered; the same list twice changes nothing."""

from typing import Any

import pytest

from reconciler.catalogue.intake import Change, Outcome, Taken, take
from reconciler.catalogue.wishes import Wish
from reconciler.model.documents import App, AppIdentity
from reconciler.model.place import Pointer

FILE = "app-catalogs/onskemal.yaml"
REQUEST = {"need": "Läsa", "by": "lärare"}


def wish(name: str = "Ny", store: str = "1234567", **more: Any) -> Wish:
    platforms = {"platforms": {"ipados": {"app_store": store}}} if store else {}
    return Wish(record={"name": name, **platforms, "request": REQUEST, **more})


def app(id_: str, name: str, status: str = "proposed", store: str = "1234567", file: str = FILE, **vetting: Any) -> App:
    at = Pointer(file=file, path=("apps", 0))
    identity = AppIdentity(platform="ipados", kind="app-store", id=store, at=at)
    return App(id=id_, name=name, status=status, identities=(identity,), vetting={"request": REQUEST, **vetting}, at=at)


def outcomes(taken: tuple[Taken, ...]) -> list[tuple[str, str]]:
    return [(str(one.outcome), one.id) for one in taken]


def codes(taken: tuple[Taken, ...]) -> list[list[tuple[str, str]]]:
    return [[(why.column, why.code) for why in one.refused] for one in taken]


def test_a_new_wish_is_a_proposal_with_an_id_of_its_name() -> None:
    (one,) = take([(2, wish("Läs & skriv", supplier="Läs AB"))], [], FILE)
    assert (one.outcome, one.id, one.record["status"], one.row) == (Outcome.NEW, "las-och-skriv", "proposed", 2)


def test_an_id_that_another_app_has_or_had_gets_the_suppliers_name_or_a_number() -> None:
    apps = [app("ord", "Ord!", store="7654321", supplier="A"), app("x", "X", store="7654322", previously=())]
    found = take(
        [(2, wish("ORD", "1111111", supplier="Läs AB")), (3, wish("Ord-", "2222222", supplier="B"))], apps, FILE
    )
    assert outcomes(found) == [("new", "ord-las-ab"), ("new", "ord-b")]


def test_one_s_own_wish_is_found_by_id_store_or_name_and_updated_in_what_it_says() -> None:
    apps = [app("ny", "Ny", cost={"model": "free", "note": "handskriven"})]
    more = wish("Ny", request={**REQUEST, "users": 48}, cost={"model": "freemium"}, subjects=["svenska"])
    (one,) = take([(2, more)], apps, FILE)
    assert one.outcome is Outcome.UPDATED
    assert one.changes == (
        Change(within="request", key="users", value=48),
        Change(within="cost", key="model", value="freemium"),
        Change(within="", key="subjects", value=["svenska"]),
    )
    assert outcomes(take([(2, wish("NY!", store=""))], apps, FILE)) == [("updated", "ny")]
    assert outcomes(take([(2, wish())], apps, FILE)) == [("unchanged", "ny")]


@pytest.mark.parametrize("status", ["approved", "approved-with-conditions", "rejected", "withdrawn"])
def test_what_was_decided_is_never_changed(status: str) -> None:
    (one,) = take([(2, wish(subjects=["svenska"], cost={"model": "free"}))], [app("ny", "Ny", status)], FILE)
    assert (one.outcome, one.changes, one.record) == (Outcome.KNOWN, (), {})


def test_a_record_that_people_keep_in_another_file_is_not_the_lists() -> None:
    (one,) = take([(2, wish(subjects=["svenska"]))], [app("ny", "Ny", file="app-catalogs/las.yaml")], FILE)
    assert (one.outcome, one.changes) == (Outcome.KNOWN, ())


def test_a_queued_record_keeps_what_others_own_and_a_proposal_what_the_data_protection_officer_owns() -> None:
    said = wish(cost={"model": "free"}, personal_data="none", age_limit=0, supplier_country="SE", description="Läs")
    queued = take([(2, said)], [app("ny", "Ny", "queued")], FILE)[0]
    proposed = take([(2, said)], [app("ny", "Ny", personal_data="sensitive", age_limit=13)], FILE)[0]
    assert [change.key for change in queued.changes] == ["description"]
    assert [change.key for change in proposed.changes] == ["cost", "description"]


def test_a_store_id_of_another_app_is_refused_with_its_name() -> None:
    found = take([(2, wish("Något annat"))], [app("scratch", "Scratch", "approved")], FILE)
    assert codes(found) == [[("address", "INTAKE-OTHERS-STORE")]]
    assert dict(found[0].refused[0].values) == {"name": "Scratch", "other": "scratch"}
    named = take([(2, wish("Ord", "1234567", id="ord"))], [app("ord", "Ord", store="9999999"), app("b", "Bok")], FILE)
    assert codes(named) == [[("address", "INTAKE-OTHERS-STORE")]]


def test_an_id_that_disagrees_and_a_name_of_several_records_are_refused() -> None:
    assert codes(take([(2, wish(id="annat"))], [app("ny", "Ny")], FILE)) == [[("id", "INTAKE-OTHERS")]]
    two = [app("ny-a", "Ny", store="7777777"), app("ny-b", "Ny", store="8888888")]
    assert codes(take([(2, wish(store=""))], two, FILE)) == [[("id", "INTAKE-SEVERAL")]]
    assert outcomes(take([(2, wish(store="8888888"))], two, FILE)) == [("unchanged", "ny-b")]


def test_the_same_app_on_two_rows_is_refused_at_the_second_whatever_it_is_told_by() -> None:
    rows = [(2, wish("Ny")), (3, wish("Nyare")), (4, wish("NY", store="")), (5, wish("Annan", "2222222", id="ny"))]
    found = take(rows, [], FILE)
    assert [str(one.outcome) for one in found] == ["new", "refused", "refused", "refused"]
    assert {one.refused[0].code for one in found[1:3]} <= {"INTAKE-ROW-TWICE"}
    assert [one.refused[0].values["row"] for one in found[1:]] == ["2", "2", "2"]
    twice = take([(2, wish()), (3, wish())], [app("ny", "Ny")], FILE)
    assert codes(twice) == [[], [("", "INTAKE-ROW-TWICE")]]


def test_a_new_wish_needs_name_identity_need_and_who_asks_and_says_all_that_is_missing() -> None:
    found = take([(2, Wish(record={"subjects": ["svenska"]}))], [], FILE)
    assert codes(found) == [
        [
            ("name", "INTAKE-MISSING"),
            ("address", "INTAKE-MISSING"),
            ("need", "INTAKE-MISSING"),
            ("by", "INTAKE-MISSING"),
        ]
    ]


def test_what_is_here_already_is_said_of_a_new_wish() -> None:
    other = App(
        id="las", name="Läs", status="approved", vetting={"purposes": ["uppläsning"]}, at=Pointer(file=FILE),
        identities=(AppIdentity(platform="ipados", kind="app-store", id="7654321", at=Pointer(file=FILE)),),
    )  # fmt: skip
    (one,) = take([(2, wish(purposes=["uppläsning"]))], [other], FILE)
    assert [(alike.app.id, str(alike.how)) for alike in one.alike] == [("las", "purpose")]
