"""Names that must exist and fit, beyond those in `test_bad_input`."""

import pytest

from tests.unit.load.writing import CATALOG, ORGANISATION, SCHOOL, SCHOOL_FILE, Seen, changed, load_with, seen


def write_exception(**changes: str) -> str:
    keys = {
        "id": "prov",
        "setting": "incognito",
        "groups": "[norrskolan/pilot]",
        "reason": "Prov",
        "owner": "education",
        "decision": '{body: rektor, date: "2026-09-01", reference: "§ 4"}',
    }
    keys |= {"until": '"2027-01-31"'} | changes
    return "".join(f"{key}: {value}\n" for key, value in keys.items() if value)


@pytest.mark.parametrize(
    ("file", "text", "code", "line", "column"),
    [
        pytest.param(
            "policies/exceptions/prov.yaml",
            write_exception(groups="[norrskolan/pilot, norrskolan/pilott]"),
            "UNKNOWN-GROUP",
            3,
            28,
            id="exception-for-an-unknown-group",
        ),
        pytest.param(
            "policies/exceptions/prov.yaml",
            write_exception(setting="", app="kamii"),
            "UNKNOWN-APP",
            7,
            6,
            id="exception-for-an-unknown-app",
        ),
        pytest.param(
            "policies/allowances/augusti.yaml",
            'id: augusti\nbackend: krom\nreason: x\nuntil: "2026-08-31"\nfingerprints: ["abc123"]\n',
            "UNKNOWN-BACKEND",
            2,
            10,
            id="allowance-for-an-unknown-backend",
        ),
        pytest.param(
            "policies/allowances/augusti.yaml",
            'id: augusti\nbackend: chrome\nreason: x\nuntil: "2026-08-31"\n'
            "moves: [{from: norrskolan/forrad, into: norrskolan/nya, at_most: 90}]\n",
            "UNKNOWN-GROUP",
            5,
            41,
            id="move-into-an-unknown-group",
        ),
        pytest.param(
            "policies/baselines/alla.yaml",
            "id: alla\nname: Alla\napplies_to: {}\napps: {blocked: [kamy]}\n",
            "UNKNOWN-APP",
            4,
            18,
            id="baseline-with-an-unknown-app",
        ),
        pytest.param(
            "organisation.yaml",
            changed(ORGANISATION, "[norrskolan]", "[norskolan]"),
            "UNKNOWN-SCHOOL",
            10,
            27,
            id="ring-with-an-unknown-school",
        ),
        pytest.param(
            "organisation.yaml",
            changed(ORGANISATION, "[norrskolan]", "[norrskolan/elever-7-9]"),
            "UNKNOWN-GROUP",
            10,
            27,
            id="ring-with-an-unknown-group",
        ),
        pytest.param(
            "organisation.yaml",
            changed(ORGANISATION, "- {id: rest}", "- {id: pilot}"),
            "ID-TWICE",
            11,
            10,
            id="two-rings-of-one-name",
        ),
        pytest.param(
            SCHOOL_FILE,
            changed(SCHOOL, "chromeos: forrad}", "ipados: forrad}"),
            "HOLDING-PLATFORM",
            6,
            19,
            id="holding",
        ),
        pytest.param(
            SCHOOL_FILE,
            changed(SCHOOL, "chromeos: forrad}", "chromeos: pilot}"),
            "HOLDING-AUDIENCE",
            6,
            21,
            id="holding-for-pupils",
        ),
        pytest.param(
            "schools/soderskolan.yaml",
            'id: soderskolan\nname: Söder\nunits:\n  - {code: "12345678", school_forms: [grundskola]}\n',
            "UNIT-CODE-TWICE",
            4,
            12,
            id="unit-code-of-another-school",
        ),
    ],
)
def test_what_does_not_fit_is_said_where_it_is_written(file: str, text: str, code: str, line: int, column: int) -> None:
    found = seen(load_with({file: text}))

    assert [(one.code, one.file, one.line, one.column) for one in found] == [(code, file, line, column)]


def test_a_group_within_one_of_another_platform() -> None:
    school = changed(SCHOOL, "audience: pupils\n    within", "audience: pupils\n    owns: all\n    within")
    school = school.replace(
        "platform: chromeos\n    audience: pupils\n    owns", "platform: ipados\n    audience: pupils\n    owns"
    )

    assert seen(load_with({SCHOOL_FILE: school})) == [
        Seen(code="WITHIN-PLATFORM", file=SCHOOL_FILE, line=24, column=13)
    ]


def test_two_that_claim_one_earlier_name() -> None:
    catalog = CATALOG.replace("    status: approved", "    previously: [pdf]\n    status: approved")
    loaded = load_with({"app-catalogs/appar.yaml": catalog})

    assert [(one.code, one.line, one.column) for one in seen(loaded)] == [("PREVIOUSLY-TWICE", 15, 18)]
    assert loaded.findings[0].values["other"] == "app-catalogs/appar.yaml:8"


def test_names_that_a_broken_file_would_have_defined_are_not_called_unknown() -> None:
    loaded = load_with({SCHOOL_FILE: "id: [", "policies/exceptions/prov.yaml": write_exception()})

    assert [(one.code, one.file) for one in seen(loaded)] == [("SYNTAX-BRACKET", SCHOOL_FILE)]


def test_leave_for_devices_of_a_group_that_goes_is_no_error() -> None:
    """The plan itself says to write so, when a group is taken away."""
    text = (
        'id: augusti\nbackend: chrome\nreason: x\nuntil: "2026-08-31"\n'
        "moves: [{from: norrskolan/borttagen, into: norrskolan/forrad, at_most: 90}]\n"
    )
    loaded = load_with({"policies/allowances/augusti.yaml": text})

    assert [(one.code, one.line, one.column) for one in seen(loaded)] == [("ALLOWANCE-FROM-GONE", 5, 16)]
    assert [one.severity.value for one in loaded.findings] == ["warning"]


CHROME = "  - {id: chrome, kind: google, customer: C0123abcd, root: /Enheter}\n"
PADS = '  - {{id: {id}, kind: zentral, url: "{url}", blueprint: {blueprint}{more}}}\n'


def with_two_servers(url: str, first: str, second: str) -> list[Seen]:
    one = PADS.format(id="plattor", url="https://mdm.example.se", blueprint="Skolor", more=first)
    two = PADS.format(id="prov", url=url, blueprint="Prov", more=second)
    return seen(load_with({"organisation.yaml": changed(ORGANISATION, CHROME, CHROME + one + two)}))


@pytest.mark.parametrize(
    ("url", "first", "second"),
    [
        ("https://mdm.example.se", "", ""),
        ("https://mdm.example.se:443/", "", ""),
        ("https://mdm.example.se", ", prefix: vidala", ", prefix: vidala-"),
    ],
    ids=["one address", "written otherwise", "the hyphen is added"],
)
def test_two_backends_on_one_zentral_server_have_names_apart(url: str, first: str, second: str) -> None:
    """Each would delete the other's tags as leftovers, whatever their blueprints."""
    (found,) = with_two_servers(url, first, second)

    assert (found.code, found.file, found.line) == ("BACKENDS-ALIKE", "organisation.yaml", 8)


@pytest.mark.parametrize(
    ("url", "second"),
    [("https://mdm.example.se", ", prefix: prov-"), ("https://mdm2.example.se", "")],
    ids=["a prefix", "another server"],
)
def test_backends_whose_names_are_apart_are_right(url: str, second: str) -> None:
    assert with_two_servers(url, "", second) == []
