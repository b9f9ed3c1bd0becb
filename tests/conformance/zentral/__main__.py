"""Walks the tour on the server in ZENTRAL_URL and records its answers, or compares them with what is recorded (`--compare`).

ZENTRAL_TOKEN may read and write what the adapter does; ZENTRAL_BLUEPRINT names a blueprint with two iPads and a Mac; ZENTRAL_VERSION
is written into the record. ZENTRAL_TOKEN_VIEW (reads everything), ZENTRAL_TOKEN_FEW (inventory.view_tag alone) and
ZENTRAL_TOKEN_INACTIVE (of an account that is switched off) are for the steps about rights; a comparison leaves those out whose token is not there.
"""

import difflib
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import yaml

from tests.conformance.zentral.recording import RECORDED, answers, asking, record
from tests.conformance.zentral.touring import Tour, load_tour

_OTHERS = ("view", "few", "inactive")


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    """0: recorded or alike, 1: the server answers otherwise than the record, 2: something of the environment is missing."""
    missing = [name for name in ("ZENTRAL_URL", "ZENTRAL_TOKEN", "ZENTRAL_BLUEPRINT") if not environment.get(name)]
    tokens = {"all": environment.get("ZENTRAL_TOKEN", "")}
    tokens |= {
        who: environment[f"ZENTRAL_TOKEN_{who.upper()}"]
        for who in _OTHERS
        if environment.get(f"ZENTRAL_TOKEN_{who.upper()}")
    }
    compare = "--compare" in arguments
    if not compare:
        missing += [
            name
            for name in ("ZENTRAL_VERSION", *(f"ZENTRAL_TOKEN_{who.upper()}" for who in _OTHERS))
            if not environment.get(name)
        ]
    if missing:
        sys.stderr.write(f"Skipped: {', '.join(missing)} not set.\n")
        return 2
    tour = _with_tokens(load_tour(), tokens)
    with httpx.Client(base_url=environment["ZENTRAL_URL"].rstrip("/") + "/api/", timeout=30) as client:
        found = answers(tour, asking(client, tokens), environment["ZENTRAL_BLUEPRINT"])
    if compare:
        return _compare(found)
    record(found, version=environment["ZENTRAL_VERSION"])
    return 0


def _with_tokens(tour: Tour, tokens: Mapping[str, str]) -> Tour:
    return replace(tour, steps=[step for step in tour.steps if step.who in tokens or step.who not in _OTHERS])


def _compare(found: Mapping[str, Any]) -> int:
    recorded = yaml.safe_load(RECORDED.read_text(encoding="utf-8"))["answers"]
    pairs = [(_lines({name: recorded.get(name)}), _lines({name: answer})) for name, answer in found.items()]
    for before, after in pairs:
        sys.stdout.writelines(difflib.unified_diff(before, after, "recorded", "this server", n=2))
    return int(any(before != after for before, after in pairs))


def _lines(answer: Any) -> list[str]:
    return yaml.safe_dump(answer, allow_unicode=True, sort_keys=True).splitlines(keepends=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
