"""Signing in at Google from a GitHub job without a secret: the steps, what each of them refuses, and who may write."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.credentials import google
from reconciler.credentials.google import SCOPES, Purpose, google_credential
from reconciler.credentials.problems import CredentialProblem
from tests.unit.credentials.google_pool import ACCOUNT, GITHUB_URL, JOB, PROVIDER, SUB, Pool
from tests.unit.credentials.google_sign_in import NOW, SUBJECT, KeyPair
from tests.unit.load.writing import FILES, write_all

READS = frozenset(SCOPES[Purpose.PLAN])
WRITES = frozenset(SCOPES[Purpose.APPLY])


@pytest.fixture
def pool(pair: KeyPair) -> Pool:
    return Pool(pair=pair, delegated=READS)


def test_the_job_goes_through_four_hosts_each_with_its_own_proof(pool: Pool) -> None:
    credential = pool.sign_in()

    assert credential.source.token(NOW) == "access-1"
    assert pool.seen == [
        "run-actions-1.actions.githubusercontent.com/idtoken/1",
        "sts.googleapis.com/v1/token",
        f"iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{ACCOUNT}:signJwt",
        "oauth2.googleapis.com/token",
    ]
    assert pool.authorised == ["Bearer runner-token-1", None, f"Bearer federated:{SUB}", None]


def test_what_is_signed_names_the_account_the_administrator_and_only_reading(pool: Pool) -> None:
    pool.sign_in().source.token(NOW)
    (claims,) = pool.claims

    assert (claims["iss"], claims["sub"]) == (ACCOUNT, SUBJECT)
    assert set(claims["scope"].split()) == READS
    assert not [scope for scope in claims["scope"].split() if scope in WRITES - READS]
    assert (claims["iat"], claims["exp"]) == (int(NOW), int(NOW) + 3600)


def test_apply_is_another_account_with_other_rights(pool: Pool) -> None:
    job = {name.replace("_PLAN", "_APPLY"): value for name, value in JOB.items()}
    pool.delegated = WRITES
    pool.sign_in(job, Purpose.APPLY).source.token(NOW)

    assert set(pool.claims[0]["scope"].split()) == WRITES
    with pytest.raises(CredentialProblem, match="CREDENTIAL-MISSING"):
        pool.sign_in(job, Purpose.PLAN)


def test_a_token_is_kept_until_shortly_before_it_lapses_or_is_rejected(pool: Pool) -> None:
    source = pool.sign_in().source

    assert [source.token(NOW), source.token(NOW + 3000)] == ["access-1", "access-1"]
    pool.now = NOW + 3500
    assert source.token(NOW + 3500) == "access-2"
    assert source.token(NOW + 3500, rejected="access-2") == "access-3"


def test_nothing_secret_shows(pool: Pool) -> None:
    credential = pool.sign_in()
    credential.source.token(NOW)

    assert credential.source.identity() == f"{ACCOUNT} for a…@kommun.example"
    for secret in ("runner-token", "access-1", SUBJECT, "federated:"):
        assert secret not in repr(credential)


def another_repository(pool: Pool) -> None:
    pool.repository_id = "6666"


def another_subject(pool: Pool) -> None:
    pool.sub = "repo:vidala-kommun@1001/skolenheter@2002:pull_request"


def switched_off(pool: Pool) -> None:
    pool.api_on = False


def not_delegated(pool: Pool) -> None:
    pool.delegated = frozenset()


def expired(pool: Pool) -> None:
    pool.lasts = -1


def too_late(pool: Pool) -> None:
    pool.now = NOW + 40_000


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (another_repository, "CREDENTIAL-FEDERATION-NO-MATCH", SUB),
        (expired, "CREDENTIAL-IDENTITY-EXPIRED", "Run the job again"),
        (another_subject, "CREDENTIAL-MAY-NOT-SIGN", ACCOUNT),
        (switched_off, "CREDENTIAL-IAM-CREDENTIALS-OFF", ACCOUNT),
        (not_delegated, "CREDENTIAL-NOT-DELEGATED", "uniqueId"),
        (too_late, "CREDENTIAL-REFUSED", "INVALID_ARGUMENT"),
    ],
)
def test_each_step_says_what_it_refuses_and_nothing_secret(
    pool: Pool, change: Callable[[Pool], None], code: str, says: str
) -> None:
    change(pool)
    with pytest.raises(CredentialProblem) as refused:
        pool.sign_in().source.token(NOW)

    assert refused.value.code == code
    assert says in str(refused.value)
    assert SUBJECT not in str(refused.value)
    assert "runner-token" not in str(refused.value)
    assert "federated:" not in str(refused.value)


@pytest.mark.parametrize(
    ("lasts", "code"), [(-1, "CREDENTIAL-IDENTITY-EXPIRED"), (300, "CREDENTIAL-FEDERATION-NO-MATCH")]
)
def test_the_command_says_that_a_jobs_identity_had_expired(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasts: float, code: str
) -> None:
    pool.now, pool.lasts, pool.repository_id = (
        time.time(),
        lasts,
        "9999",
    )  # an identity that is good is refused for another reason
    monkeypatch.setattr(google, "reach_google", pool.reach)
    monkeypatch.setattr(google, "connect_to_google", lambda: pool.reach("https://oauth2.googleapis.com/"))
    write_all(tmp_path, FILES)

    done = CliRunner().invoke(cli, ["plan", "--root", str(tmp_path), "--lang", "sv"], env=JOB)

    assert done.exit_code == 1
    assert code in done.output
    assert ("hade gått ut när Google läste den" in " ".join(done.output.split())) is (lasts < 0)


def test_an_account_that_is_gone_is_said_to_be(pool: Pool) -> None:
    gone = {**JOB, "RECONCILER_GOOGLE_ACCOUNT_PLAN": "reconciler-gone@vidala-skola.iam.gserviceaccount.com"}
    with pytest.raises(CredentialProblem, match="CREDENTIAL-ACCOUNT-UNKNOWN"):
        pool.sign_in(gone).source.token(NOW)


def test_a_runner_token_that_is_no_good(pool: Pool) -> None:
    with pytest.raises(CredentialProblem, match="CREDENTIAL-GITHUB-REFUSED-EXPIRED"):
        pool.sign_in({**JOB, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "other"}).source.token(NOW)

    assert len(pool.seen) == 1  # nothing was sent to Google


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("RECONCILER_GOOGLE_PROVIDER_PLAN", "github", "CREDENTIAL-PROVIDER-MALFORMED"),
        ("RECONCILER_GOOGLE_PROVIDER_PLAN", f"{PROVIDER}/../x", "CREDENTIAL-PROVIDER-MALFORMED"),
        ("RECONCILER_GOOGLE_ACCOUNT_PLAN", "", "CREDENTIAL-ACCOUNT-MALFORMED"),
        ("RECONCILER_GOOGLE_ACCOUNT_PLAN", "anna@kommun.example", "CREDENTIAL-ACCOUNT-MALFORMED"),
        ("RECONCILER_GOOGLE_SUBJECT_PLAN", "", "CREDENTIAL-SUBJECT-MISSING"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "", "CREDENTIAL-GITHUB-MISSING"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://evil.example/idtoken", "CREDENTIAL-GITHUB-FOREIGN-HOST"),
    ],
)
def test_what_is_set_up_wrong_is_said_before_anything_is_sent(pool: Pool, name: str, value: str, code: str) -> None:
    with pytest.raises(CredentialProblem) as refused:
        pool.sign_in({**JOB, name: value})

    assert refused.value.code == code
    assert pool.seen == []


def test_a_provider_may_be_written_as_google_shows_it(pool: Pool) -> None:
    job = {**JOB, "RECONCILER_GOOGLE_PROVIDER_PLAN": f"//iam.googleapis.com/{PROVIDER}"}

    assert pool.sign_in(job).source.token(NOW) == "access-1"


def test_one_identity_for_both_is_warned_of(pool: Pool) -> None:
    job = {name.replace("_PLAN", ""): value for name, value in JOB.items()}

    assert [one.code for one in pool.sign_in(job).warnings] == ["CREDENTIAL-SHARED"]


@pytest.mark.parametrize(("delegated", "may"), [(READS, False), (READS | WRITES, True)])
def test_whether_the_planning_identity_may_write_is_asked_of_google(
    pool: Pool, delegated: frozenset[str], may: bool
) -> None:
    pool.delegated = delegated

    assert pool.sign_in().may_write(NOW) is may


def test_a_sign_in_that_fails_for_another_reason_says_nothing_of_what_it_may(pool: Pool) -> None:
    pool.api_on = False

    with pytest.raises(CredentialProblem, match="CREDENTIAL-IAM-CREDENTIALS-OFF"):
        pool.sign_in().may_write(NOW)


def test_a_given_token_can_not_be_asked_what_it_may(pool: Pool) -> None:
    assert pool.sign_in({"RECONCILER_GOOGLE_TOKEN_PLAN": "abc"}).may_write(NOW) is None


def test_with_a_sandbox_nobody_is_asked(pool: Pool) -> None:
    found = google_credential(JOB, Purpose.PLAN, sandbox="http://127.0.0.1:1", reach=pool.reach)

    assert found.source.token(NOW) == "sandbox-read"
    assert GITHUB_URL not in pool.seen
    assert pool.seen == []
