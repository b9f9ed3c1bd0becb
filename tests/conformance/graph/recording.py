"""What was sent, kept for Microsoft's own models to read: `make conformance` runs tests with a file named, then reads it."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.http.request import Sent
from tests.conformance.graph.type_files import BETA, V1

VARIABLE = "RECORD_GRAPH_REQUESTS"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """A request with a body; a batch stands as its parts. `path` is below the version, without its query."""

    version: str
    verb: str
    path: str
    body: Any


def record(sent: list[Sent]) -> None:
    """Appends the requests with bodies to the file that the environment names, if it names one."""
    file = os.environ.get(VARIABLE)
    if not file:
        return
    lines = [_line(each) for each in sent if each.body is not None]
    # In one write: several processes of a test run append to the same file.
    with Path(file).open("a", encoding="utf-8") as out:
        out.write("".join(lines))


def recorded(file: Path) -> tuple[Recorded, ...]:
    """Each different request of the file once, in order."""
    lines = dict.fromkeys(file.read_text(encoding="utf-8").splitlines())
    return tuple(each for line in lines for each in _unpacked(json.loads(line)))


def _line(sent: Sent) -> str:
    return json.dumps({"verb": sent.method, "path": sent.path, "body": sent.body}, ensure_ascii=False) + "\n"


def _unpacked(entry: dict[str, Any]) -> Iterator[Recorded]:
    version, _, path = entry["path"].removeprefix("/").partition("/")
    assert version in (V1, BETA), entry["path"]
    if path != "$batch":
        yield Recorded(version=version, verb=entry["verb"], path="/" + path, body=entry["body"])
        return
    for part in entry["body"]["requests"]:
        below = "/" + part["url"].partition("?")[0].lstrip("/")
        if part.get("body"):
            yield Recorded(version=version, verb=part["method"], path=below, body=part["body"])
