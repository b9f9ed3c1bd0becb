"""A real Zentral server under contract: devices, apps and a blueprint that it has, and a prefix on everything that we make.

What a case needs and this server hasn't is a reason to skip it. All that begins with the prefix is this suite's, whichever run
made it, and is taken away; nothing else is ever deleted.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from reconciler.adapters.wiring import Wiring
from reconciler.adapters.zentral.connect import connect_zentral
from reconciler.credentials.purpose import Purpose
from reconciler.http.clock import SYSTEM, Clock
from reconciler.http.request import Sent
from reconciler.model.adapter import Adapter
from reconciler.model.documents import Backend, Documents
from reconciler.sandbox.seed_values import expand
from reconciler.settings.table import load_settings
from tests.contract import zentral_words as words
from tests.contract.cases import Case
from tests.contract.live import Effect, Word
from tests.contract.zentral_console import Console, Refused
from tests.contract.zentral_hand import HAND, Desk, edit_by_hand
from tests.contract.zentral_live import TRAITS, WRITES, read_word, spell_word
from tests.contract.zentral_tables import Row, Tables, effects, groups_of, objects, others
from tests.contract.zentral_words import Names

PREFIX = "reconciler-contract-"
WANTED = (
    *("NORR0001", "SYD0001", "OKÄND0001", "NORR0002", "SYD0002", "NORR0003", "NORR0004", "SYD0003", "NORR0005"),
    *("NORR0006", "OKÄND0002"),
)
"""A case's devices, the most needed first: a server with few iPads has the first of them."""

Transport = Callable[[], httpx.BaseTransport]


@dataclass(slots=True)
class ServerLive:
    """One server. `transport` and `clock` are a test's of this module itself."""

    url: str
    token: str = field(repr=False)
    names: Names
    console: Console
    transport: Transport | None = None
    clock: Clock = SYSTEM
    name: str = "zentral"
    traits: frozenset[str] = TRAITS - {"deprovisions"}
    sent: list[str] = field(default_factory=list)
    changes: int = 0
    shown: tuple[int, Tables] | None = field(default=None, repr=False)

    @property
    def desk(self) -> Desk:
        return Desk(console=self.console, names=self.names, tables=self.tables)

    def tables(self) -> Tables:
        """As they are, read again whenever we or a case's edit may have changed something."""
        changes = self.changes + self.console.changes
        if self.shown is None or self.shown[0] != changes:
            self.shown = (changes, self.console.tables())
        return self.shown[1]

    def translate(self, text: str) -> str:
        return words.translate(text, self.names)

    def wiring(self) -> Wiring:
        host = urlsplit(self.url).netloc
        environment = {"RECONCILER_ZENTRAL_TOKEN_APPLY": self.token, "RECONCILER_ZENTRAL_HOST": host}
        return Wiring(
            environment=environment,
            purpose=Purpose.APPLY,
            clock=self.clock,
            transport=self.transport,
            on_request=self._note,
        )

    def _note(self, sent: Sent) -> None:
        if sent.method in WRITES:
            self.changes += 1
            self.sent.append(f"{sent.method} {sent.path}")

    def connect(self, documents: Documents, backend: Backend, wiring: Wiring) -> Adapter:
        apps = {app.id: app for app in documents.apps}
        return connect_zentral(backend, org=documents.organisation.uid, table=load_settings(), apps=apps, wiring=wiring)

    def dump(self) -> Any:
        raise NotImplementedError("a server begins from nothing each time")

    def load(self, dumped: Any) -> None:
        raise NotImplementedError("a server begins from nothing each time")

    def edit(self, edit: Mapping[str, Any]) -> None:
        edit_by_hand(self.desk, edit)

    def seen(self, effect: Effect) -> Mapping[str, Word]:
        """By what REST shows of tags, links and versions; devices of a real server may take their time."""
        settings, apps = effects(self.tables(), self.names, self.names.serial(effect.device))
        return {name: read_word(self.desk, settings, apps, name) for name in effect.has}

    def spell_word(self, name: str, word: Word) -> Word:
        return spell_word(name, word)

    def place(self, serial: str) -> str:
        return "+".join(groups_of(self.tables(), self.names, self.names.serial(serial))) or "outside"

    def spell_place(self, place: str) -> str:
        return words.PLACES.get(place, place)

    def writes(self) -> list[str]:
        found, self.sent = self.sent, []
        return found

    def objects(self) -> Mapping[str, int]:
        return objects(self.tables(), self.names)

    def others(self) -> str:
        return others(self.tables(), self.names)


def console_of(url: str, token: str, transport: Transport | None = None) -> Console:
    headers = {"Authorization": f"Token {token}"}
    made = transport() if transport else None
    # gunicorn, which a server mostly runs on, closes what was idle for two seconds.
    limits = httpx.Limits(keepalive_expiry=1.0)
    base = f"{url.rstrip('/')}/api/"
    return Console(http=httpx.Client(base_url=base, headers=headers, transport=made, limits=limits, timeout=60))


