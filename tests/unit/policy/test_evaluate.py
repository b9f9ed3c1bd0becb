"""What rules say of schools, units, groups, apps, assignments and settings, and what they say where they can't be answered."""

from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from reconciler.model.policy import Outcome
from reconciler.policy.judging import judge_rules
from tests.unit.load.writing import CATALOG, SCHOOL, SCHOOL_FILE, changed
from tests.unit.policy.asking import CATALOG_FILE, RULE_FILE, TODAY, judged, outcomes, rule, side

ROLES = """\
roles:
  principal: {contact: rektor.norrskolan@example.se, deputy: bitr.norrskolan@example.se, review_by: "2026-11-22"}
  app_managers: {contact: anna.svensson@example.se, at_least: 1, review_by: "2026-11-20"}
  user_support: {vklass: {contact: vklass.norrskolan@example.se}}
pupils: {as_of: "2026-10-15", by_grade: {F-3: 88, 4-6: 74}}
holding:"""
WITH_ROLES = changed(SCHOOL, "holding:", ROLES)


@pytest.mark.parametrize(
    ("require", "met"),
    [
        ("school.name == 'Norrskolan'", True),
        ("school.school_forms == ['förskoleklass', 'grundskola']", True),
        ("school.grades == [0, 1, 2, 3, 4, 5, 6]", True),
        ("school.pupils == 162", True),
        ("school.expected_pupil_devices == 74", True),
        ("school.principal.deputy == 'bitr.norrskolan@example.se'", True),
        ("school.principal.review_in_days == 1", True),
        ("school.app_managers.review_in_days == -1", True),
        ("school.it_support.review_in_days == null && !school.it_support.known", True),
        ("school.principal.function_account && !school.app_managers.function_account", True),
        ("school.app_managers.at_least >= 2", False),
        ("school.user_support == ['vklass']", True),
        ("school.roles.exists(r, r.role == 'user_support' && r.system == 'vklass')", True),
        (
            (
                "school.spans == [{'first': 0, 'last': 3, 'pupils': 88, 'devices': 0, 'live': 0}, "
                "{'first': 4, 'last': 6, 'pupils': 74, 'devices': 74, 'live': 0}] && !school.live_known"
            ),
            True,
        ),
        ("school.groups.exists(g, g.id == 'elever-4-6' && g.expected == 74 && g.has_users)", True),
        ("school.groups.exists(g, g.id == 'forrad' && g.expected == null && !g.has_users)", True),
        ("organisation.name == 'Vidala kommun' && today == '2026-11-21'", True),
        ("size(school.name) == 10 && school.name.matches('^[A-Ö]')", True),
    ],
)
def test_what_is_known_of_a_school(require: str, met: bool) -> None:
    files = {SCHOOL_FILE: WITH_ROLES, RULE_FILE: rule("school", f'"{require}"')}

    assert outcomes(judged(files).verdicts) == {"norrskolan": "met" if met else "not-met"}


def test_a_unit_is_named_by_its_code() -> None:
    files = {RULE_FILE: rule("unit", "\"'grundskola' in unit.school_forms && unit.grades[0] == 0 && school.id != ''\"")}

    assert outcomes(judged(files).verdicts) == {"12345678": "met"}


def test_a_group_with_what_is_wanted_there() -> None:
    require = (
        "\"group.apps.exists(a, a.id == 'kami' && a.mode == 'required') && group.settings['incognito'] == 'blocked'\""
    )
    files = {RULE_FILE: rule("group", require, when="group.audience == 'pupils'")}

    assert outcomes(judged(files).verdicts) == {"norrskolan/elever-4-6": "met", "norrskolan/pilot": "met"}


def test_an_app_with_its_record_and_its_use() -> None:
    record = 'status: approved\n    review_by: "2026-11-20"\n    data_protection: {agreement: signed, third_country: dpf, checked: "2026-11-01"}'
    catalog = changed(
        CATALOG,
        'read: "2026-11-21"}\n    status: approved\n    decision: {meeting: "2026-09-02", reference: ITR 2026:14, reason: Lässtöd.}',
        f'read: "2026-11-21"}}\n    {record}\n    decision: {{meeting: "2026-09-02", reference: ITR 2026:14, reason: Lässtöd.}}',
    )
    require = (
        "\"app.review_in_days == -1 && app.agreement == 'signed' && app.third_country == 'dpf' && app.checked_days_ago == 20"
        " && app.decided == '2026-09-02' && app.used_by_groups == 2 && app.used_for == ['pupils'] && app.used_on == ['chromeos']\""
    )
    files = {CATALOG_FILE: catalog, RULE_FILE: rule("app", require)}

    assert outcomes(judged(files).verdicts) == {"kami": "met", "scratch": "not-met"}


def test_an_app_in_a_group_stands_at_the_line_that_asks_for_it() -> None:
    files = {RULE_FILE: rule("assignment", "app.id != 'kami'", when="group.id == 'norrskolan/elever-4-6'")}
    found = judged(files)

    assert outcomes(found.verdicts) == {
        "norrskolan/elever-4-6:kami": "not-met",
        "norrskolan/elever-4-6:scratch": "met",
    }
    assert [(one.code, one.severity.value, one.subject) for one in found.findings] == [
        ("RULE-NOT-MET", "error", "norrskolan/elever-4-6:app:kami")
    ]
    assert found.verdicts[0].subject.at is not None
    assert found.verdicts[0].subject.at.path == ("groups", 0, "apps", "required", 0)


