"""Which credential an environment gives for Microsoft, and what it says when it gives none."""

from pathlib import Path

import httpx
import pytest

from reconciler.credentials.microsoft import microsoft_credential
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose
from tests.unit.credentials.entra_sign_in import CLIENT, GITHUB_URL, NOW, OTHER, TENANT, Entra, make_pair, token_of
from tests.unit.credentials.google_sign_in import Untouchable


def codes(problems: tuple[CredentialProblem, ...]) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_sandbox_is_signed_in_to_for_real_and_the_environment_is_not_even_looked_at(purpose: Purpose) -> None:
    entra = Entra()
    credential = microsoft_credential(
        Untouchable(),
        purpose,
        tenant=TENANT,
        sandbox="http://127.0.0.1:8080",
        transport=lambda: httpx.MockTransport(entra),
    )

    credential.source.token(NOW)

    assert [str(one.url) for one in entra.asked] == [f"http://127.0.0.1:8080/intune/{TENANT}/oauth2/v2.0/token"]
    assert entra.forms[0] == {
        "client_id": ["sandbox"],
        "client_secret": ["sandbox"],
        "grant_type": ["client_credentials"],
        "scope": ["https://graph.microsoft.com/.default"],
    }


def test_a_sandbox_elsewhere_gets_nothing() -> None:
    with pytest.raises(CredentialProblem, match="SANDBOX-NOT-LOOPBACK"):
        microsoft_credential(Untouchable(), Purpose.APPLY, tenant=TENANT, sandbox="http://sandbox.example")


@pytest.mark.parametrize(
    ("cloud", "address", "scope"),
    [
        ("global", "https://login.microsoftonline.com", "https://graph.microsoft.com/.default"),
        ("usgov", "https://login.microsoftonline.us", "https://graph.microsoft.us/.default"),
        ("usgov-dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us/.default"),
        ("china", "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn/.default"),
    ],
)
def test_each_cloud_has_its_own_hosts_and_scope(cloud: str, address: str, scope: str) -> None:
    entra = Entra()

    entra.sign_in({"CLIENT_ID_PLAN": CLIENT, "CLIENT_SECRET_PLAN": "x~y"}, cloud=cloud).source.token(NOW)

    assert str(entra.asked[0].url) == f"{address}/{TENANT}/oauth2/v2.0/token"
    assert entra.forms[0]["scope"] == [scope]


def test_a_secret_is_sent_in_the_form_and_shown_nowhere() -> None:
    entra = Entra()
    credential = entra.sign_in({"CLIENT_ID_PLAN": CLIENT, "CLIENT_SECRET_PLAN": " s3cr~et&x=1\n"})

    token = credential.source.token(NOW)

    assert entra.forms[0]["client_secret"] == ["s3cr~et&x=1"]
    assert credential.source.identity() == f"{CLIENT} ({TENANT})"
    assert "s3cr" not in repr(credential)
    assert token not in repr(credential)
    assert credential.warnings == ()


@pytest.mark.parametrize(
    ("environment", "plan", "apply"),
    [
        ({"CLIENT_ID": CLIENT, "CLIENT_SECRET": "a"}, "a", "a"),
        ({"CLIENT_ID": CLIENT, "CLIENT_SECRET": "a", "CLIENT_SECRET_PLAN": "b"}, "b", "a"),
        (
            {"CLIENT_ID": CLIENT, "CLIENT_SECRET": "a", "CLIENT_ID_APPLY": OTHER, "CLIENT_SECRET_APPLY": "c"},
            "a",
            "c",
        ),
        ({"CLIENT_ID": CLIENT, "CLIENT_SECRET": "a", "CLIENT_ID_PLAN": "", "TOKEN": " "}, "a", "a"),
    ],
)
def test_what_is_for_the_purpose_goes_first(environment: dict[str, str], plan: str, apply: str) -> None:
    for purpose, secret in ((Purpose.PLAN, plan), (Purpose.APPLY, apply)):
        entra = Entra()
        entra.sign_in(environment, purpose).source.token(NOW)
        assert entra.forms[0]["client_secret"] == [secret]


def test_the_secret_of_one_registration_is_never_sent_in_the_name_of_another() -> None:
    with pytest.raises(CredentialProblem) as caught:
        Entra().sign_in({"CLIENT_ID_PLAN": CLIENT, "CLIENT_ID": OTHER, "CLIENT_SECRET": "of-the-other"})

    assert caught.value.code == "ENTRA-PROOF-MISSING"
    assert caught.value.values["client_secret"] == "RECONCILER_INTUNE_CLIENT_SECRET_PLAN"