def find_names(console: Console, *, url: str, blueprint: str) -> Names:
    """What the server has for the cases' devices and apps. Raises Refused where it has no such blueprint."""
    tables = console.tables()
    if not tables.has("blueprints", blueprint):
        known = ", ".join(sorted(row["name"] for row in tables.rows["blueprints"]))
        raise Refused(f"there is no blueprint {blueprint!r}; there are: {known}")
    devices = [row for row in console.rows("mdm/devices/") if row["platform"] == "iPadOS" and not row["checkout_at"]]
    counts = Counter(row["serial_number"] for row in console.rows("mdm/devices/"))
    once = sorted((row for row in devices if counts[row["serial_number"]] == 1), key=lambda row: row["serial_number"])
    wanted = tables.named("blueprints", blueprint)["id"]
    once = [row for row in once if re.fullmatch("[A-Za-z0-9]+", row["serial_number"])]  # as files may write it
    inside = [row["serial_number"] for row in once if row["blueprint"] == wanted and not row["blocked_at"]]
    outside = [row["serial_number"] for row in once if row["blueprint"] not in (wanted, None)]
    serials = dict(zip(WANTED, inside, strict=False)) | dict(zip(["KONTOR0001"], outside, strict=False))
    numbers = dict(zip(["kami", "kahoot", "reklam"], _free_apps(tables), strict=False))
    return Names(url=url.rstrip("/"), blueprint=blueprint, prefix=PREFIX, numbers=numbers, serials=serials)


def _free_apps(tables: Tables) -> list[str]:
    """Numbers of apps that one location has bought, once, and that nobody has an artifact for."""
    assets = tables.rows["location_assets"]
    counts = Counter(row["adam_id"] for row in assets)
    used = {row["location_asset"] for row in tables.rows["store_apps"] if not _is_of_suite(tables, row["artifact"])}
    taken = {row["adam_id"] for row in assets if row["id"] in used}
    return sorted(number for number, count in counts.items() if count == 1 and number not in taken)


def _is_of_suite(tables: Tables, artifact: str) -> bool:
    return any(row["id"] == artifact and row["name"].startswith(PREFIX) for row in tables.rows["artifacts"])


def why_not(case: Case, names: Names) -> str:
    """Why a case can't be tried on this server; empty where it can."""
    if lacking := sorted(case.needs - (TRAITS - {"deprovisions"})):
        return f"the case is about {', '.join(lacking)}"
    edits = [edit for step in case.steps for edit in step.edits if edit.get("only", "zentral") == "zentral"]
    if unknown := sorted({name for edit in edits for name in edit if name not in HAND and name != "only"}):
        return f"REST can't do it: {', '.join(unknown)}"
    return next(_lacks(case, names), "")


def _lacks(case: Case, names: Names) -> Iterator[str]:
    text = repr([(step.files, step.replace, step.edits, step.has, step.where) for step in case.steps])
    asked = {one for found in re.findall(r"\b[A-ZÄ]+\{[\d,.]+\}", text) for one in expand(found)}
    asked |= set(words.SERIAL.findall(text)) | {"NORR0001", "SYD0001"}
    serials = names.serials or {}
    if missing := sorted(asked - serials.keys()):
        yield f"it needs {len(missing)} more devices than the server has for it: {', '.join(missing)}"
    if "}, serials:" in text:
        yield "a serial number beats a pattern in it, and here all devices are named by serial number"
    if re.search(r"(?<!match: )\{location: |(?<!location: )\"NORR 4-6", text):
        yield "it changes a pattern, and here devices are named by serial number"
    apps = {"kami"} | {app for app in ("kahoot", "reklam") if re.search(rf"required: \[[^]]*{app}", text)}
    if missing := sorted(apps - names.numbers.keys()):
        yield f"it needs {len(missing)} more apps, bought once and used by nobody, than the server has"


def take_away(console: Console) -> list[str]:
    """Everything whose name begins with the prefix, in the order that the server takes. What it keeps, by name.

    A tag that something else names is left: deleting it would change whom that reaches.
    """
    tables = console.tables()
    ours = {row["id"]: row["name"] for row in tables.rows["artifacts"] if row["name"].startswith(PREFIX)}
    tags = {row["id"]: row["name"] for row in tables.rows["tags"] if row["name"].startswith(PREFIX)}
    for link in tables.rows["links"]:
        if link["artifact"] in ours:
            console.delete("links", link["id"])
        elif any(row["tag"] in tags for row in link["tag_shards"]):
            rows = [row for row in link["tag_shards"] if row["tag"] not in tags]
            console.change("links", link, tag_shards=rows)
    kept = [name for key, name in ours.items() if not _deleted(console, "artifacts", key)]
    named = _named_elsewhere(console.tables(), ours)
    kept += [name for key, name in tags.items() if key in named or not _deleted(console, "tags", key)]
    homes = {row["taxonomy"] for row in console.tables().rows["tags"]}
    for row in tables.rows["taxonomies"]:
        if row["name"].startswith(PREFIX) and (row["id"] in homes or not _deleted(console, "taxonomies", row["id"])):
            kept.append(row["name"])
    return kept


def _named_elsewhere(tables: Tables, ours: Mapping[str, str]) -> set[int]:
    """Tags that a link or a version of somebody else's speaks of."""
    scopes = [
        row for kind in ("links", "profiles", "store_apps") for row in tables.rows[kind] if row["artifact"] not in ours
    ]
    return {tag for row in scopes for tag in _spoken_of(row)}


def _spoken_of(scope: Row) -> set[int]:
    return {row["tag"] for row in scope["tag_shards"]} | set(scope["excluded_tags"])


def _deleted(console: Console, kind: str, identity: object) -> bool:
    try:
        console.delete(kind, identity)
    except Refused:
        return False
    return True
