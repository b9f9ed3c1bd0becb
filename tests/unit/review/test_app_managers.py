"""What a school's own app managers approve, and what they don't."""

from collections.abc import Mapping

import pytest

from reconciler.reconcile.review import review_trees
from reconciler.report.review_view import review_view
from reconciler.report.words import Words
from tests.unit.catalogue.records import CATALOG, FILES, RECORDS, TODAY, with_records
from tests.unit.load.writing import SCHOOL, SCHOOL_FILE, changed, tree_of

WISHES = "    apps: {required: [kami], available: [scratch]}\n"
MANAGERS = "roles: {app_managers: {team: norrskolan-appar, at_least: 2}}\n"
EMPTY = changed(changed(SCHOOL, WISHES, ""), "holding:", f"{MANAGERS}holding:")
ALONE = "roles: {app_managers: {contact: appar.norrskolan@example.se}}\n"
WITHOUT_TEAM = changed(EMPTY, MANAGERS, ALONE)
BEFORE: Mapping[str, str] = {**FILES, SCHOOL_FILE: EMPTY}
USERS = '    users: {org_units: ["/Elever/Norrskolan/[4-6]?"]}\n'
THEIRS = "app-managers:norrskolan"
QUEUED = with_records(
    ("status: approved-with-conditions\n    conditions: [Utan konto.]\n", 'status: queued\n    queued: "2026-08-01"\n')
)[CATALOG].replace('    decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 4, reason: Programmering.}\n', "")


def school(apps: str, *changes: tuple[str, str]) -> str:
    text = changed(EMPTY, USERS, f"{USERS}    apps: {{{apps}}}\n")
    for old, new in changes:
        text = changed(text, old, new)
    return text


def licences(number: int) -> dict[str, str]:
    priced = "licence: device, seats: %d, price: {kronor: 49.5, per: device, period: school-year}" % number  # noqa: UP031 - braces
    return with_records(("price: {kronor: 49.5, per: user, period: school-year}", priced))


def owners(base: Mapping[str, str], head: Mapping[str, str]) -> list[str]:
    found = review_trees(tree_of(base), tree_of(head), TODAY).review
    assert found is not None
    return [one.owner for one in found.approvals]


@pytest.mark.parametrize(
    ("apps", "expected"),
    [
        ("available: [scratch]", [THEIRS]),
        ("required: [kami], available: [scratch]", [THEIRS]),
        ('available: [{app: scratch, from: "2027-01-11"}]', ["education"]),
        ("blocked: [scratch]", ["education"]),
        ("available: [scratch, onskad]", ["education"]),  # nobody has decided on it, and it isn't for this platform
        ("available: [nekad]", ["education"]),
    ],
)
def test_approved_apps_on_the_terms_of_the_council(apps: str, expected: list[str]) -> None:
    assert owners(BEFORE, {**BEFORE, SCHOOL_FILE: school(apps)}) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (school("available: [kami]"), school("available: [kami, scratch]"), [THEIRS]),
        (school("available: [kami]"), school("available: [scratch]"), ["education"]),
        (school("available: [scratch]"), school("required: [scratch]"), ["education"]),
        # Something else beside it has its own owners too
        (EMPTY, school("available: [scratch]", ("expected: 74", "expected: 80")), ["it", THEIRS]),
        (EMPTY, school("available: [scratch]", ("settings: {incognito: blocked}", "settings: {}")), ["it", "education", THEIRS]),
        # The group and the app managers are those of before
        (changed(EMPTY, "grades: 4-6\n", "grades: 1-3\n"), school("available: [kami]"), ["it", "education"]),
        (changed(EMPTY, MANAGERS, ""), school("available: [scratch]"), ["it", "education"]),
        # Nobody can be told to be one of theirs
        (WITHOUT_TEAM, changed(school("available: [scratch]"), MANAGERS, ALONE), ["education"]),
    ],
)  # fmt: skip
def test_lines_beside_it(before: str, after: str, expected: list[str]) -> None:
    assert owners({**FILES, SCHOOL_FILE: before}, {**FILES, SCHOOL_FILE: after}) == expected


def test_an_app_that_is_approved_by_the_same_change_is_not_theirs_yet() -> None:
    base = {**BEFORE, CATALOG: QUEUED}

    assert owners(base, {**BEFORE, SCHOOL_FILE: school("available: [scratch]")}) == ["education"]


def test_an_approval_that_does_not_hold_is_nobodys_to_use() -> None:
    wrong = changed(RECORDS, "reference: ITR 2026:14 § 4", "reference: ITR 2026:3 § 4")

    assert owners(
        {**BEFORE, CATALOG: wrong}, {**BEFORE, CATALOG: wrong, SCHOOL_FILE: school("available: [scratch]")}
    ) == ["education"]


@pytest.mark.parametrize(("number", "expected"), [(74, THEIRS), (73, "education")])
def test_licences_that_there_are(number: int, expected: str) -> None:
    base = {**BEFORE, CATALOG: licences(number)[CATALOG]}

    assert owners(base, {**base, SCHOOL_FILE: school("available: [kami]")}) == [expected]


def test_more_licences_in_the_same_change_are_not_there_yet() -> None:
    base, head = ({**BEFORE, CATALOG: licences(number)[CATALOG]} for number in (73, 74))

    assert owners(base, {**head, SCHOOL_FILE: school("available: [kami]")}) == ["it", "education"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("sv", "en appansvarig på Norrskolan (appar i grupperna)"),
        ("en", "an app manager at Norrskolan (apps in groups)"),
    ],
)
def test_it_is_said_in_words(lang: str, said: str) -> None:
    found = review_trees(tree_of(BEFORE), tree_of({**BEFORE, SCHOOL_FILE: school("available: [scratch]")}), TODAY)
    shown = review_view(found.review, Words(lang=lang), base="main")

    assert said in str(shown)
