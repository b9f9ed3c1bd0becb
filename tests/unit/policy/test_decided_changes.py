"""What was decided is changed by a decision: baselines, MGN and exceptions from one revision to the next, at the line."""

import pytest

from reconciler.load.shared import hash_of
from reconciler.model.place import Position
from reconciler.policy.decided_changes import check_decided_changes
from reconciler.policy.excused_at_once import excused_loosenings
from tests.unit.load.test_policy_files import MGN, MGN_FILE
from tests.unit.load.writing import FILES, ORGANISATION, SCHOOL, SCHOOL_FILE, changed, load_with
from tests.unit.policy.asking import side

BASELINE_FILE = "policies/baselines/elever.yaml"
BASELINE = """\
id: elever
name: Elever
rationale: Lika för alla.
decision: {body: Nämnden, date: "2026-05-20", reference: BUN 2026/114}
applies_to: {school_forms: [grundskola, förskoleklass], audiences: [pupils]}
apps:
  required: [kami]
  available: [scratch]
settings:
  incognito: blocked
  developer-tools: blocked
"""
NEW_DECISION = ('date: "2026-05-20", reference: BUN 2026/114', 'date: "2026-11-18", reference: BUN 2026/300')

Said = list[tuple[str, str, int]]


def said(file: str, before: str | None, after: str | None) -> Said:
    """Code, what was changed, and its line."""
    base, head = load_with({file: before}), load_with({file: after})
    assert base.documents is not None
    assert head.documents is not None
    found = []
    for one in check_decided_changes(base.documents, head.documents):
        assert one.place is not None
        assert one.severity.value == "error"
        found.append((one.code, one.values["what"], head.locate(one.place).line))
    return found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  incognito: blocked\n", "  incognito: allowed\n", [("incognito", 10)]),
        ("  required: [kami]\n", "  required: [kami, scratch]\n", [("scratch", 7)]),
        ("  available: [scratch]\n", "", [("scratch", 6)]),
        ("  developer-tools: blocked\n", "", [("developer-tools", 9)]),
        ("audiences: [pupils]", "audiences: [staff]", [("applies_to", 5)]),
        ("apps:\n", "# Läsår 2026-27\napps:\n", []),
        ("school_forms: [grundskola, förskoleklass]", "school_forms: [förskoleklass, grundskola]", []),
        (
            "  incognito: blocked\n  developer-tools: blocked\n",
            "  developer-tools: blocked\n  incognito: blocked\n",
            [],
        ),
        ("rationale: Lika för alla.", "rationale: Lika för alla elever.", []),
    ],
)
def test_a_decided_baseline(old: str, new: str, expected: list[tuple[str, int]]) -> None:
    after = changed(BASELINE, old, new)

    assert said(BASELINE_FILE, BASELINE, after) == [("BASELINE-WITHOUT-DECISION", *one) for one in expected]
    assert said(BASELINE_FILE, BASELINE, changed(after, *NEW_DECISION)) == []


def test_no_decision_at_all_and_another_name_for_it_are_no_new_decision() -> None:
    looser = changed(BASELINE, "incognito: blocked", "incognito: allowed")
    undecided = changed(looser, 'decision: {body: Nämnden, date: "2026-05-20", reference: BUN 2026/114}\n', "")

    assert said(BASELINE_FILE, BASELINE, undecided) == [("BASELINE-WITHOUT-DECISION", "incognito", 9)]
    renamed = changed(looser, "body: Nämnden", "body: Barn- och utbildningsnämnden")
    assert said(BASELINE_FILE, BASELINE, renamed) == [("BASELINE-WITHOUT-DECISION", "incognito", 10)]
    assert said(BASELINE_FILE, undecided, looser) == []


def test_a_decided_baseline_is_emptied_by_a_decision_before_it_is_removed() -> None:
    emptied = changed(BASELINE[: BASELINE.index("apps:")], *NEW_DECISION)

    assert said(BASELINE_FILE, BASELINE, None) == [("BASELINE-REMOVED", "", 1)]
    assert said(BASELINE_FILE, BASELINE, emptied) == []
    assert said(BASELINE_FILE, emptied, None) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("text: Närvaro förs varje lektion.", "text: Närvaro förs varje dag.", [("narvaro", 9)]),
        ("  - id: tva-faktorer\n    level: BÖR", "  - id: tva-faktorer\n    level: SKA", [("tva-faktorer", 16)]),
        ("  - id: tva-faktorer", "  - id: inloggning", [("inloggning", 15), ("tva-faktorer", 6)]),
        ("reference: BUN 2026/114", "reference: BUN 2026/115", [("decision", 4)]),
        ("requirements:\n", "# Lika för alla\nrequirements:\n", []),
        ("[{role: rektor}, {role: superanvändare}", "[{role: superanvändare}, {role: rektor}", []),
        ("state: adopted", "state: draft", [("state", 3)]),
    ],
)
def test_an_adopted_mgn_stays_as_it_is(old: str, new: str, expected: list[tuple[str, int]]) -> None:
    assert said(MGN_FILE, MGN, changed(MGN, old, new)) == [("MGN-EDITED", *one) for one in expected]