def test_a_setting_in_a_group() -> None:
    files = {RULE_FILE: rule("setting", "setting.value == 'allowed'", when="setting.layer == 'group'", effect="warn")}
    found = judged(files)

    assert outcomes(found.verdicts) == {
        "norrskolan/elever-4-6:incognito": "not-met",
        "norrskolan/pilot:incognito": "not-met",  # from the group that it is within
    }
    assert [(one.severity.value, one.subject) for one in found.findings] == [
        ("warning", "norrskolan/elever-4-6:setting:incognito"),
        ("warning", "norrskolan/pilot:setting:incognito"),
    ]


def test_what_fails_is_not_evaluated_and_an_error_at_the_rules_line() -> None:
    other = rule("group", "group.name != 'x'", name="annan")
    files = {RULE_FILE: rule("group", "group.expected > 3"), "policies/guardrails/annan.yaml": other}
    found = judged(files)

    assert outcomes(one for one in found.verdicts if one.rule == "prov") == {
        "norrskolan/elever-4-6": "met",
        "norrskolan/forrad": "not-evaluated",
        "norrskolan/pilot": "not-evaluated",
    }
    assert {one.outcome for one in found.verdicts if one.rule == "annan"} == {Outcome.MET}
    assert [(one.code, one.severity.value, one.subject, one.values["count"]) for one in found.findings] == [
        ("RULE-FAILED", "error", "rule:prov", "2")
    ]


def test_a_condition_that_fails_is_not_evaluated_either() -> None:
    files = {RULE_FILE: rule("group", "group.shared", when="group.expected > 3")}

    assert outcomes(judged(files).verdicts)["norrskolan/pilot"] == "not-evaluated"


def test_a_loop_without_end_is_given_up() -> None:
    """More rounds than the engine takes on."""
    many = f"[{', '.join(map(str, range(120)))}]"
    loops = f"{many}.all(a, {many}.all(b, school.pupils < 1000))"
    found = judged({RULE_FILE: rule("school", f'"{loops}"')})

    assert outcomes(found.verdicts) == {"norrskolan": "not-evaluated"}
    assert "budget" in found.verdicts[0].detail


def test_a_rule_that_takes_too_long_is_asked_no_more_and_takes_no_time_from_another() -> None:
    """A clock on which every evaluation takes four seconds: of ten, two rules have five each."""
    other = rule("group", "group.name != 'x'", name="annan")
    here = side({RULE_FILE: rule("group", "group.name != 'y'"), "policies/guardrails/annan.yaml": other})
    found = judge_rules(replace(here, clock=count(step=4).__next__), TODAY)

    assert [(one.subject.id, one.rule, one.outcome.value) for one in found.verdicts] == [
        ("norrskolan/elever-4-6", "annan", "met"),
        ("norrskolan/elever-4-6", "prov", "met"),
        ("norrskolan/forrad", "annan", "met"),
        ("norrskolan/forrad", "prov", "met"),
        ("norrskolan/pilot", "annan", "not-evaluated"),
        ("norrskolan/pilot", "prov", "not-evaluated"),
    ]
    assert [(one.code, one.subject, one.values["count"]) for one in found.findings] == [
        ("RULE-FAILED", "rule:annan", "1"),
        ("RULE-FAILED", "rule:prov", "1"),
    ]
    assert "så lång tid" in found.findings[0].values["problem.sv"]
    assert [one.rule for one in found.unasked] == ["annan", "prov"]


@pytest.mark.parametrize(
    ("more", "as_of", "asked"),
    [
        ("active: false\n", date(2026, 11, 21), 0),
        ('from: "2026-11-22"\n', date(2026, 11, 21), 0),
        ('from: "2026-11-22"\n', date(2026, 11, 22), 1),
        ('until: "2026-11-21"\n', date(2026, 11, 21), 1),
        ('until: "2026-11-21"\n', date(2026, 11, 22), 0),
    ],
)
def test_a_rule_is_asked_on_its_days(more: str, as_of: date, asked: int) -> None:
    files = {RULE_FILE: rule("school", "school.pupils > 0", more=more)}

    assert len(judged(files, as_of=as_of).verdicts) == asked


def test_the_message_says_what_it_is_about() -> None:
    text = rule("group", "group.shared", when="group.id.endsWith('elever-4-6')")
    files = {RULE_FILE: text.replace("{sv: Nej,", "{sv: '{group.name} i {group.school_forms} ({group.expected})',")}
    found = judged(files)

    assert found.findings[0].values["message.sv"] == "Elever åk 4–6 i grundskola (74)"
    assert found.findings[0].values["message.en"] == "No"


def test_an_exception_excuses_and_nothing_is_said() -> None:
    grant = (
        'id: undantag\nrule: prov\nsubjects: [norrskolan]\nowner: it\nreason: x\nfrom: "2026-09-01"\nuntil: "2027-06-11"\n'
        'decision: {body: Skolchef, date: "2026-08-10", reference: Delegation 2026-14}\n'
    )
    files = {RULE_FILE: rule("school", "school.pupils > 0"), "policies/exceptions/undantag.yaml": grant}
    found = judged(files)

    assert [(one.outcome, one.waived_by) for one in found.verdicts] == [(Outcome.WAIVED, "undantag")]
    assert found.findings == ()
