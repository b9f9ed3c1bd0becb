"""Is it here already? By store id, supplier and name, name, purpose and subject; and not where it only looks so."""

from typing import Any

import pytest

from reconciler.catalogue.duplicates import (
    Candidate,
    candidate,
    duplicate_findings,
    find_alike,
    shared_stores,
    similar,
    store_key,
)
from reconciler.model.documents import App, AppIdentity
from reconciler.model.place import Pointer

FILE = "app-catalogs/prov.yaml"


def app(
    id_: str, name: str, *, status: str = "approved", stores: dict[str, tuple[str, str]] | None = None, **vetting: Any
) -> App:
    at = Pointer(file=FILE, path=("apps", id_))
    made = stores or {"chromeos": ("web", f"https://{id_}.example.se/")}
    identities = tuple(
        AppIdentity(platform=one, kind=kind, id=name_, at=at.child("platforms", one, kind))
        for one, (kind, name_) in made.items()
    )
    return App(id=id_, name=name, status=status, identities=identities, vetting=vetting, at=at)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Skolplus", "Skol plus", True), ("Numberline", "Number Line (app för skolan)", True), ("KAHOOT!", "kahoot", True),
        ("Inläsningstjänst", "Inläsningstjänsten", True), ("Inla\u0308sning", "Inläsning", True), ("Bok", "Bok App", True),
        ("Matte 1", "Matte 2", False), ("Matteknep", "Mattegåtor", False), ("Ord", "Ort", False), ("Scratch", "ScratchJr", False), ("Läsappen", "Läs", True),
        ("!!!", "???", False), ("Skolan", "App", False),
    ],
)  # fmt: skip
def test_names_that_may_be_of_one_app(one: str, other: str, same: bool) -> None:
    assert (similar(one, other), similar(other, one)) == (same, same)


def test_a_store_is_one_whatever_the_platform_calls_it() -> None:
    assert store_key("play", "org.x.Y") == store_key("android", "org.x.y")
    assert store_key("web", "https://www.X.se/") == store_key("web", "http://x.se")
    assert store_key("web", "https://x.se/a") != store_key("web", "https://x.se/b")


def test_the_surest_comes_first_and_equivalents_are_approved_and_on_a_platform_in_common() -> None:
    apps = [
        app("annan", "Annan", purposes=["uppläsning"]),
        app("nekad", "Nekad", status="rejected", purposes=["uppläsning"]),
        app("ipad", "På iPad", stores={"ipados": ("app-store", "1234567")}, purposes=["uppläsning"]),
        app("namne", "Läsaren", supplier="Andra AB"),
        app("samma", "Läs-Appen", supplier="Läs AB"),
        app("butik", "Helt annat namn", stores={"chromeos": ("extension", "a" * 32)}),
        app("amne", "I ämnet", subjects=["Svenska", "alla"]),
    ]
    asked = Candidate(
        name="Läsaren", supplier="Läs AB", stores=frozenset({("extension", "a" * 32)}), platforms=frozenset({"chromeos"}),
        subjects=("svenska", "alla"), purposes=("Uppläsning",),
    )  # fmt: skip
    found = [
        (one.app.id, str(one.how), one.shared) for one in find_alike(asked, [(one, candidate(one)) for one in apps])
    ]
    assert found == [
        ("butik", "store", ("a" * 32,)),
        ("namne", "name", ()),
        ("annan", "purpose", ("Uppläsning",)),
        ("amne", "subject", ("svenska",)),
    ]


def test_supplier_and_similar_name() -> None:
    same = app("samma", "Läs-Appen för skolan", supplier="Läs AB")
    found = find_alike(Candidate(name="Läsappen", supplier="LÄS ab"), [(same, candidate(same))])
    assert [str(one.how) for one in found] == ["supplier"]


def test_a_store_id_on_two_records_is_an_error_at_the_second_with_the_place_of_the_first() -> None:
    apps = [
        app("ett", "Ett", stores={"ipados": ("app-store", "1234567"), "macos": ("app-store", "1234567")}),
        app("tva", "Två", stores={"ipados": ("app-store", "1234567")}),
    ]
    (found,) = shared_stores(apps)
    assert (found.code, found.subject, found.place) == ("STORE-ID-TWICE", "app:tva", apps[1].identities[0].at)
    assert found.places["other_at"] == apps[0].identities[0].at


def test_a_wish_like_a_record_is_a_warning_once_and_two_decided_ones_are_none() -> None:
    wishes = [app("a", "Numberline", status="proposed"), app("b", "Number line", status="queued"), app("c", "Annat")]
    assert [(one.code, str(one.severity), one.subject) for one in duplicate_findings(wishes)] == [
        ("APP-LIKE-ANOTHER", "warning", "app:a")
    ]
    assert list(duplicate_findings([app("a", "Numberline"), app("b", "Number line", status="rejected")])) == []


def test_a_record_is_a_candidate_with_what_it_says() -> None:
    found = candidate(app("a", "A", supplier="S", subjects=["x"], purposes=["y"]))
    assert (found.name, found.supplier, found.subjects, found.purposes) == ("A", "S", ("x",), ("y",))
    assert found.stores == {("web", "a.example.se")}