def test_requirements_in_another_order_say_the_same() -> None:
    start, second = MGN.index("  - id: narvaro"), MGN.index("  - id: tva-faktorer")

    assert said(MGN_FILE, MGN, MGN[:start] + MGN[second:] + MGN[start:second]) == []


def test_a_draft_is_edited_and_removed_freely_and_an_adopted_version_stays() -> None:
    draft = changed(MGN, "state: adopted", "state: draft")

    assert said(MGN_FILE, draft, changed(draft, "varje lektion", "varje dag")) == []
    assert said(MGN_FILE, draft, None) == []
    assert said(MGN_FILE, MGN, None) == [("MGN-REMOVED", "", 1)]


def test_a_version_is_adopted_by_a_decision_of_its_own() -> None:
    later = changed(MGN, "school_year: 2026-27\n", "school_year: 2027-28\nreplaces: 2026-27\n")
    file = "policies/mgn/2027-28/grundskola.yaml"
    base = load_with({MGN_FILE: MGN}).documents
    assert base is not None

    def found(text: str) -> list[tuple[str, object]]:
        head = load_with({MGN_FILE: MGN, file: text})
        assert head.documents is not None
        return [(one.code, head.locate(one.place)) for one in check_decided_changes(base, head.documents) if one.place]

    assert found(later) == [("MGN-WITHOUT-DECISION", Position(file=file, line=5, column=65))]
    assert found(changed(later, "BUN 2026/114", "BUN 2027/90")) == []
    assert found(changed(later, "state: adopted", "state: draft")) == []


# --- exceptions ---------------------------------------------------------------------------------------------------

GRANT_FILE = "policies/exceptions/prov.yaml"
GRANT = """\
id: prov
setting: incognito
groups: [norrskolan/elever-4-6]
owner: education
reason: Prov
decision: {body: rektor, date: "2026-09-01", reference: § 4}
until: "2027-01-31"
"""
LOOSE = changed(SCHOOL, "incognito: blocked", "incognito: allowed")


def at_once(head: dict[str, str], base: dict[str, str]) -> list[tuple[str, str]]:
    now, before = (side({BASELINE_FILE: BASELINE, **files}) for files in (head, base))
    assert now.state is not None
    assert before.state is not None
    found = excused_loosenings(now.documents, now.state, before.documents, before.state)
    return [(one.code, one.subject) for one in found]


BOTH = {GRANT_FILE: GRANT, SCHOOL_FILE: LOOSE}


def test_an_exception_from_a_setting_does_not_come_with_what_it_permits() -> None:
    assert at_once(BOTH, {}) == [("EXCEPTION-WITH-BREACH", "norrskolan/elever-4-6:setting:incognito")]
    assert at_once(BOTH, {GRANT_FILE: GRANT}) == []
    assert at_once({GRANT_FILE: GRANT}, {}) == []
    assert at_once(BOTH, BOTH) == []


def test_one_that_is_prolonged_or_widened_with_what_it_permits_is_new_there() -> None:
    ended = changed(GRANT, '"2027-01-31"', '"2026-11-01"')
    elsewhere = changed(GRANT, "norrskolan/elever-4-6", "norrskolan/forrad")

    assert [code for code, _ in at_once(BOTH, {GRANT_FILE: ended})] == ["EXCEPTION-WITH-BREACH"]
    assert [code for code, _ in at_once(BOTH, {GRANT_FILE: elsewhere})] == ["EXCEPTION-WITH-BREACH"]


def test_one_for_a_group_that_kept_its_line_while_the_baseline_was_tightened() -> None:
    before = {BASELINE_FILE: changed(BASELINE, "  incognito: blocked\n", ""), SCHOOL_FILE: LOOSE}

    assert at_once(BOTH, before) == []


def test_an_exception_from_what_an_app_may_be() -> None:
    required = changed(BASELINE, "  required: [kami]\n  available: [scratch]\n", "  required: [kami, scratch]\n")
    without = changed(SCHOOL, ", available: [scratch]", "")
    grant = changed(GRANT, "setting: incognito", "app: scratch")
    head = {BASELINE_FILE: required, GRANT_FILE: grant}

    expected = [("EXCEPTION-WITH-BREACH", "norrskolan/elever-4-6:app:scratch")]
    assert at_once(head, {BASELINE_FILE: required, SCHOOL_FILE: without}) == expected
    assert at_once(head, {**head, SCHOOL_FILE: without}) == []


def test_what_others_decided_binds_nobody_here() -> None:
    before = {**FILES, **shared_with(BASELINE)}
    after = {**FILES, **shared_with(BASELINE.replace("incognito: blocked", "incognito: allowed"))}
    base, head = load_with(before).documents, load_with(after).documents
    assert base is not None
    assert head is not None

    assert list(check_decided_changes(base, head)) == []
    assert list(check_decided_changes(base, load_with({}).documents or base)) == []


def shared_with(baseline: str) -> dict[str, str]:
    path = "policies/baselines/elever.yaml"
    pin = hash_of({path: baseline.encode()})
    listed = f'shared: [{{id: skollan, from: ../gemensamt, hash: "{pin}"}}]\n'
    return {"organisation.yaml": ORGANISATION + listed, f"shared/skollan/{path}": baseline}
