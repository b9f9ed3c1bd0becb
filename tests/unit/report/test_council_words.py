"""The council's words: every word that a record may hold has its own in both languages, and every phrase its text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reconciler.report
from reconciler.catalogue.depth import REQUIREMENTS
from reconciler.catalogue.meeting import ITEMS, lacks_code
from reconciler.model.vetting import APPROVED
from reconciler.report.council_words import CouncilWords
from reconciler.schema.check import schemas
from reconciler.texts.rendering import messages

MESSAGES = messages("meeting")
FOLDERS = (Path(reconciler.report.__file__).parent, Path(reconciler.report.__file__).parent.parent / "cli")
SOURCE = "\n".join(path.read_text("utf-8") for folder in FOLDERS for path in folder.glob("*.py"))

FIELDS = {
    ("status",): "STATUS",
    ("audiences",): "AUDIENCE",
    ("sign_in",): "SIGN-IN",
    ("personal_data",): "DATA",
    ("cost", "model"): "COST",
    ("cost", "price", "per"): "PER",
    ("cost", "price", "period"): "PERIOD",
    ("cost", "in_app_purchases"): "PURCHASES",
    ("cost", "bearer"): "BEARER",
    ("interface", "reading"): "READING",
    ("interface", "accessibility"): "ACCESS",
    ("interface", "offline"): "OFFLINE",
    ("data_protection", "agreement"): "AGREEMENT",
    ("data_protection", "impact_assessment"): "IMPACT",
    ("data_protection", "third_country"): "COUNTRY",
    ("data_protection", "storage"): "STORAGE",
    ("data_protection", "assessed_platforms"): "PLATFORM",
    ("it_review", "ground"): "GROUND",
}


def words_in_schema() -> Iterator[tuple[str, str]]:
    for path, field in FIELDS.items():
        schema: Any = schemas()["app-catalog.schema.json"]["$defs"]["app"]
        for step in path:
            schema = schema["properties"][step]
        for word in schema.get("items", schema)["enum"]:
            yield field, word


@pytest.mark.parametrize(("field", "word"), list(words_in_schema()))
def test_every_word_of_the_schema_has_its_own(field: str, word: str) -> None:
    assert f"COUNCIL-{field}-{word.upper()}" in MESSAGES


def test_every_phrase_that_is_said_has_its_text() -> None:
    said = set(re.findall(r'words\.(?:phrase|counted)\(\s*"([A-Z0-9-]+)"', SOURCE))

    assert len(said) > 60
    assert said - MESSAGES.keys() == set()


def test_what_a_record_may_lack_has_a_word() -> None:
    keys = {one.key for one in REQUIREMENTS} | {"data_protection.agreement"}

    assert {lacks_code(key) for key in keys} - MESSAGES.keys() == set()


def test_phrases_that_are_put_together() -> None:
    codes = [f"AGENDA-{item.upper()}" for item in ITEMS] + ["NOTICE-REQUIRED", "NOTICE-AVAILABLE"]
    codes += [f"COMPARE-NO-NUMBER-{per}" for per in ("USER", "DEVICE", "CLASS", "SCHOOL")]
    codes += [f"EXPORT-WHY-{why}" for why in ("PRICE", "SCHOOL", "DEVICE", "EMAIL", "PHONE", "PERSONAL-NUMBER")]
    codes += [f"AGES-DAY-{day}" for day in ("RECEIVED", "QUEUED", "DECIDED", "APPROVED", "WISHED", "INSTALLED")]

    assert set(codes) - MESSAGES.keys() == set()
    assert {"COUNCIL-STATUS-APPROVED", "COUNCIL-STATUS-APPROVED-WITH-CONDITIONS"} == {
        f"COUNCIL-STATUS-{status.upper()}" for status in APPROVED
    }


def test_a_language_without_a_word_stays_as_it_is_written() -> None:
    assert CouncilWords(lang="sv").language("so") == "somaliska"
    assert CouncilWords(lang="sv").language("xx") == "xx"
