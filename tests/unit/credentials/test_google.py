"""Which credential an environment gives, and what it says when it gives none."""

import json
from pathlib import Path

import googleapiclient
import pytest

from reconciler.credentials.google import SCOPES, Purpose, google_credential
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.tokens import masked
from tests.unit.credentials.google_sign_in import NOW, SUBJECT, TokenHost, Untouchable, sign_in


def codes(problems: tuple[CredentialProblem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def test_with_a_sandbox_the_environment_is_not_even_looked_at() -> None:
    for purpose, token in ((Purpose.PLAN, "sandbox-read"), (Purpose.APPLY, "sandbox-write")):
        credential = google_credential(Untouchable(), purpose, sandbox="http://127.0.0.1:8080")

        assert credential.source.token(NOW) == token
        assert credential.source.identity() == "sandbox"


def test_a_sandbox_elsewhere_gets_nothing() -> None:
    with pytest.raises(CredentialProblem, match="SANDBOX-NOT-LOOPBACK"):
        google_credential(Untouchable(), Purpose.APPLY, sandbox="http://sandbox.example")


def test_a_ready_token_is_used_as_it_is() -> None:
    credential = sign_in({"RECONCILER_GOOGLE_TOKEN_PLAN": "ya29.abc\n"})

    assert credential.source.token(NOW) == "ya29.abc"
    assert credential.source.identity() == "RECONCILER_GOOGLE_TOKEN_PLAN"
    assert "ya29" not in repr(credential)
    assert credential.warnings == ()


@pytest.mark.parametrize(
    ("environment", "plan", "apply"),
    [
        ({"TOKEN": "a"}, "a", "a"),
        ({"TOKEN": "a", "TOKEN_PLAN": "b"}, "b", "a"),
        ({"TOKEN": "a", "TOKEN_APPLY": "c"}, "a", "c"),
        ({"TOKEN_PLAN": "b", "TOKEN_APPLY": "c"}, "b", "c"),
        ({"TOKEN": "a", "KEY_FILE": "/nowhere", "KEY": "x"}, "a", "a"),
        ({"TOKEN": "a", "TOKEN_PLAN": "", "TOKEN_APPLY": " "}, "a", "a"),
    ],
)
def test_what_is_for_the_purpose_goes_first(environment: dict[str, str], plan: str, apply: str) -> None:
    full = {f"RECONCILER_GOOGLE_{name}": value for name, value in environment.items()}

    assert sign_in(full, Purpose.PLAN).source.token(NOW) == plan
    assert sign_in(full, Purpose.APPLY).source.token(NOW) == apply


def test_a_key_for_the_purpose_beats_a_token_for_both(key_text: str) -> None:
    host = TokenHost()
    environment = {
        "RECONCILER_GOOGLE_TOKEN": "a",
        "RECONCILER_GOOGLE_KEY_APPLY": key_text,
        "RECONCILER_GOOGLE_SUBJECT": SUBJECT,
    }

    assert sign_in(environment, Purpose.APPLY, host.connect).source.token(NOW) == "token-1"
    assert sign_in(environment, Purpose.PLAN, host.connect).source.token(NOW) == "a"


def test_one_identity_for_both_purposes_is_warned_about() -> None:
    shared = sign_in({"RECONCILER_GOOGLE_TOKEN": "a"}, Purpose.APPLY)

    assert codes(shared.warnings) == ["CREDENTIAL-SHARED"]
    assert shared.warnings[0].values["specific"] == "RECONCILER_GOOGLE_TOKEN_APPLY"


def test_the_subject_for_the_purpose_goes_first_and_is_masked(key_text: str) -> None:
    environment = {
        "RECONCILER_GOOGLE_KEY_PLAN": key_text,
        "RECONCILER_GOOGLE_SUBJECT": "other@kommun.example",
        "RECONCILER_GOOGLE_SUBJECT_PLAN": SUBJECT,
    }

    credential = sign_in(environment)

    assert credential.source.identity() == "reconciler@skolan.iam.gserviceaccount.com for a…@kommun.example"
    assert SUBJECT not in repr(credential)
    assert masked("") == "…@"


def test_a_key_file_is_read_and_its_openness_warned_about(tmp_path: Path, key_text: str) -> None:
    path = tmp_path / "key å.json"
    path.write_text(key_text, encoding="utf-8")
    environment = {"RECONCILER_GOOGLE_KEY_FILE_PLAN": str(path), "RECONCILER_GOOGLE_SUBJECT": SUBJECT}

    path.chmod(0o644)
    assert codes(sign_in(environment).warnings) == ["CREDENTIAL-KEY-FILE-OPEN"]
    path.chmod(0o600)
    assert sign_in(environment).warnings == ()


def test_plan_asks_for_reading_only_and_apply_for_no_more_than_it_writes() -> None:
    prefix = "https://www.googleapis.com/auth/"
    plan = [scope.removeprefix(prefix) for scope in SCOPES[Purpose.PLAN]]
    apply = [scope.removeprefix(prefix) for scope in SCOPES[Purpose.APPLY]]

    assert all(scope.endswith(".readonly") for scope in plan)
    assert [scope for scope in apply if not scope.endswith(".readonly")] == [
        "admin.directory.orgunit",
        "admin.directory.device.chromeos",
        "chrome.management.policy",
    ]


@pytest.mark.parametrize(
    ("purpose", "document", "method"),
    [
        (Purpose.PLAN, "admin.directory_v1", "orgunits.list"),
        (Purpose.PLAN, "admin.directory_v1", "orgunits.get"),
        (Purpose.PLAN, "admin.directory_v1", "chromeosdevices.list"),
        (Purpose.PLAN, "admin.directory_v1", "groups.get"),
        (Purpose.PLAN, "admin.directory_v1", "customers.get"),
        (Purpose.PLAN, "chromepolicy.v1", "customers.policies.resolve"),
        (Purpose.PLAN, "chromepolicy.v1", "customers.policySchemas.list"),
        (Purpose.APPLY, "admin.directory_v1", "orgunits.list"),
        (Purpose.APPLY, "admin.directory_v1", "orgunits.insert"),
        (Purpose.APPLY, "admin.directory_v1", "orgunits.patch"),
        (Purpose.APPLY, "admin.directory_v1", "orgunits.delete"),
        (Purpose.APPLY, "admin.directory_v1", "chromeosdevices.list"),
        (Purpose.APPLY, "admin.directory_v1", "chromeosdevices.moveDevicesToOu"),
        (Purpose.APPLY, "admin.directory_v1", "groups.get"),
        (Purpose.APPLY, "admin.directory_v1", "customers.get"),
        (Purpose.APPLY, "chromepolicy.v1", "customers.policies.resolve"),
        (Purpose.APPLY, "chromepolicy.v1", "customers.policies.orgunits.batchModify"),
        (Purpose.APPLY, "chromepolicy.v1", "customers.policies.orgunits.batchInherit"),
        (Purpose.APPLY, "chromepolicy.v1", "customers.policies.groups.batchModify"),
        (Purpose.APPLY, "chromepolicy.v1", "customers.policies.groups.batchDelete"),
    ],
)
def test_the_scopes_suffice_by_googles_own_description(purpose: Purpose, document: str, method: str) -> None:
    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    node = json.loads((folder / f"{document}.json").read_text(encoding="utf-8"))
    *resources, name = method.split(".")
    for resource in resources:
        node = node["resources"][resource]

    assert set(node["methods"][name]["scopes"]) & set(SCOPES[purpose])


@pytest.mark.parametrize("environment", [{}, {"RECONCILER_GOOGLE_TOKEN": ""}, {"RECONCILER_GOOGLE_SUBJECT": SUBJECT}])
def test_no_credential_says_which_variables_there_are(environment: dict[str, str]) -> None:
    with pytest.raises(CredentialProblem) as caught:
        sign_in(environment)

    assert caught.value.code == "CREDENTIAL-MISSING"
    assert "RECONCILER_GOOGLE_KEY_FILE (path)" in str(caught.value)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "Bearer ya29.abc", "ä", '"quoted"', "x\x00y"])
