"""A plan of two systems: which one has what, apps and policies in the words of the catalogue and the table."""

import json
from dataclasses import replace

import pytest

from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Key, Tenant
from reconciler.report.naming import identifier_of, is_within, schema_of, system_of
from reconciler.report.plan_json import plan_data
from reconciler.report.plan_text import plan_text
from reconciler.report.result_view import key_title
from reconciler.report.words import words_of
from tests.unit.report.plans import BLOCKED, INCOGNITO, INSTALL, make_change, make_plan, touches

TENANTS = (
    Tenant(backend="chrome", kind="google", identity="C0123abcd"),
    Tenant(backend="entra", kind="intune", identity="11111111-2222-3333-4444-555555555555"),
)
PAD, PAGES = "@norrskolan/elever-ipad", "iosVppApp:com.apple.Pages"


def on_entra(change: Change) -> Change:
    return replace(change, backend="entra")


def app(before: str | None, after: str | None, part: str = PAGES) -> Change:
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    live, wanted = (None if one is None else {"intent": one} for one in (before, after))
    return on_entra(make_change(action, "assignment", PAD, part, before=live, after=wanted, label="Pages"))


def policy(before: dict[str, Json] | None, after: dict[str, Json] | None) -> Change:
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    return on_entra(make_change(action, "setting", PAD, "iosGeneralDeviceConfiguration", before=before, after=after))


def told(*changes: Change, lang: str = "sv") -> str:
    return plan_text(make_plan(*changes, tenants=TENANTS, modes={"chrome": "apply", "entra": "apply"}), lang)


def test_each_heading_names_its_system_where_there_are_several() -> None:
    incognito = make_change(Action.CREATE, "setting", "@norrskolan/elever-4-6", INCOGNITO, after=BLOCKED)
    text = told(incognito, app(None, "required"))

    assert "norrskolan/elever-4-6 (i chrome)" in text
    assert "norrskolan/elever-ipad (i entra)" in text
    assert "Per hanteringssystem: 1 ändring i chrome och 1 ändring i entra." in text
    assert "(i chrome)" not in plan_text(make_plan(incognito), "sv")


def test_a_system_with_nothing_to_do_is_named_too() -> None:
    assert "inget att ändra i chrome och 1 ändring i entra" in told(app(None, "required"))


def test_the_same_change_in_two_systems_is_two() -> None:
    """Two groups with the same name and app, one in each system: gathered, they would seem to be in one place."""
    one = make_change(Action.CREATE, "group", "@norrskolan/a", after={"name": "A"}, label="A")
    text = told(one, on_entra(replace(one, key=Key(kind="group", target="@norrskolan/b"))))

    assert text.count("+ Enhetsgruppen A") == 2


@pytest.mark.parametrize(
    ("before", "part", "code", "sentence"),
    [
        ("required", PAGES, "uninstalls", "Appen avinstalleras hos alla som fått den härifrån."),
        ("available", PAGES, "uninstalls", "Appen avinstalleras hos alla som fått den härifrån."),
        ("uninstall", PAGES, "ends-uninstalling", "Appen avinstalleras inte längre."),
        ("required", "macOsVppApp:com.apple.Pages", "remains", "Där den redan finns ligger den kvar."),
        ("available", "winGetApp:Mozilla.Firefox", "stays", "Den som redan har installerat den behåller den."),
    ],
)
def test_what_taking_an_app_away_does_is_said(before: str, part: str, code: str, sentence: str) -> None:
    change = app(before, None, part)

    assert sentence in " ".join(told(change).split())
    (data,) = plan_data(make_plan(change))["changes"]
    assert data["effect"]["on_removal"] == code


def test_whose_licence_is_taken_is_told_where_it_changes() -> None:
    before: dict[str, Json] = {"intent": "required", "useDeviceLicensing": False}
    change = make_change(
        Action.UPDATE, "assignment", PAD, PAGES, before=before, after={**before, "useDeviceLicensing": True}
    )

    assert "Licens per enhet: nej → ja" in told(on_entra(change))


