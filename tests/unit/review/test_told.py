"""What is said of rules, MGN, places and the organisation: by the smallest edit that means something."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from reconciler.load.tree import Tree, read_tree
from reconciler.reconcile.review import review_trees
from reconciler.review.review import Review
from reconciler.review.told import Told
from tests.unit.load.writing import changed

COMMON = Path(__file__).parents[2] / "reviews" / "common"
NORR = "schools/norrskolan.yaml"
MGN = "policies/mgn/2026-27/grundskola.yaml"
ORGANISATION = "organisation.yaml"
RULE = "policies/guardrails/r.yaml"
RULES = """\
id: r
title: Regler
rules:
  - id: en-regel
    effect: block
    owner: education
    on: group
    when: group.audience == 'pupils'
    require: group.name != ''
    message: {sv: "{group.name} saknar namn.", en: "{group.name} has no name."}
    rationale: Namn behövs.
    source: {kind: decision, text: "BUN 2026/1"}
"""
ALLOWANCE = """\
id: augusti
backend: chrome
reason: Klasserna flyttar upp.
moves:
  - {from: norrskolan/elever-f-3, into: norrskolan/elever-4-6, at_most: 30}
until: "2026-12-31"
"""


def common() -> dict[str, bytes]:
    return dict(read_tree(COMMON).files)


def review(head: Mapping[str, str], base: Mapping[str, str] | None = None) -> Review:
    found = review_trees(tree(base or {}), tree(head), date(2026, 11, 22))
    assert found.unread == ()
    assert found.review is not None
    return found.review


def tree(edits: Mapping[str, str]) -> Tree:
    return Tree(files=dict(sorted({**common(), **{path: text.encode() for path, text in edits.items()}}.items())))


def said(found: Review) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.area, one.action, tuple(fact.code for fact in one.facts)) for one in found.told]


def only(found: Review) -> Told:
    (one,) = found.told
    return one


def edited(path: str, old: str, new: str) -> dict[str, str]:
    return {path: changed(common()[path].decode(), old, new)}


@pytest.mark.parametrize(
    ("old", "new", "facts"),
    [
        ("effect: block", "effect: warn", ("RULE-SAYS", "RULE-LOOSENED")),
        ("effect: block", "effect: block\n    active: false", ("RULE-SAYS", "RULE-OFF")),
        ("group.name != ''", "group.name != 'x'", ("RULE-ASKS-OTHERWISE",)),
        ("owner: education", "owner: it", ("RULE-OWNER",)),
        ("Namn behövs.", "Alla ska heta något.", ("RULE-WORDS",)),
        ("    rationale:", '    until: "2027-06-30"\n    rationale:', ("RULE-DAYS",)),
        ("when: group.audience == 'pupils'", "when:  group.audience   == 'pupils'", None),
    ],
)
def test_a_rule(old: str, new: str, facts: tuple[str, ...] | None) -> None:
    found = review({RULE: changed(RULES, old, new)}, {RULE: RULES})

    assert said(found) == ([("rule", "changed", facts)] if facts else [])


def test_a_rule_that_comes_and_one_that_goes() -> None:
    assert said(review({RULE: RULES})) == [("rule", "added", ("RULE-IS",))]
    assert said(review({}, {RULE: RULES})) == [("rule", "removed", ("RULE-WAS",))]


@pytest.mark.parametrize(
    ("old", "new", "facts"),
    [
        ("level: BÖR", "level: SKA", ("MGN-PROMOTED",)),
        ("level: BÖR", 'level: BÖR\n    becomes: {level: SKA, from: "2027-08-16"}', ("MGN-PROMOTED-FROM",)),
        ("Närvaro förs varje lektion.", "Närvaro förs dagligen.", ("MGN-REWORDED",)),
        ("Skolan ska kunna meddela hemmet samma dag.", "Skollagen.", ("MGN-EXPLAINED",)),
        ("introduction: Det här gör vi lika.", "introduction: Lika.", ("MGN-INTRODUCTION",)),
    ],
)
def test_an_mgn(old: str, new: str, facts: tuple[str, ...]) -> None:
    assert said(review(edited(MGN, old, new))) == [("mgn", "changed", facts)]


def test_the_day_that_a_level_changes_is_told_when_only_it_moves() -> None:
    dated = edited(MGN, "level: BÖR", 'level: BÖR\n    becomes: {level: SKA, from: "2027-08-16"}')
    later = {path: text.replace("2027-08-16", "2028-01-10") for path, text in dated.items()}
    one = only(review(later, dated))

    assert [fact.code for fact in one.facts] == ["MGN-LEVEL-DAY"]
    assert (one.facts[0].values["was_day"], one.facts[0].values["day"]) == ("2027-08-16", "2028-01-10")


def test_what_a_school_attests_is_told_and_no_other_change_of_its_units() -> None:
    before = edited(NORR, "holding:", "mgn: {grundskola: 2026-27}\nholding:")
    attested = 'mgn: {grundskola: {version: 2026-27, attested: {narvaro: "2026-11-20"}}}\nholding:'

    assert said(review(edited(NORR, "holding:", attested), before)) == [("mgn", "changed", ("MGN-ANSWERED-BY",))]


def test_other_devices_by_serial_number_are_counted_also_where_they_are_as_many() -> None:
    with_serials = edited(
        NORR, '{match: {location: "NORR F-3*"}, expected: 44}', "{serials: [5CD1234567], expected: 1}"
    )
    swapped = {path: text.replace("5CD1234567", "5CD7654321") for path, text in with_serials.items()}
    one = only(review(swapped, with_serials))

    assert [(fact.code, fact.values) for fact in one.facts] == [("GROUP-SERIALS", {"come": "1", "gone": "1"})]
    assert one.differences == ()


def test_the_organisations_systems_are_named_without_their_identifiers() -> None:
    one = only(review(edited(ORGANISATION, "mode: apply, customer: C0123abcd", "mode: observe, customer: C0999zzzz")))

    assert [(each.path, each.before, each.after, each.hidden) for each in one.differences] == [
        (("backends", "chrome", "customer"), None, None, True),
        (("backends", "chrome", "mode"), "apply", "observe", False),
    ]


def test_a_council_that_changes_is_told_role_by_role() -> None:
    base = edited(ORGANISATION, "{role: rektor, seats: 2}", "{role: rektor, seats: 3}")
    head = {
        ORGANISATION: base[ORGANISATION]
        .replace("seats: 3}, {role: lärare", "seats: 1}, {role: lärare")
        .replace("quorum: 4", "quorum: 3")
    }
    one = only(review(head, base))

    assert [(each.path, each.before, each.after) for each in one.differences] == [
        (
            ("council", "members"),
            ["rektor: 3", "lärare: 3", "skol-it: 1 (it)"],
            ["rektor: 1", "lärare: 3", "skol-it: 1 (it)"],
        ),
        (("council", "quorum"), 4, 3),
    ]


def test_the_order_of_routes_is_told() -> None:
    two = "  - {backend: chrome, platforms: [chromeos]}\n  - {backend: chrome, audiences: [staff]}\n"
    base = edited(ORGANISATION, "  - {backend: chrome, platforms: [chromeos]}\n", two)
    turned = {ORGANISATION: base[ORGANISATION].replace(two, "\n".join(two.rstrip().split("\n")[::-1]) + "\n")}

    assert [one.path for one in only(review(turned, base)).differences] == [("routes",)]


def test_a_role_is_named_and_its_address_is_not() -> None:
    role = "roles: {principal: {contact: rektor@vidala.example.se}}\nholding:"
    one = only(review(edited(NORR, "holding:", role)))

    assert [(fact.code, fact.values) for fact in one.facts] == [("ROLES", {"roles": "principal"})]
    assert one.differences == ()


def test_an_allowance_says_how_much_and_how_long() -> None:
    one = only(review({"policies/allowances/augusti.yaml": ALLOWANCE}))

    assert (one.area, one.action) == ("limit", "added")
    assert one.facts[0].values == {"backend": "chrome", "changes": "0", "devices": "30", "until": "2026-12-31"}


def test_a_baseline_that_reaches_nobody_says_so() -> None:
    nobody = (
        "id: komvux\nname: Komvux\nrationale: R.\napplies_to: {school_forms: [komvux]}\nsettings: {camera: blocked}\n"
    )
    one = only(review({"policies/baselines/komvux.yaml": nobody}))

    assert (one.area, one.action, [fact.code for fact in one.facts]) == (
        "baseline",
        "added",
        ["BASELINE-REACHES-NOBODY"],
    )


def test_a_file_that_could_not_be_read_before_is_no_new_school() -> None:
    broken = tree({NORR: "id: norrskolan\n  name: ["})
    found = review_trees(broken, tree({}), date(2026, 11, 22))

    assert (found.unread, found.unread_before) == ((), (NORR,))
    assert found.review is not None
    assert found.review.empty


def test_a_broken_file_that_is_new_is_left_out_and_named() -> None:
    found = review_trees(tree({}), tree({"schools/ny.yaml": "id: ["}), date(2026, 11, 22))

    assert [(one.code, one.place.file) for one in found.unread if one.place] == [("SYNTAX-BRACKET", "schools/ny.yaml")]
    assert found.review is not None
    assert found.review.empty
