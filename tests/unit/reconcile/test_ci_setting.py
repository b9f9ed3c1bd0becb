"""Which run it is, and the keys: said plainly where they are wrong, and never shown."""

import base64

import pytest

from reconciler.forge.problems import ForgeProblem
from reconciler.reconcile.ci_setting import read_keys, read_setting

SECRET = b"hemligheten som ingen far se!!!!"
KEY = "2026:" + base64.b64encode(SECRET).decode()
OLD = "2025:" + base64.b64encode(SECRET[::-1]).decode()


def test_the_key_that_signs_is_the_new_one_and_the_old_one_still_verifies() -> None:
    keys = read_keys({"RECONCILER_SIGNING_KEY": KEY, "RECONCILER_SIGNING_KEY_OLD": OLD})

    assert [(key.id, key.secret) for key in keys] == [("2026", SECRET), ("2025", SECRET[::-1])]
    assert "hemlig" not in repr(keys)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "CI-KEY-MISSING"),
        ("2026", "CI-KEY-MALFORMED"),
        ("2026:kort", "CI-KEY-MALFORMED"),
        ("2026:" + base64.b64encode(SECRET[:31]).decode(), "CI-KEY-MALFORMED"),
        (base64.b64encode(SECRET).decode(), "CI-KEY-MALFORMED"),
        ("år 26:" + base64.b64encode(SECRET).decode(), "CI-KEY-MALFORMED"),
    ],
)
def test_what_is_no_key_is_refused_without_showing_it(written: str, code: str) -> None:
    with pytest.raises(ForgeProblem) as refused:
        read_keys({"RECONCILER_SIGNING_KEY": written})

    assert refused.value.code == code
    assert not written or written not in str(refused.value)


def test_a_job_is_its_run_and_attempt_and_stands_at_its_branch() -> None:
    job = {
        "RECONCILER_SIGNING_KEY": KEY,
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "3",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "granby-kommun/skolenheter",
    }
    setting = read_setting(job)

    assert (setting.holder.run, setting.holder.attempt, setting.branch) == ("77", 3, "main")
    assert setting.link == "https://github.com/granby-kommun/skolenheter/actions/runs/77"


@pytest.mark.parametrize("ref", ["refs/tags/main", "refs/pull/4/merge"])
def test_a_tag_or_a_pull_request_is_no_branch_of_that_name(ref: str) -> None:
    assert read_setting({"RECONCILER_SIGNING_KEY": KEY, "GITHUB_REF": ref}).branch == ref


def test_two_runs_by_hand_are_two() -> None:
    by_hand = {"RECONCILER_SIGNING_KEY": KEY}

    assert read_setting(by_hand).holder != read_setting(by_hand).holder