def test_a_token_that_is_none_is_refused_without_quoting_it(token: str) -> None:
    with pytest.raises(CredentialProblem) as caught:
        sign_in({"RECONCILER_GOOGLE_TOKEN": token})

    assert caught.value.code == "CREDENTIAL-TOKEN-MALFORMED"
    assert token not in str(caught.value)


def test_a_given_token_that_was_rejected_says_to_make_a_new_one() -> None:
    source = sign_in({"RECONCILER_GOOGLE_TOKEN_PLAN": "ya29.abc"}).source

    with pytest.raises(CredentialProblem) as caught:
        source.token(NOW, "ya29.abc")

    assert caught.value.code == "CREDENTIAL-TOKEN-REJECTED"
    assert "ya29" not in str(caught.value)


@pytest.mark.parametrize(
    ("subject", "code"),
    [(None, "CREDENTIAL-SUBJECT-MISSING"), ("", "CREDENTIAL-SUBJECT-MISSING"), ("anna", "CREDENTIAL-SUBJECT-INVALID")],
)
def test_a_key_needs_somebody_to_act_as(key_text: str, subject: str | None, code: str) -> None:
    environment = {"RECONCILER_GOOGLE_KEY": key_text} | (
        {} if subject is None else {"RECONCILER_GOOGLE_SUBJECT": subject}
    )

    with pytest.raises(CredentialProblem) as caught:
        sign_in(environment)

    assert caught.value.code == code