def test_a_policys_settings_have_the_labels_of_the_table_and_its_name_is_told_where_it_was_changed() -> None:
    was: dict[str, Json] = {"cameraBlocked": True, "name": "Norrskolan – iPad"}
    made, renamed = policy(None, was), policy({**was, "name": "Min princip"}, was)
    gone = policy(was, None)

    assert "Kamera: spärrad" in told(made)
    assert "Namn" not in told(made)
    assert "Min princip → Norrskolan – iPad" in told(renamed)
    assert "Ställs inte längre in härifrån." in told(gone)
    assert "längre upp" not in told(gone)


def test_a_field_whose_name_has_dots_is_found() -> None:
    field = "com.apple.applicationaccess_allowsafariprivatebrowsing"
    change = make_change(Action.CREATE, "setting", PAD, "settingsCatalog.macOS", after={field: False})

    text = told(on_entra(change))

    assert "Privat surfning" in text or "Inkognitoläge" in text
    assert field not in text


def test_an_app_that_is_made_and_one_that_goes_are_told_as_such() -> None:
    part = "winGetApp:Mozilla.Firefox"
    made = on_entra(make_change(Action.CREATE, "app", "@", part, after={"name": "Firefox"}, label="Firefox"))
    gone = on_entra(make_change(Action.DELETE, "app", "@", part, before={"name": "Firefox"}, label="Firefox"))
    renamed = on_entra(
        make_change(Action.UPDATE, "app", "@", part, before={"name": "F"}, after={"name": "Firefox"}, label="Firefox")
    )

    assert "+ Appen Firefox för Windows i hanteringssystemet" in told(made)
    assert "Hela kommunen (i entra)" in told(made)
    assert "Den tas bort ur hanteringssystemet." in told(gone)
    assert "F → Firefox" in told(renamed)


def test_devices_for_staff_are_not_called_pupils() -> None:
    staff = replace(touches(31, "norrskolan/larare"), staff=31)
    some = replace(touches(91, "norrskolan/larare", "norrskolan/elever"), staff=31)
    part = "iosGeneralDeviceConfiguration"
    values: dict[str, Json] = {"cameraBlocked": True}

    assert "Berör 31 enheter för personal" in told(
        on_entra(make_change(Action.CREATE, "setting", "@norrskolan/larare", part, after=values, effect=staff))
    )
    assert "91 enheter (varav 31 för personal)" in told(
        on_entra(make_change(Action.CREATE, "setting", "@norrskolan/larare", part, after=values, effect=some))
    )


def test_parts_of_both_systems_are_taken_apart() -> None:
    web = "windowsWebApp:https://a.se/x|y"

    assert (schema_of(web), identifier_of(web)) == ("windowsWebApp", "https://a.se/x|y")
    assert (schema_of(f"{INSTALL}|web:https://a.se/"), identifier_of(f"{INSTALL}|web:https://a.se/")) == (
        INSTALL,
        "web:https://a.se/",
    )
    assert (schema_of(INCOGNITO), identifier_of(INCOGNITO)) == (INCOGNITO, "")
    assert [system_of(one) for one in (web, INCOGNITO, "iosGeneralDeviceConfiguration")] == ["", "google", "intune"]
    assert is_within("a.b_c['x'][0]", "a.b_c")
    assert not is_within("a.b_cd", "a.b_c")


def test_a_result_without_its_plan_names_the_app_alone() -> None:
    words = words_of("sv", "sv")

    assert key_title(Key(kind="assignment", target=PAD, part=PAGES), words) == "com.apple.Pages"
    assert key_title(Key(kind="app", target="@", part="winGetApp:Mozilla.Firefox"), words) == "Mozilla.Firefox"


def test_json_tells_the_system_of_each_change() -> None:
    data = json.loads(json.dumps(plan_data(make_plan(app(None, "required"), tenants=TENANTS))))

    assert [one["id"] for one in data["backends"]] == ["chrome", "entra"]
    assert [one["backend"] for one in data["changes"]] == ["entra"]
