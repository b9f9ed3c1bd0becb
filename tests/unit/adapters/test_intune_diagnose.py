"""What `doctor` says of an Intune tenant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from reconciler.adapters.intune import api
from reconciler.adapters.intune.diagnose import Asked, diagnose
from reconciler.adapters.intune.errors import parse_error
from reconciler.adapters.intune.permissions import listed_permissions
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose
from reconciler.http.client import HttpClient
from reconciler.http.clock import VirtualTime
from reconciler.model.check import Check, CheckOutcome
from reconciler.texts import render
from reconciler.texts.rendering import PLACEHOLDER

TENANT = "11111111-2222-3333-4444-555555555555"
TODAY = "Wed, 18 Nov 2026 11:06:40 GMT"  # where VirtualTime begins, by `date -u`
READS = ("GROUPS", "ENTRA-DEVICES", "DEVICES", "APPS", "SETTINGS", "TOKENS")
ALL = frozenset(listed_permissions(Purpose.APPLY) + listed_permissions(Purpose.PLAN))
PLANS = frozenset(listed_permissions(Purpose.PLAN))


def apple(name: str, expires: str = "2027-06-30T00:00:00Z", state: str = "valid", sync: str = "completed") -> object:
    return {"id": name, "organizationName": name, "expirationDateTime": expires, "state": state, "lastSyncStatus": sync}


@dataclass
class Graph:
    """Answers every read with an empty list, or as it was told to by the end of the path."""

    answers: Mapping[str, httpx.Response] = field(default_factory=dict)
    tokens: list[object] = field(default_factory=list)
    date: str = TODAY
    asked: list[httpx.Request] = field(default_factory=list)
    time: VirtualTime = field(default_factory=VirtualTime)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        last = request.url.path.rpartition("/")[2]
        answer = self.answers.get(last)
        if answer is not None:
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        content = {"value": self.tokens if last == "vppTokens" else []}
        return httpx.Response(200, json=content, headers={"Date": self.date} if self.date else {})

    def diagnose(
        self, purpose: Purpose = Purpose.PLAN, roles: Callable[[], frozenset[str] | None] = lambda: PLANS
    ) -> list[Check]:
        clock = self.time.clock()
        graph = HttpClient(
            "https://graph.microsoft.com/",
            lanes=api.LANES,
            parse_error=parse_error,
            clock=clock,
            transport=httpx.MockTransport(self),
        )
        asked = Asked(
            graph=graph,
            backend="intune",
            tenant=TENANT,
            clock=clock,
            identity="app in tenant",
            hosts=("graph.microsoft.com", "login.microsoftonline.com"),
            purpose=purpose,
            roles=roles,
        )
        with graph:
            return list(diagnose(asked))


def outcomes(checks: list[Check]) -> dict[str, str]:
    return {check.code: check.outcome.value for check in checks}


def test_all_is_well_on_a_tenant_that_answers() -> None:
    graph = Graph(tokens=[apple("Vidala skolor")])

    found = outcomes(graph.diagnose())

    assert found == {
        "INTUNE-DOCTOR-HOST": "well",
        "INTUNE-DOCTOR-IDENTITY": "well",
        **{f"INTUNE-DOCTOR-{name}": "well" for name in READS},
        "INTUNE-DOCTOR-TOKEN": "well",
        "INTUNE-DOCTOR-CLOCK": "well",
        "INTUNE-DOCTOR-PLAN-READS": "well",
    }
    assert {one.method for one in graph.asked} == {"GET"}
    assert len(graph.asked) == len(READS)


def test_every_check_has_a_text_whose_placeholders_are_all_filled() -> None:
    tokens = [
        apple("a"),
        apple("b", "2026-12-01T00:00:00Z"),
        apple("c", "2026-11-01T00:00:00Z", "expired"),
        apple("d", state="assignedToExternalMDM"),
        apple("e", state="invalid"),
        apple("f", sync="failed"),
    ]
    checks = [
        *Graph(tokens=tokens).diagnose(Purpose.APPLY, lambda: ALL),
        *Graph().diagnose(Purpose.PLAN, lambda: ALL),
        *Graph().diagnose(Purpose.APPLY, lambda: frozenset({"GroupMember.Read.All"})),
        *Graph(date="Wed, 18 Nov 2026 12:06:40 GMT").diagnose(Purpose.APPLY, lambda: None),
    ]
    for check in checks:
        for language in ("sv", "en"):
            text = render(check.code, check.values, language)
            assert not text.message.startswith(check.code)
            assert PLACEHOLDER.findall(text.message + text.hint) == []
            assert text.hint or check.outcome in (CheckOutcome.WELL, CheckOutcome.NOT_EVALUATED)


def test_it_fails_when_the_identity_that_plans_may_write() -> None:
    roles = PLANS | {"DeviceManagementConfiguration.ReadWrite.All"}

    failed = [one for one in Graph().diagnose(roles=lambda: roles) if one.outcome is CheckOutcome.FAILED]

    assert [(one.code, dict(one.values)) for one in failed] == [
        ("INTUNE-DOCTOR-PLAN-WRITES", {"permissions": "DeviceManagementConfiguration.ReadWrite.All"})
    ]
    assert "INTUNE-DOCTOR-PLAN-WRITES" not in outcomes(Graph().diagnose(Purpose.APPLY, lambda: ALL))
    assert not [one for one in Graph().diagnose(roles=lambda: None) if "PLAN" in one.code]  # the token doesn't tell


def test_a_lacking_permission_is_named_and_its_read_not_tried() -> None:
    graph = Graph()

    checks = graph.diagnose(roles=lambda: PLANS - {"DeviceManagementApps.Read.All"})

    failed = [(one.code, dict(one.values)) for one in checks if one.outcome is CheckOutcome.FAILED]
    assert failed == [("INTUNE-DOCTOR-PERMISSION-LACKING", {"permission": "DeviceManagementApps.Read.All"})]
    assert not [one for one in graph.asked if one.url.path.endswith("mobileApps")]


def test_apply_needs_each_of_its_writes() -> None:
    checks = Graph().diagnose(Purpose.APPLY, lambda: ALL - {"Device.ReadWrite.All"})

    assert [dict(one.values) for one in checks if one.code == "INTUNE-DOCTOR-PERMISSION-LACKING"] == [
        {"permission": "Device.ReadWrite.All"}
    ]
    assert [one.values["permission"] for one in checks if one.code == "INTUNE-DOCTOR-PERMISSION"] == [
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
        "DeviceManagementApps.ReadWrite.All",
        "DeviceManagementConfiguration.ReadWrite.All",
    ]


def test_what_the_sign_in_does_not_say_of_writing_is_not_evaluated() -> None:
    """An opaque token answers every read well, so silence would read as leave to apply."""
    found = outcomes(Graph().diagnose(Purpose.APPLY, lambda: None))

    assert found["INTUNE-DOCTOR-WRITE"] == "not-evaluated"
    assert found["INTUNE-DOCTOR-GROUPS"] == "well"


def test_a_sign_in_that_fails_leaves_the_rest_unlooked_at() -> None:
    def refuse() -> frozenset[str]:
        raise CredentialProblem("INTUNE-WRONG-TENANT", {"tenant": TENANT, "found": "x"})

    graph = Graph()
    checks = graph.diagnose(roles=refuse)

    assert [(one.code, one.outcome.value) for one in checks] == [
        ("INTUNE-DOCTOR-HOST", "well"),
        ("INTUNE-DOCTOR-IDENTITY", "well"),
        ("INTUNE-WRONG-TENANT", "failed"),
        *((f"INTUNE-DOCTOR-{name}", "not-evaluated") for name in (*READS, "CLOCK")),
    ]
    assert graph.asked == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("mobileApps", 403, "INTUNE-PERMISSION-LACKING"),
        ("groups", 403, "INTUNE-PERMISSION-LACKING"),
        ("managedDevices", 401, "INTUNE-TOKEN-REFUSED"),
    ],
)
def test_one_check_that_fails_does_not_hide_the_others(path: str, status: int, code: str) -> None:
    answer = httpx.Response(status, json={"error": {"code": "Forbidden", "message": "no"}})

    found = outcomes(Graph(answers={path: answer}).diagnose())

    assert found[code] == "failed"
    assert list(found.values()).count("well") == len(READS) - 1 + 4


def test_a_tenant_without_a_licence_is_said_to_be_so() -> None:
    answer = httpx.Response(
        400, json={"error": {"code": "BadRequest", "message": "Request not applicable to target tenant."}}
    )

    assert outcomes(Graph(answers={"managedDevices": answer}).diagnose())["INTUNE-LICENCE-MISSING"] == "failed"


@pytest.mark.parametrize(
    ("token", "code", "outcome", "days"),
    [
        (apple("x", "2026-12-18T12:00:00Z"), "INTUNE-TOKEN-EXPIRES", "warning", "30"),
        (apple("x", "2026-12-19T12:00:00Z"), "INTUNE-DOCTOR-TOKEN", "well", "31"),
        (apple("x", "2026-11-18T12:00:00Z"), "INTUNE-TOKEN-EXPIRES", "warning", "0"),
        (apple("x", "2026-11-18T10:00:00Z"), "INTUNE-TOKEN-EXPIRED", "failed", "1"),
        (apple("x", "2026-11-08T11:06:40.0000000Z", "expired"), "INTUNE-TOKEN-EXPIRED", "failed", "10"),
        (apple("x", state="assignedToExternalMDM"), "INTUNE-TOKEN-OTHER-MDM", "failed", "223"),
        (apple("x", state="invalid"), "INTUNE-TOKEN-INVALID", "failed", "223"),
        (apple("x", sync="failed"), "INTUNE-TOKEN-NOT-SYNCED", "warning", "223"),
        (apple("x", "2027-06-30"), "INTUNE-DOCTOR-TOKEN", "not-evaluated", "?"),
        (apple("x", "soon"), "INTUNE-DOCTOR-TOKEN", "not-evaluated", "?"),
    ],
)
def test_apples_tokens_and_the_days_they_have_left(token: object, code: str, outcome: str, days: str) -> None:
    checks = Graph(tokens=[token]).diagnose()

    said = next(one for one in checks if one.values.get("token") == "x")
    assert (said.code, said.outcome.value, said.values["days"]) == (code, outcome, days)


@pytest.mark.parametrize(
    ("date", "code", "outcome"),
    [
        ("", "INTUNE-DOCTOR-CLOCK", "not-evaluated"),
        ("Wed, 18 Nov 2026 11:11:39 GMT", "INTUNE-DOCTOR-CLOCK", "well"),
        ("Wed, 18 Nov 2026 11:11:41 GMT", "INTUNE-DOCTOR-CLOCK-OFF", "failed"),
        ("Wed, 18 Nov 2026 10:06:40 GMT", "INTUNE-DOCTOR-CLOCK-OFF", "failed"),
    ],
)
def test_the_clock(date: str, code: str, outcome: str) -> None:
    assert outcomes(Graph(date=date).diagnose())[code] == outcome
