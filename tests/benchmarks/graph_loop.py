"""The same pages and batches as a plan on Intune reads, fetched by httpx and nothing else: what a plan can't be faster than.

    python -m tests.benchmarks.graph_loop requests.json http://127.0.0.1:…/intune

Everything goes out at once that needs no other answer: pages follow the page before them, members the list of groups,
and a catalogue's settings the list of its policies. The address of the next page is taken from the page before it, which
nobody can do without parsing it; everything else in a reply is thrown away.
"""

import json
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

THREADS = 8
"""`CONCURRENT_READS` of the Intune adapter; written again, so that this imports nothing of ours."""
WAITS_FOR = {"/members?": "/v1.0/groups", "/settings?": "/beta/deviceManagement/configurationPolicies"}
"""What the parts of a batch ask for → the list that they are made from."""

Sent = dict[str, Any]


def main() -> None:
    requests: list[Sent] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lists, batches = chains(requests)
    limits = httpx.Limits(max_connections=THREADS, max_keepalive_connections=THREADS)
    headers = {"Authorization": "Bearer sandbox-read"}
    with (
        httpx.Client(timeout=60, limits=limits, headers=headers, trust_env=False) as client,
        ThreadPoolExecutor(max_workers=THREADS) as pool,
    ):
        running: list[Future[None]] = []
        first = {path: pool.submit(_fetch, client, chain) for path, chain in lists.items()}
        for path, waiting in batches.items():  # the list that most batches wait for first
            first[path].result()
            running += [pool.submit(_fetch, client, [batch]) for batch in waiting]
        for done in (*first.values(), *running):
            done.result()


def chains(requests: list[Sent]) -> tuple[dict[str, list[Sent]], dict[str, list[Sent]]]:
    """Pages of each list in their order, the longest first; and batches by the list that they wait for."""
    lists: dict[str, list[Sent]] = {}
    batches: dict[str, list[Sent]] = {}
    for each in requests:
        if each["path"].endswith("/$batch"):
            asked = each["body"]["requests"][0]["url"]
            waited = next(path for part, path in WAITS_FOR.items() if part in asked)
            batches.setdefault(waited, []).append(each)
        else:
            lists.setdefault(each["path"], []).append(each)
    # Short lists that batches wait for go out before the long ones, as there are threads for all of them.
    return dict(sorted(lists.items(), key=lambda item: (item[0] not in batches, -len(item[1])))), batches


def _fetch(client: httpx.Client, chain: list[Sent]) -> None:
    base = sys.argv[2].rstrip("/")
    link = ""
    for request in chain:
        body = None if request["body"] is None else json.dumps(request["body"]).encode()
        headers = {"Content-Type": "application/json"} if body else {}
        url, query = link or base + request["path"], None if link else request["query"]
        reply = client.request(request["method"], url, params=query, content=body, headers=headers)
        link = reply.raise_for_status().json().get("@odata.nextLink", "")


if __name__ == "__main__":
    main()