def without(key_text: str, *names: str, **changed: object) -> str:
    content = {name: value for name, value in json.loads(key_text).items() if name not in names}
    return json.dumps(content | changed)


@pytest.mark.parametrize(
    ("names", "changed", "code", "said"),
    [
        ((), {"type": "authorized_user"}, "CREDENTIAL-KEY-WRONG-TYPE", "authorized_user"),
        ((), {"type": "external_account"}, "CREDENTIAL-KEY-WRONG-TYPE", "external_account"),
        (("type",), {}, "CREDENTIAL-KEY-WRONG-TYPE", "unknown"),
        (("private_key",), {}, "CREDENTIAL-KEY-INCOMPLETE", "private_key"),
        (("client_email",), {}, "CREDENTIAL-KEY-INCOMPLETE", "client_email"),
        ((), {"private_key_id": 7}, "CREDENTIAL-KEY-INCOMPLETE", "private_key_id"),
        ((), {"universe_domain": "other.example"}, "CREDENTIAL-UNIVERSE", "RECONCILER_GOOGLE_KEY"),
    ],
)
def test_a_key_of_the_wrong_kind_says_what_is_wrong(
    key_text: str, names: tuple[str, ...], changed: dict[str, object], code: str, said: str
) -> None:
    with pytest.raises(CredentialProblem) as caught:
        sign_in({"RECONCILER_GOOGLE_KEY": without(key_text, *names, **changed), "RECONCILER_GOOGLE_SUBJECT": SUBJECT})

    assert caught.value.code == code
    assert said in str(caught.value)
    assert "BEGIN" not in str(caught.value)


@pytest.mark.parametrize("text", ["/etc/key.json", "[]", "{", "7"])
def test_a_key_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(CredentialProblem, match="CREDENTIAL-KEY-NOT-JSON"):
        sign_in({"RECONCILER_GOOGLE_KEY": text, "RECONCILER_GOOGLE_SUBJECT": SUBJECT})


def test_key_files_that_cannot_be_read_are_told_apart_without_their_path(tmp_path: Path, key_text: str) -> None:
    latin = tmp_path / "latin.json"
    latin.write_bytes(b'{"type": "\xe5"}')
    cases = {
        str(tmp_path / "missing.json"): "CREDENTIAL-KEY-FILE-MISSING",
        str(tmp_path): "CREDENTIAL-KEY-FILE-UNREADABLE",
        "x" * 5000: "CREDENTIAL-KEY-FILE-UNREADABLE",
        "nul\x00byte": "CREDENTIAL-KEY-FILE-UNREADABLE",
        str(latin): "CREDENTIAL-KEY-NOT-JSON",
        key_text: "CREDENTIAL-KEY-FILE-IS-TEXT",
    }
    for value, code in cases.items():
        with pytest.raises(CredentialProblem) as caught:
            sign_in({"RECONCILER_GOOGLE_KEY_FILE": value, "RECONCILER_GOOGLE_SUBJECT": SUBJECT})

        assert caught.value.code == code
        assert value not in str(caught.value)
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)
