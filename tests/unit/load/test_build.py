"""What documents become: every field once, from a file that a person could have written."""

from datetime import date

from reconciler.load import Loaded
from reconciler.model.documents import (
    Allowance,
    App,
    AppIdentity,
    AppliesTo,
    AppLine,
    Backend,
    Baseline,
    DatedValue,
    DeviceRule,
    Documents,
    ExceptionGrant,
    Group,
    Limits,
    MoveAllowance,
    RawLine,
    Ring,
    Route,
    SettingLine,
    Span,
    Unit,
    UserTargets,
    Wishes,
)
from reconciler.model.mgn import Decided
from reconciler.model.place import Pointer
from tests.unit.load.writing import CATALOG, FILES, ORGANISATION, SCHOOL, SCHOOL_FILE, changed, load_with

SCHOOL_AT = Pointer(file=SCHOOL_FILE)


def documents(loaded: Loaded) -> Documents:
    assert loaded.findings == ()
    assert loaded.documents is not None

    return loaded.documents


def test_the_organisation() -> None:
    text = changed(ORGANISATION, "root: /Enheter", "root: /Enheter, mode: apply, limits: {share: 5, floor: 1}")
    text += 'users: {staff: {org_units: ["/Personal"], owns: all}}\n'
    organisation = documents(load_with({"organisation.yaml": text})).organisation
    at = Pointer(file="organisation.yaml")

    assert (organisation.name, organisation.municipality_code, organisation.language) == ("Vidala kommun", "0000", "sv")
    assert organisation.backends == (
        Backend(
            id="chrome",
            kind="google",
            mode="apply",
            options={"customer": "C0123abcd", "root": "/Enheter"},
            limits=Limits(share=5, floor=1),
            at=at.child("backends", 0),
        ),
    )
    assert organisation.routes == (Route(backend="chrome", platforms=("chromeos",), at=at.child("routes", 0)),)
    assert organisation.rings == (
        Ring(id="pilot", members=("norrskolan",), at=at.child("rings", 0)),
        Ring(id="rest", members=(), at=at.child("rings", 1)),
    )
    assert organisation.users == {
        "staff": UserTargets(org_units=("/Personal",), owns="all", at=at.child("users", "staff"))
    }


def test_a_backend_only_observes_until_someone_writes_otherwise() -> None:
    assert documents(load_with({})).organisation.backends[0].mode == "observe"


def test_a_school_with_its_units_layers_and_users() -> None:
    text = SCHOOL + (
        'pupils: {as_of: "2026-10-15", by_grade: {F-3: 88, 4: 25}}\n'
        'users: {pupils: {org_units: ["/Elever/Norrskolan"]}}\n'
        "layers: {pupils: {settings: {screenshots: inherit}}}\n"
        "previously: [norra-skolan]\n"
        "mgn: {grundskola: 2026-27}\n"
    )
    school = documents(load_with({SCHOOL_FILE: text})).schools[0]
    setting = SCHOOL_AT.child("layers", "pupils", "settings", "screenshots")

    assert (school.id, school.name, school.previously) == ("norrskolan", "Norrskolan", ("norra-skolan",))
    assert school.units == (
        Unit(
            code="12345678",
            school_forms=("förskoleklass", "grundskola"),
            grades="F-6",
            at=SCHOOL_AT.child("units", 0),
        ),
    )
    assert school.pupils_by_grade == {"F-3": 88, "4": 25}
    assert school.holding == {"chromeos": "forrad"}
    assert school.users == {
        "pupils": UserTargets(org_units=("/Elever/Norrskolan",), at=SCHOOL_AT.child("users", "pupils"))
    }
    inherit = DatedValue(value="inherit", span=Span(), at=setting)
    assert school.layers == {
        "pupils": Wishes(settings=(SettingLine(setting="screenshots", values=(inherit,), at=setting),))
    }


def test_a_group() -> None:
    at = SCHOOL_AT.child("groups", 0)

    assert documents(load_with({})).schools[0].groups[0] == Group(
        id="elever-4-6",
        name="Elever åk 4–6",
        school_forms=("grundskola",),
        platform="chromeos",
        audience="pupils",
        grades="4-6",
        devices=DeviceRule(match={"location": "NORR 4-6*"}, expected=74, at=at.child("devices")),
        users=UserTargets(org_units=("/Elever/Norrskolan/[4-6]?",), at=at.child("users")),
        wishes=Wishes(
            apps=(
                AppLine(app="kami", mode="required", at=at.child("apps", "required", 0)),
                AppLine(app="scratch", mode="available", at=at.child("apps", "available", 0)),
            ),
            settings=(
                SettingLine(
                    setting="incognito",
                    values=(DatedValue(value="blocked", span=Span(), at=at.child("settings", "incognito")),),
                    at=at.child("settings", "incognito"),
                ),
            ),
        ),
        at=at,
    )


def test_a_shared_cart_has_devices_and_no_users() -> None:
    group = documents(load_with({})).schools[0].groups[1]

    assert (group.users, group.within, group.owns) == (None, "elever-4-6", "all")
    assert group.devices == DeviceRule(serials=("5CD1234567",), at=SCHOOL_AT.child("groups", 1, "devices"))


def test_an_app_line_with_everything() -> None:
    line = '{app: kami, as: kiosk, pin: true, from: "2026-12-01", until: "2027-06-11", rings: {pilot: "2026-11-23"}}'
    school = documents(load_with({SCHOOL_FILE: changed(SCHOOL, "[kami]", f"[{line}]")})).schools[0]

    assert school.groups[0].wishes.apps[0] == AppLine(
        app="kami",
        mode="required",
        session="kiosk",
        pinned=True,
        span=Span(start=date(2026, 12, 1), end=date(2027, 6, 11), rings={"pilot": date(2026, 11, 23)}),
        at=SCHOOL_AT.child("groups", 0, "apps", "required", 0),
    )


