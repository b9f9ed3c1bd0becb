"""`check` with the systems' devices: what was read is judged, what was not is not evaluated."""

import subprocess
from collections import Counter

import pytest

from reconciler.model.policy import Outcome, SubjectKind
from reconciler.reconcile.check import CheckRun, run_check
from reconciler.reconcile.live import LiveDevices, read_devices
from reconciler.reconcile.prepare import Prepared
from reconciler.texts import render
from tests.unit.reconcile.test_rules import write_rule
from tests.unit.reconcile.worlds import TODAY, World, second_backend


def checked(world: World, base: str | None = None) -> CheckRun:
    def read(prepared: Prepared) -> LiveDevices:
        return read_devices(prepared, world.wiring(), connect_to=world.connect)

    return run_check(world.root, TODAY, base, read)


def counted(run: CheckRun) -> Counter[tuple[str, str]]:
    """Verdicts by school and outcome."""
    return Counter((one.subject.school, one.outcome.value) for one in run.verdicts)


def test_rules_on_devices_are_asked_of_each_that_a_group_has(world: World) -> None:
    write_rule(world.root, "device.platform == 'chromeos'", "warn", on="device")

    assert counted(checked(world)) == {("norrskolan", "met"): 60, ("sjoskolan", "met"): 95}
    assert run_check(world.root, TODAY).verdicts == ()


def test_a_breach_on_a_device_is_a_finding_that_names_no_device(world: World) -> None:
    write_rule(world.root, "device.platform == 'x'", on="device")
    run = checked(world)
    found = [one for one in run.findings if one.code == "RULE-NOT-MET"]

    assert sorted(one.values["count"] for one in found) == ["45", "50", "60"]
    assert {render(one.code, one.values, "sv").message.rpartition(": ")[2] for one in found} == {
        "norrskolan/elever-4-6, 60 enheter)",
        "sjoskolan/elever-4-6, 45 enheter)",
        "sjoskolan/elever-7-9, 50 enheter)",
    }
    assert counted(run) == {("norrskolan", "not-met"): 60, ("sjoskolan", "not-met"): 95}
    assert {one.severity.value for one in found} == {"error"}
    assert all(one.subject.partition(":")[2] == "device" for one in found)
    assert not [one for one in found if "NORR0" in str(one) or "SJOM0" in str(one)]


def test_devices_of_a_system_that_did_not_answer_are_not_evaluated(world: World) -> None:
    second_backend(world)
    world.unreachable = {"reserv"}
    write_rule(world.root, "device.platform == 'chromeos'", "warn", on="device")
    run = checked(world)
    unread = [one for one in run.verdicts if one.outcome is Outcome.NOT_EVALUATED]

    assert counted(run)["norrskolan", "met"] == 60
    assert {(one.subject.school, one.subject.kind, one.reason) for one in unread} == {
        ("sjoskolan", SubjectKind.DEVICE, "DEVICES-UNREAD")
    }
    assert not [one for one in run.verdicts if one.subject.school == "sjoskolan" and one not in unread]
    assert "SANDBOX-NOT-STARTED" in [one.code for one in run.findings]


def test_how_many_devices_a_group_has_is_asked_of_what_was_read(world: World) -> None:
    when = "when: group.live != null && group.audience == 'pupils'\n"
    write_rule(world.root, "group.live > 50", "warn", on="group", dates=when)

    assert run_check(world.root, TODAY).verdicts == ()
    assert counted(checked(world)) == {
        ("norrskolan", "met"): 1,
        ("sjoskolan", "not-met"): 2,
    }


def test_an_exception_for_devices_is_judged_only_where_they_are(world: World) -> None:
    write_rule(world.root, "device.platform == 'x'", "warn", on="device")
    folder = world.root / "policies" / "exceptions"
    folder.mkdir(parents=True)
    (folder / "prov-undantag.yaml").write_text(
        "id: prov-undantag\nrule: prov\nsubjects: [norrskolan]\nowner: it\nreason: x\n"
        'decision: {body: x, date: "2026-10-01", reference: x}\nfrom: "2026-10-01"\nuntil: "2027-03-01"\n',
        "utf-8",
    )

    assert counted(checked(world)) == {("norrskolan", "waived"): 60, ("sjoskolan", "not-met"): 95}
    assert [one.code for one in run_check(world.root, TODAY).findings] == []

    write_rule(world.root, "device.platform == 'chromeos'", "warn", on="device")
    assert [one.code for one in checked(world).findings] == ["EXCEPTION-POINTLESS"]


@pytest.mark.parametrize(("live", "outcome"), [(True, "not-met"), (False, "not-evaluated")])
def test_an_mgn_that_a_rule_on_devices_verifies(world: World, live: bool, outcome: str) -> None:
    write_rule(world.root, "device.platform == 'x'", "warn", on="device")
    folder = world.root / "policies" / "mgn" / "2026-27"
    folder.mkdir(parents=True)
    (folder / "grundskola.yaml").write_text(
        "school_form: grundskola\nschool_year: 2026-27\nstate: adopted\n"
        'decision: {body: x, date: "2026-06-01", reference: x}\nparticipants: [{role: rektor}]\nrequirements:\n'
        "  - {id: a, level: SKA, text: x, system: x, process: x, role: x, rationale: x, verified_by: prov}\n",
        "utf-8",
    )
    run = checked(world) if live else run_check(world.root, TODAY)

    assert run.mgn
    assert {one.outcome.value for one in run.mgn} == {outcome}


def test_with_a_base_the_same_devices_are_asked_of_it(world: World) -> None:
    write_rule(world.root, "group.id != 'norrskolan/elever-4-6'", on="device")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(world.root), *words], check=True)
    run = checked(world, "HEAD")

    assert {cause.value for cause in run.causes.values()} == {"standing"}
    assert {one.severity.value for one in run.findings} == {"warning"}
