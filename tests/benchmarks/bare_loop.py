"""The same pages as a plan reads, fetched by httpx and nothing else: what a plan can't be faster than.

    python -m tests.benchmarks.bare_loop requests.json http://127.0.0.1:…/google

In the order that the pages depend on each other: org units, schemas, then devices page after page beside the policies
of all targets, with as many threads as the plan has. Replies are read and thrown away.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

THREADS = 10
"""`CONCURRENT_READS` of the Google adapter; written again, so that this imports nothing of ours."""


def main() -> None:
    requests: list[dict[str, Any]] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    limits = httpx.Limits(max_connections=THREADS, max_keepalive_connections=THREADS)
    headers = {"Authorization": "Bearer sandbox-read"}
    with httpx.Client(timeout=60, limits=limits, headers=headers, trust_env=False) as client:
        for stage in stages(requests):
            with ThreadPoolExecutor(max_workers=THREADS) as pool:
                for done in [pool.submit(_fetch, client, chain) for chain in stage]:
                    done.result()


def stages(requests: list[dict[str, Any]]) -> list[list[list[dict[str, Any]]]]:
    """Stages of chains: a stage waits for the one before it, a page in a chain for the page before it."""
    units = [each for each in requests if each["path"].endswith("/orgunits")]
    schemas = [each for each in requests if each["path"].endswith("/policySchemas")]
    devices = [each for each in requests if each["path"].endswith("/devices/chromeos")]
    policies: dict[str, list[dict[str, Any]]] = {}
    for each in requests:
        if each["path"].endswith(":resolve"):
            asked = [each["body"]["policyTargetKey"], each["body"]["policySchemaFilter"]]
            policies.setdefault(json.dumps(asked), []).append(each)
    found = [[units], [schemas], [devices, *policies.values()]]
    if sum(len(chain) for stage in found for chain in stage) != len(requests):
        raise SystemExit("The plan sent requests that this loop does not know.")
    return found


def _fetch(client: httpx.Client, chain: list[dict[str, Any]]) -> None:
    base = sys.argv[2].rstrip("/")
    for request in chain:
        body = None if request["body"] is None else json.dumps(request["body"]).encode()
        headers = {"Content-Type": "application/json"} if body else {}
        url, query = base + request["path"], request["query"]
        client.request(request["method"], url, params=query, content=body, headers=headers).raise_for_status()


if __name__ == "__main__":
    main()
