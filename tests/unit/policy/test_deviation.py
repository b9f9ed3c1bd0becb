"""How far schools are from their baselines, and what a breach's message calls things."""

from collections.abc import Mapping

from reconciler.policy.deviation import Deviation, deviations
from tests.unit.load.writing import changed
from tests.unit.policy.asking import RULE_FILE, judged, rule, side

GRANT = """\
id: prov
rule: prov
subjects: [norrskolan]
owner: it
reason: Prov
decision: {body: Skolchef, date: "2026-09-14", reference: BUN 2026/1}
from: "2026-09-14"
until: "2027-01-29"
"""


def deviation(files: Mapping[str, str]) -> Deviation:
    state = side(files).state
    assert state is not None
    (found,) = deviations(state, judged(files).verdicts)
    return found


def test_an_exception_from_a_rule_counts_once_and_no_longer_as_a_breach() -> None:
    files = {RULE_FILE: rule("group", "group.pays_devices != ''", when="group.audience == 'pupils'")}
    excused = {**files, "policies/exceptions/prov.yaml": GRANT}
    breached, let_off = deviation(files), deviation(excused)

    assert (breached.exceptions, breached.breaches) == (0, 2)
    assert (let_off.exceptions, let_off.breaches) == (1, 0)
    assert let_off.total == breached.total + 1


def test_a_message_calls_platforms_and_environments_what_people_call_them() -> None:
    text = changed(
        rule("group", "group.pays_devices != ''"),
        "{sv: Nej,",
        '{sv: "{group.platform} {group.environment} {group.id}",',
    )
    found = judged({RULE_FILE: text}).findings

    assert found[0].values["message.sv"] == "Chromebook Google norrskolan/elever-4-6"


def test_a_unit_without_a_name_is_called_by_its_code() -> None:
    text = changed(rule("unit", "unit.code == ''"), "{sv: Nej,", '{sv: "{unit.name}",')

    assert judged({RULE_FILE: text}).findings[0].values["message.sv"] == "12345678"
