"""A person at a Zentral server: what they see and change, over its REST API with a token of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.contract.zentral_tables import LISTS, Row, Tables

PAGE = 500


class Refused(Exception):  # noqa: N818 - as people say
    """The server answered with something else than done. Holds the call and what it said."""


@dataclass(slots=True, kw_only=True)
class Console:
    """`http` has the API's address as its base, and the token in its headers. `changes` counts what was sent to change something."""

    http: httpx.Client = field(repr=False)
    changes: int = 0

    def close(self) -> None:
        self.http.close()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        self.changes += method != "GET"
        answer = self.http.request(method, path, json=body)
        if answer.status_code >= 300:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    def rows(self, path: str, query: str = "") -> list[Row]:
        """A list whole, page by page."""
        found: list[Row] = []
        while True:
            answer = self.call("GET", f"{path}?limit={PAGE}&offset={len(found)}{query}")
            if isinstance(answer, list):
                return answer
            found += answer["results"]
            if len(found) >= answer["count"] or not answer["results"]:
                return found

    def tables(self) -> Tables:
        """Everything, and who has which tag."""
        rows = {name: self.rows(path) for name, path in LISTS.items()}
        tagged = {tag["id"]: self.serials(tag["id"]) for tag in rows["tags"]}
        return Tables(rows=rows, tagged=tagged)

    def serials(self, tag: int) -> list[str]:
        """Of enrolled devices; those that it hasn't can have tags too, and nothing shows them."""
        return [str(row["serial_number"]) for row in self.rows("mdm/devices/", f"&tags={tag}")]

    def create(self, kind: str, body: Row) -> Row:
        found: Row = self.call("POST", LISTS[kind], dict(body))
        return found

    def change(self, kind: str, row: Row, **changes: Any) -> None:
        """The whole row, with some of it changed."""
        made = ("id", "created_at", "updated_at", "slug")
        body = {name: value for name, value in row.items() if name not in made} | changes
        self.call("PUT", f"{LISTS[kind]}{row['id']}/", body)

    def delete(self, kind: str, identity: object) -> None:
        self.call("DELETE", f"{LISTS[kind]}{identity}/")

    def tag(self, kind: str, names: Sequence[str], serials: Sequence[str], taxonomy: str | None = None) -> None:
        """ADD, REMOVE or SET."""
        operation = {"kind": kind, "names": list(names), **({"taxonomy": taxonomy} if taxonomy else {})}
        self.call("POST", "inventory/machines/tags/", {"serial_numbers": list(serials), "operations": [operation]})
