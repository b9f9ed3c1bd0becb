"""What leaves the municipality and what doesn't; what comes in, from anybody, and what it may become here."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from reconciler.catalogue.importing import Shared
from reconciler.catalogue.sharing import export_of, in_order
from reconciler.load.repository import load
from reconciler.load.shared_catalogue import LARGEST, read_shared
from reconciler.model.vetting import vetting_of
from reconciler.reconcile.sharing import Imported, import_catalogue, keep
from reconciler.reconcile.would_be import save_files
from reconciler.report.council_words import CouncilWords
from reconciler.report.import_report import import_lines, import_markdown, import_text
from tests.unit.catalogue.records import CATALOG, FILES, documents_of, with_records
from tests.unit.load.writing import write_all

TODAY = date(2026, 11, 22)


def exported(files: Mapping[str, str] = FILES) -> bytes:
    return json.dumps(in_order(export_of(documents_of(files)).data), ensure_ascii=False).encode()


def record(data: bytes, app: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in json.loads(data)["apps"] if one["id"] == app)
    return found


# --- out ----------------------------------------------------------------------------------------------------------


def test_records_and_decisions_go_out_and_nothing_of_who_asked_what_it_costs_or_where() -> None:
    data = exported()
    text = data.decode()

    assert [one["id"] for one in json.loads(data)["apps"]] == ["kami", "nekad", "scratch", "stoppad"]  # not the wish
    assert record(data, "kami")["decision"]["reason"] == "Lässtöd."
    assert record(data, "kami")["cost"] == {"model": "licence"}
    for hidden in (
        "49.5",
        "norrskolan",
        "Norrskolan",
        "request",
        "bearer",
        "notes",
        "5CD1234567",
        "example.se/org",
        "behandling 41",
    ):
        assert hidden not in text, hidden


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("Provad på Norrskolan.", "school"),
        ("NORRSKOLANS elever gillar den.", "school"),
        ("Kostar 49,50 kr per elev.", "price"),
        ("Fråga it-stod@example.se.", "email"),
        ("Ring 070-123 45 67.", "phone"),
        ("Finns på 5CD1234567.", "device"),
        ("Fungerar i åk 4–6.", ""),
        ("Norrskolor i andra kommuner har den.", ""),
    ],
)
def test_a_text_that_names_what_must_not_be_said_is_left_out_and_told_of(reason: str, why: str) -> None:
    found = export_of(documents_of(with_records(("reason: Lässtöd.", f'reason: "{reason}"'))))
    kami: Any = next(one for one in found.data["apps"] if one["id"] == "kami")

    assert kami["decision"]["reason"] == ("–" if why else reason)
    assert [(one.app, one.key, one.why) for one in found.withheld] == (
        [("kami", "decision.reason", why)] if why else []
    )


def test_the_same_catalogue_gives_the_same_bytes_in_any_order_of_records() -> None:
    head, *records = FILES[CATALOG].split("  - id: ")
    turned = head + "".join(f"  - id: {one}" for one in reversed(records))

    assert exported({**FILES, CATALOG: turned}) == exported()


def test_what_goes_out_can_come_in() -> None:
    found = read_shared("x.json", exported())

    assert isinstance(found, Shared)
    assert (found.source, found.code, len(found.apps)) == ("Vidala kommun", "0000", 4)


# --- in: hostile files --------------------------------------------------------------------------------------------

APP: Mapping[str, Any] = {
    "id": "nyapp",
    "name": "Nyapp",
    "platforms": {"chromeos": {"web": "https://nyapp.example.se/"}},
    "source": {"url": "https://nyapp.example.se/", "read": "2026-11-01"},
    "status": "approved",
    "decision": {"meeting": "2026-10-01", "reference": "R 1 § 2", "reason": "Bra."},
    "data_protection": {"agreement": "signed", "impact_assessment": "done"},
    "personal_data": "ordinary",
}


def shared(*apps: Mapping[str, Any], **more: Any) -> bytes:
    whole = {"kind": "reconciler-catalogue", "format": 1, "municipality": {"code": "2026", "name": "Gagnefs kommun"}}
    return json.dumps({**whole, "apps": list(apps), **more}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"x" * (LARGEST + 1), "IMPORT-TOO-LARGE"),
        (b"\xff\xfe", "IMPORT-NOT-JSON"),
        (b"{", "IMPORT-NOT-JSON"),
        (b"[" * 100_000, "IMPORT-TOO-DEEP"),
        (b"[]", "IMPORT-NOT-OURS"),
        (shared(kind="other"), "IMPORT-NOT-OURS"),
        (shared(format=2), "IMPORT-OTHER-FORMAT"),
        (shared(format=True), "IMPORT-OTHER-FORMAT"),
        (shared(extra=1), "IMPORT-OTHER-KEYS"),
        (shared(municipality={"code": "../..", "name": "G"}), "IMPORT-NO-MUNICIPALITY"),
        (shared(municipality={"code": 2026, "name": "G"}), "IMPORT-NO-MUNICIPALITY"),
        (shared(municipality={"code": "2026", "name": "G\nx"}), "IMPORT-NO-MUNICIPALITY"),
        (shared(apps={}), "IMPORT-NO-APPS"),
        (shared(apps=["x"]), "IMPORT-NO-APPS"),
        (shared(APP, APP), "IMPORT-APP-TWICE"),
        (shared({**APP, "age_limit": 1.5}), "IMPORT-NUMBER"),
        (shared({**APP, "age_limit": float("nan")}), "IMPORT-NUMBER"),
        (shared({**APP, "age_limit": 10**20}), "IMPORT-NUMBER"),
        (shared({**APP, "name": "x" * 4001}), "IMPORT-TOO-LONG"),
        (shared({**APP, "name": "a\u202eb"}), "IMPORT-HIDDEN"),
        (shared({**APP, "name": "a\x1b[2Jb"}), "IMPORT-HIDDEN"),
        (shared(APP).replace(b'"nyapp"', b'"nyapp", "id": "annan"'), "IMPORT-KEY-TWICE"),
        (shared({**APP, "id": "../x"}), "PATTERN"),
        (shared({**APP, "evil": 1}), "UNKNOWN-KEY"),
        (shared({**APP, "name": ["x"]}), "WRONG-TYPE"),
        (shared({**APP, "platforms": {"chromeos": {"web": "javascript:alert(1)"}}}), "PATTERN"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_whole(data: bytes, code: str) -> None:
    found = read_shared("x.json", data)

    assert not isinstance(found, Shared)
    assert [one.code for one in found] == [code]


def test_another_hash_is_refused_before_anything_is_read() -> None:
    found = read_shared("x.json", b"{", "ab" * 32)

    assert not isinstance(found, Shared)
    assert [one.code for one in found] == ["IMPORT-OTHER-HASH"]
    assert isinstance(read_shared("x.json", shared(APP), sha256(shared(APP)).hexdigest().upper()), Shared)


# --- in: what it becomes ------------------------------------------------------------------------------------------


def imported(root: Path, data: bytes, *, write: bool = False) -> Imported:
    if not (root / CATALOG).exists():
        write_all(root, FILES)
    file = root / "delad.json"
    file.write_bytes(data)
    found = import_catalogue(root, file, "", "underlag", TODAY, "sv")
    if write:
        assert found.after is not None, found.findings
        save_files(root, found.after, found.files)
        keep(root, found)
    return found


def told(found: Imported) -> str:
    assert found.judged is not None
    assert found.shared is not None
    return import_text(list(import_lines(found.judged, found.shared, "underlag", CouncilWords(lang="sv"))))


def test_an_approved_app_becomes_a_proposal_pinned_by_hash_and_nothing_decided_is_taken_over(tmp_path: Path) -> None:
    data = shared(APP)
    found = imported(tmp_path, data)
    assert found.after is not None, found.findings
    documents = load(found.after).documents
    assert documents is not None
    new = next(vetting_of(app) for app in documents.apps if app.id == "nyapp")

    assert found.files == ("app-catalogs/underlag.yaml",)
    assert (new.status, new.decision, new.data_protection, new.personal_data) == ("proposed", None, None, "")
    assert new.imported is not None
    assert (new.imported.source, new.imported.sha256) == ("Gagnefs kommun", sha256(data).hexdigest())
    assert new.request is not None
    assert new.request.need == ("Ingen här har önskat appen än. I Gagnefs kommun är den godkänd (R 1 § 2). Bra.")
    assert not (tmp_path / "app-catalogs/underlag.yaml").exists()


def test_an_app_that_is_here_is_found_by_its_store_and_shown_beside_ours(tmp_path: Path) -> None:
    theirs = {
        **APP,
        "id": "kami-for-chrome",
        "platforms": {"chromeos": {"extension": "ecnphlgnajanjnkcmbpancdjoidceilk"}},
        "status": "rejected",
    }
    found = imported(tmp_path, shared(theirs))
    assert found.judged is not None

    assert (found.judged.new, found.judged.taken, found.files) == ((), (), ())
    assert "    status: approved hos oss, rejected hos dem\n" in told(found)
    assert "    data_protection.third_country: dpf hos oss, – hos dem\n" in told(found)


def test_an_id_of_another_app_here_is_not_taken(tmp_path: Path) -> None:
    found = imported(tmp_path, shared({**APP, "id": "scratch"}))

    assert "Togs inte in, för id:t är en annan apps här: 1\n    Nyapp (scratch)\n" in told(found)
    assert found.files == ()


def test_what_changed_there_since_the_file_that_was_taken_before(tmp_path: Path) -> None:
    imported(tmp_path, shared(APP), write=True)
    assert (tmp_path / "app-catalogs/imports/2026.json").read_bytes() == shared(APP)
    assert "ändrat hos dem" not in told(imported(tmp_path, shared(APP)))

    later = shared({**APP, "status": "rejected"})
    found = imported(tmp_path, later, write=True)
    assert "ändrat hos dem sedan sist, status: approved → rejected" in told(found)
    assert found.files == ("app-catalogs/underlag.yaml",)  # the pin moves on, and nothing else
    text = (tmp_path / "app-catalogs/underlag.yaml").read_text("utf-8")
    assert sha256(later).hexdigest() in text
    assert "status: proposed" in text


def test_without_the_earlier_file_what_changed_is_unknown(tmp_path: Path) -> None:
    imported(tmp_path, shared(APP), write=True)
    (tmp_path / "app-catalogs/imports/2026.json").write_bytes(b"{}")

    assert "är okänt: den förra filen finns inte kvar" in told(
        imported(tmp_path, shared({**APP, "status": "rejected"}))
    )


def test_hostile_words_are_text_in_the_report_and_in_the_file(tmp_path: Path) -> None:
    name = '"}]: {x: !!python/object:os.system #<script>@alla'
    found = imported(tmp_path, shared({**APP, "name": name}))
    assert found.after is not None, found.findings
    assert found.judged is not None
    assert found.shared is not None
    documents = load(found.after).documents
    assert documents is not None
    lines = list(import_lines(found.judged, found.shared, "underlag", CouncilWords(lang="en")))

    assert next(app.name for app in documents.apps if app.id == "nyapp") == name
    assert "<script>" not in import_markdown(lines)
    assert "@alla" not in import_markdown(lines)


def test_personal_data_in_a_shared_text_is_refused_as_anywhere_in_the_catalogue(tmp_path: Path) -> None:
    found = imported(tmp_path, shared({**APP, "description": "Fråga karin@example.se"}))

    assert found.after is None
    assert [one.code for one in found.findings] == ["PERSONAL-EMAIL"]


@pytest.mark.parametrize("topic", ["../x", "Underlag", "", "a/b", "meetings/x"])
def test_a_topic_is_a_plain_name(tmp_path: Path, topic: str) -> None:
    write_all(tmp_path, FILES)
    (tmp_path / "d.json").write_bytes(shared(APP))

    assert [one.code for one in import_catalogue(tmp_path, tmp_path / "d.json", "", topic, TODAY, "sv").findings] == [
        "IMPORT-TOPIC"
    ]
