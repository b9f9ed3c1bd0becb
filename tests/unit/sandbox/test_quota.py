"""Quotas on virtual time."""

from __future__ import annotations

from reconciler.sandbox.quota import Limit, Usage, take
from tests.unit.sandbox.conftest import DIRECTORY, POLICIES, Box, entry


def _screenshot(box: Box, target: str) -> int:
    return box.modify(entry(target, "chrome.users.Screenshot", {"disableScreenshots": True})).status_code


def test_a_sliding_window_holds_no_more_in_any_interval() -> None:
    usage, limit = Usage(), [Limit(name="a", count=2, seconds=10)]
    assert [take(usage, limit, now, fixed_window=False) for now in (0.0, 9.0)] == [None, None]
    assert take(usage, limit, 9.5, fixed_window=False) == 0.5
    assert take(usage, limit, 10.0, fixed_window=False) is None
    assert take(usage, limit, 18.0, fixed_window=False) == 1.0


def test_a_fixed_window_starts_afresh() -> None:
    usage, limit = Usage(), [Limit(name="a", count=2, seconds=10)]
    assert [take(usage, limit, now, fixed_window=True) for now in (8.0, 9.0)] == [None, None]
    assert take(usage, limit, 9.5, fixed_window=True) == 0.5
    assert [take(usage, limit, now, fixed_window=True) for now in (10.0, 11.0)] == [None, None]


def test_a_refused_request_counts_nowhere() -> None:
    usage = Usage()
    limits = [Limit(name="a", count=5, seconds=10), Limit(name="b", count=1, seconds=10)]
    assert take(usage, limits, 0.0, fixed_window=False) is None
    assert take(usage, limits, 1.0, fixed_window=False) == 9.0
    assert len(usage.taken["a"]) == 1


def test_thirty_policy_writes_a_minute(box: Box) -> None:
    target = box.target("Personal")
    answers = []
    for _ in range(31):
        answers.append(_screenshot(box, target))
        box.clock.advance(1)
    assert answers == [200] * 30 + [429]
    refused = box.modify(entry(target, "chrome.users.Screenshot", {"disableScreenshots": True}))
    assert refused.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert refused.headers["Retry-After"] == "29"
    box.clock.advance(29)
    assert _screenshot(box, target) == 200


def test_fifteen_policy_writes_a_second(box: Box) -> None:
    target = box.target("Personal")
    assert [_screenshot(box, target) for _ in range(16)] == [200] * 15 + [429]


def test_policy_reads_by_the_older_and_the_newer_page(box: Box) -> None:
    def reads(count: int) -> list[int]:
        return [box.http.get(f"{POLICIES}/policySchemas?pageSize=1").status_code for _ in range(count)]

    assert reads(6) == [200] * 5 + [429]
    box.clock.advance(1)
    box.options(policy_quota="newer")
    assert reads(11) == [200] * 10 + [429]


def test_directory_over_quota_is_403(box: Box) -> None:
    box.options(directory_per_minute=2, retry_after=False)
    assert [box.http.get(f"{DIRECTORY}/orgunits").status_code for _ in range(2)] == [200, 200]
    refused = box.http.get(f"{DIRECTORY}/orgunits")
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (403, "userRateLimitExceeded")
    assert "Retry-After" not in refused.headers
    box.options(directory_quota_reason="quotaExceeded")
    assert box.http.get(f"{DIRECTORY}/orgunits").json()["error"]["errors"][0]["reason"] == "quotaExceeded"
    box.options(quotas=False)
    assert box.http.get(f"{DIRECTORY}/orgunits").status_code == 200
