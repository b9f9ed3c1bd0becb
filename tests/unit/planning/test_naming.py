"""Apps by the catalogue's name where a plan knows the store's identifier only."""

from dataclasses import replace

from reconciler.model.change import Action, Change, Note
from reconciler.model.documents import App, AppIdentity
from reconciler.model.place import Json, Pointer
from reconciler.model.resource import Key
from reconciler.planning.naming import name_apps, name_kept, names_of

AT = Pointer(file="app-catalogs/appar.yaml")
NAMES = names_of(
    [
        App(
            id="kami",
            name="Kami",
            status="withdrawn",
            identities=(AppIdentity(platform="chromeos", kind="extension", id="ecnphl", at=AT),),
            at=AT,
        ),
        App(
            id="prov",
            name="Provläsaren",
            status="approved",
            identities=(AppIdentity(platform="chromeos", kind="web", id="https://prov.example.se/", at=AT),),
            at=AT,
        ),
    ]
)


def deleted(kind: str, part: str, label: str, **before: Json) -> Change:
    return Change(
        action=Action.DELETE,
        key=Key(kind=kind, target="@norr/elever", part=part),
        backend="chrome",
        label=label,
        before=before,
    )


def test_a_removed_app_has_its_name_also_when_it_is_withdrawn() -> None:
    named = name_apps(deleted("assignment", "apps|chrome:ecnphl", "apps|chrome:ecnphl", mode="FORCED"), NAMES)

    assert (named.label, named.names) == ("Kami", {"chrome:ecnphl": "Kami"})


def test_a_name_that_is_there_is_kept_and_one_that_nobody_knows_stays_an_identifier() -> None:
    assert name_apps(deleted("assignment", "apps|chrome:ecnphl", "Kami för alla"), NAMES).label == "Kami för alla"
    unknown = deleted("assignment", "apps|android:com.duolingo", "apps|android:com.duolingo")
    assert name_apps(unknown, NAMES) == unknown


def test_a_setting_whose_value_is_an_app_knows_its_name() -> None:
    named = name_apps(deleted("setting", "Kiosk", "Kiosk", appId="web:https://prov.example.se/"), NAMES)

    assert (named.label, named.names) == ("Kiosk", {"web:https://prov.example.se/": "Provläsaren"})


def test_a_note_of_what_is_kept_names_apps_and_leaves_settings_to_be_named() -> None:
    note = Note(code="KEPT-FOREIGN-VALUES", backend="chrome", values={"what": "apps|chrome:ecnphl\nTabs"})

    assert name_kept(note, NAMES).values["what"] == "Kami\nTabs"
    assert name_kept(Note(code="UNMANAGED-DEVICES", backend="chrome"), NAMES).values == {}


def test_an_app_of_intune_has_its_name_in_the_catalogue_or_else_the_one_that_it_has_there() -> None:
    part = "windowsWebApp:https://prov.example.se/"
    there: dict[str, Json] = {"app_name": "Prov (gammal)"}
    known = replace(deleted("assignment", part, part), facts=there)
    unknown = replace(deleted("assignment", "iosVppApp:se.spel", "iosVppApp:se.spel"), facts={"app_name": "Spelet"})

    assert name_apps(known, NAMES).label == "Provläsaren"
    assert name_apps(unknown, NAMES).label == "Spelet"


def test_a_note_lists_apps_of_others_by_the_name_that_they_have_there() -> None:
    what = "windowsWebApp:https://prov.example.se/\tProv (gammal)\niosVppApp:se.spel\tSpelet\nTabs"
    note = Note(code="KEPT-FOREIGN-APPS", backend="entra", values={"what": what})

    assert name_kept(note, NAMES).values["what"] == "Provläsaren\nSpelet\nTabs"