def test_a_ready_token_is_used_as_it_is() -> None:
    token = token_of({"tid": TENANT.upper(), "roles": ["Group.ReadWrite.All"]})
    credential = Entra().sign_in({"TOKEN_PLAN": token})

    assert credential.source.token(NOW) == token
    assert credential.roles(NOW) == frozenset({"Group.ReadWrite.All"})
    assert credential.source.identity() == "RECONCILER_INTUNE_TOKEN_PLAN"
    assert token not in repr(credential)


def test_what_a_token_does_not_say_is_unknown_and_what_it_lacks_is_none() -> None:
    assert Entra().sign_in({"TOKEN": "opaque"}).roles(NOW) is None
    assert Entra().sign_in({"TOKEN": token_of({"tid": TENANT})}).roles(NOW) == frozenset()


def test_a_token_of_another_tenant_is_not_used() -> None:
    with pytest.raises(CredentialProblem) as caught:
        Entra().sign_in({"TOKEN": token_of({"tid": OTHER})})

    assert caught.value.code == "INTUNE-WRONG-TENANT"
    assert caught.value.values == {"tenant": TENANT, "found": OTHER}


@pytest.mark.parametrize("token", ["two words", "Bearer abc", "line\nbreak", '"abc"', "å"])
def test_a_token_that_is_none_is_refused_without_quoting_it(token: str) -> None:
    with pytest.raises(CredentialProblem) as caught:
        Entra().sign_in({"TOKEN": token})

    assert caught.value.code == "CREDENTIAL-TOKEN-MALFORMED"
    assert token not in str(caught.value)


def test_one_registration_for_both_purposes_is_warned_about() -> None:
    shared = Entra().sign_in({"CLIENT_ID": CLIENT, "CLIENT_SECRET": "a"}, Purpose.APPLY)

    assert codes(shared.warnings) == ["CREDENTIAL-SHARED"]
    assert shared.warnings[0].values["specific"] == "RECONCILER_INTUNE_CLIENT_ID_APPLY"


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "ENTRA-SIGN-IN-MISSING"),
        ({"CLIENT_SECRET": "a"}, "ENTRA-SIGN-IN-MISSING"),
        ({"CLIENT_ID": "reconciler-plan", "CLIENT_SECRET": "a"}, "ENTRA-CLIENT-ID-MALFORMED"),
        ({"CLIENT_ID": CLIENT}, "ENTRA-PROOF-MISSING"),
        ({"CLIENT_ID": CLIENT, "ACTIONS_ID_TOKEN_REQUEST_URL": GITHUB_URL}, "ENTRA-PROOF-MISSING"),
        ({"CLIENT_ID": CLIENT, "CERTIFICATE_FILE": "-----BEGIN CERTIFICATE-----"}, "CREDENTIAL-KEY-FILE-IS-TEXT"),
        ({"CLIENT_ID": CLIENT, "CERTIFICATE_FILE": "/nowhere/x.pem"}, "CREDENTIAL-KEY-FILE-MISSING"),
        ({"CLIENT_ID": CLIENT, "CERTIFICATE": "MIIC…"}, "ENTRA-CERTIFICATE-INCOMPLETE"),
    ],
)
def test_what_is_lacking_is_named_before_anything_is_sent(environment: dict[str, str], code: str) -> None:
    entra = Entra()

    with pytest.raises(CredentialProblem) as caught:
        entra.sign_in(environment)

    assert (caught.value.code, entra.asked) == (code, [])


@pytest.mark.parametrize("tenant", ["", "vidala.example.se", "..", "common"])
def test_a_tenant_is_named_by_its_id(tenant: str) -> None:
    """A name would be taken by Entra, but couldn't be held against the token; `common` would take any tenant's app."""
    with pytest.raises(CredentialProblem, match="ENTRA-TENANT-UNKNOWN"):
        microsoft_credential(Untouchable(), Purpose.PLAN, tenant=tenant, sandbox="http://127.0.0.1:8080")


def test_a_certificate_file_is_read_and_its_openness_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "nyckel å.pem"
    path.write_text(make_pair().pem, encoding="ascii")

    path.chmod(0o644)
    environment = {"CLIENT_ID_PLAN": CLIENT, "CERTIFICATE_FILE_PLAN": str(path)}
    assert codes(Entra().sign_in(environment).warnings) == ["CREDENTIAL-KEY-FILE-OPEN"]
    path.chmod(0o600)
    assert Entra().sign_in(environment).warnings == ()