def test_dated_values_and_raw_keys() -> None:
    wishes = (
        "settings: {incognito: {dated: [{value: blocked, until: "
        '"2026-12-31"}, {value: allowed, from: "2027-01-01"}]}}\n'
        "    raw: {google: [{schema: chrome.users.TabGroups, fields: {on: true}, reach: user}]}"
    )
    text = changed(SCHOOL, "settings: {incognito: blocked}", wishes)
    found = documents(load_with({SCHOOL_FILE: text})).schools[0].groups[0].wishes
    at = SCHOOL_AT.child("groups", 0)
    dated = at.child("settings", "incognito", "dated")

    assert found.settings[0].values == (
        DatedValue(value="blocked", span=Span(end=date(2026, 12, 31)), at=dated.child(0)),
        DatedValue(value="allowed", span=Span(start=date(2027, 1, 1)), at=dated.child(1)),
    )
    assert found.raw == (
        RawLine(
            system="google",
            schema="chrome.users.TabGroups",
            fields={"on": True},
            reach="user",
            at=at.child("raw", "google", 0),
        ),
    )


def test_a_catalogue_entry() -> None:
    text = changed(CATALOG, '{web: "https://kami.example.se/"}}', "{chrome_app: iljnkagajgfdmfnnidjijobijlfjfgnb}}")
    text = changed(
        text, "name: Kami\n", 'name: Kami\n    withdrawn_from: "2027-01-01"\n    school_forms: [grundskola]\n'
    )
    at = Pointer(file="app-catalogs/appar.yaml", path=("apps", 0))

    assert documents(load_with({"app-catalogs/appar.yaml": text})).apps[0] == App(
        id="kami",
        name="Kami",
        status="approved",
        withdrawn_from=date(2027, 1, 1),
        school_forms=("grundskola",),
        identities=(
            AppIdentity(
                platform="chromeos",
                kind="chrome-app",
                id="iljnkagajgfdmfnnidjijobijlfjfgnb",
                at=at.child("platforms", "chromeos", "chrome_app"),
            ),
        ),
        decision="ITR 2026:14, 2026-09-02",
        vetting={
            "source": {"url": "https://kami.example.se/", "read": "2026-11-21"},
            "decision": {"meeting": "2026-09-02", "reference": "ITR 2026:14", "reason": "Lässtöd."},
        },
        at=at,
    )


def test_policies() -> None:
    found = documents(
        load_with(
            {
                "policies/baselines/elever.yaml": "id: elever\nname: Elever\napplies_to: {school_forms: [grundskola], "
                "audiences: [pupils], platforms: [chromeos]}\napps: {blocked: [scratch]}\n",
                "policies/exceptions/prov.yaml": "id: prov\nsetting: incognito\ngroups: [norrskolan/pilot]\nreason: Prov\n"
                'owner: education\ndecision: {body: rektor, date: "2026-09-01", reference: "§ 4"}\nuntil: "2027-01-31"\n',
                "policies/allowances/augusti.yaml": "id: augusti\nbackend: chrome\nreason: Nya klasser\n"
                'until: "2026-08-31"\nfingerprints: ["abc123"]\n'
                "moves: [{from: outside, into: norrskolan/pilot, at_most: 90}]\n",
            }
        )
    )

    assert found.baselines == (
        Baseline(
            id="elever",
            name="Elever",
            applies_to=AppliesTo(school_forms=("grundskola",), audiences=("pupils",), platforms=("chromeos",)),
            wishes=Wishes(
                apps=(
                    AppLine(
                        app="scratch",
                        mode="blocked",
                        at=Pointer(file="policies/baselines/elever.yaml", path=("apps", "blocked", 0)),
                    ),
                )
            ),
            at=Pointer(file="policies/baselines/elever.yaml"),
        ),
    )
    assert found.exceptions == (
        ExceptionGrant(
            id="prov",
            setting="incognito",
            groups=("norrskolan/pilot",),
            owner="education",
            reason="Prov",
            decision=Decided(body="rektor", day=date(2026, 9, 1), reference="§ 4"),
            span=Span(end=date(2027, 1, 31)),
            at=Pointer(file="policies/exceptions/prov.yaml"),
        ),
    )
    assert found.allowances == (
        Allowance(
            id="augusti",
            backend="chrome",
            fingerprints=("abc123",),
            envelopes=(MoveAllowance(source="outside", into="norrskolan/pilot", at_most=90),),
            until=date(2026, 8, 31),
            at=Pointer(file="policies/allowances/augusti.yaml"),
        ),
    )


def test_the_digest_is_of_what_is_said_not_of_how_it_is_spelled() -> None:
    digest = documents(load_with({})).digest
    spelled = SCHOOL.replace("name: Pilot", 'name:   "Pilot"  # så heter den').replace("\n", "\r\n")

    assert len(digest) == 64
    assert documents(load_with({SCHOOL_FILE: spelled})).digest == digest
    assert documents(load_with({SCHOOL_FILE: changed(SCHOOL, "name: Pilot", "name: Piloten")})).digest != digest


def test_the_digest_follows_an_inventory() -> None:
    files = {**FILES, SCHOOL_FILE: changed(SCHOOL, 'serials: ["5CD1234567"]', "inventory: inventories/vagn.csv")}
    one, other = (
        documents(load_with({**files, "inventories/vagn.csv": f"serial\n{serial}\n"})).digest for serial in ("A1", "A2")
    )

    assert one != other
