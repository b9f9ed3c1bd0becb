"""A level changed in the file's own text: what people wrote around it stays."""

from datetime import date
from pathlib import Path

import pytest

from reconciler.load.repository import load
from reconciler.load.tree import read_tree
from reconciler.model.mgn import Level, LevelChange
from reconciler.reconcile.mgn import Edited, Wish, change_level
from tests.unit.load.writing import FILES, changed, write_all

ADOPTED = """\
# Grundskolans MGN
school_form: grundskola
school_year: 2026-27
state: adopted # antagen på rektorsmötet
decision: {body: Rektorsgruppen, date: "2026-06-01", reference: BUN 2026/114}
participants:
  - {role: rektor, count: 3}
  - {role: användarstödjare} # en från varje skola

requirements:
  # Närvaro
  - id: narvaro
    level: SKA # lagkrav
    text: >
      Närvaro förs varje lektion.
    system: vklass
    process: närvaro
    role: lärare
    rationale: Tidig upptäckt.
    verification: self_assessment

  # Planering
  - id: planering
    level: BÖR # på väg
    text: Planeringar publiceras.
    system: vklass
    process: planering
    role: lärare
    rationale: Insyn.
    verification: self_assessment # varje vår

  - {id: logg, level: BÖR, text: Loggen förs., system: vklass, process: logg, role: lärare, rationale: Insyn., verification: attestation}
"""
DRAFT = changed(
    changed(ADOPTED, "state: adopted # antagen på rektorsmötet\n", "state: draft\nreplaces: 2026-27\n"),
    "year: 2026-27",
    "year: 2027-28",
)
TODAY = date(2026, 11, 21)
AUGUST = date(2027, 8, 16)
DRAFT_FILE = "policies/mgn/2027-28/grundskola.yaml"


def edit(tmp_path: Path, wish: Wish, draft: str | None = None) -> Edited:
    write_all(tmp_path, {**FILES, "policies/mgn/2026-27/grundskola.yaml": ADOPTED})
    if draft is not None:
        write_all(tmp_path, {DRAFT_FILE: draft})
    return change_level(tmp_path, wish, TODAY)


def wish(name: str = "planering", level: Level = Level.SHALL, start: date = AUGUST, reason: str = "") -> Wish:
    return Wish(name=name, level=level, start=start, reason=reason)


EVENT = '{date: "2026-11-21", from: BÖR, to: SKA, takes_effect: "2027-08-16"}'


def test_only_the_lines_concerned_change(tmp_path: Path) -> None:
    found = edit(tmp_path, wish(), draft=DRAFT)
    expected = changed(
        changed(DRAFT, "level: BÖR # på väg\n", 'level: BÖR # på väg\n    becomes: {level: SKA, from: "2027-08-16"}\n'),
        "verification: self_assessment # varje vår\n",
        f"verification: self_assessment # varje vår\n    history: [{EVENT}]\n",
    )

    assert (found.findings, found.file, found.drafted) == ((), DRAFT_FILE, False)
    assert found.text == expected


def test_a_requirement_in_braces_stays_in_its_braces(tmp_path: Path) -> None:
    found = edit(tmp_path, wish("logg"), draft=DRAFT)
    expected = changed(
        changed(DRAFT, "level: BÖR, ", 'level: BÖR, becomes: {level: SKA, from: "2027-08-16"}, '),
        "verification: attestation}",
        f"verification: attestation, history: [{EVENT}]}}",
    )

    assert (found.findings, found.text) == ((), expected)


def test_a_change_of_mind_takes_back_what_was_to_come_and_stays_in_the_history(tmp_path: Path) -> None:
    first = edit(tmp_path, wish(), draft=DRAFT)
    found = edit(tmp_path, wish(level=Level.SHOULD, reason='Inte "klart"'), draft=first.text)
    second = '{date: "2026-11-21", from: SKA, to: BÖR, takes_effect: "2027-08-16", reason: "Inte \\"klart\\""}'

    assert found.findings == ()
    assert found.text == changed(
        changed(first.text, '    becomes: {level: SKA, from: "2027-08-16"}\n', ""),
        f"history: [{EVENT}]",
        f"history: [{EVENT}, {second}]",
    )
    third = edit(tmp_path, wish(), draft=found.text)
    assert 'level: BÖR # på väg\n    becomes: {level: SKA, from: "2027-08-16"}\n' in third.text


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ('    becomes:\n      level: SKA\n      from: "2027-08-16"\n    text: Planeringar', "    text: Planeringar"),
        ('    becomes: {level: SKA, from: "2027-08-16"} # beslutat\n    text: Planeringar', "    text: Planeringar"),
    ],
)
def test_the_whole_of_what_was_to_come_goes(tmp_path: Path, written: str, left: str) -> None:
    found = edit(tmp_path, wish(level=Level.SHOULD), draft=changed(DRAFT, "    text: Planeringar", written))

    assert found.findings == ()
    assert "becomes" not in found.text
    assert f"level: BÖR # på väg\n{left}" in found.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("level: BÖR, text", 'level: BÖR, becomes: {level: SKA, from: "2027-08-16"}, text'),
        ("{id: logg", '{becomes: {level: SKA, from: "2027-08-16"}, id: logg'),
    ],
)
def test_within_braces_it_goes_with_its_comma(tmp_path: Path, old: str, new: str) -> None:
    found = edit(tmp_path, wish("logg", Level.SHOULD), draft=changed(DRAFT, old, new))

    assert found.findings == ()
    assert "- {id: logg, level: BÖR, text: Loggen förs., system: vklass," in found.text


def test_a_version_holds_one_change_of_a_requirement(tmp_path: Path) -> None:
    first = edit(tmp_path, wish(), draft=DRAFT)
    later = edit(tmp_path, wish(level=Level.SHOULD, start=date(2028, 1, 10)), draft=first.text)

    assert [one.code for one in later.findings] == ["MGN-TWO-CHANGES"]
    assert later.text == ""


def test_what_the_version_before_brought_is_the_level_that_the_next_one_leaves(tmp_path: Path) -> None:
    coming = 'level: BÖR # på väg\n    becomes: {level: SKA, from: "2027-01-11"}\n'
    adopted = changed(ADOPTED, "level: BÖR # på väg\n", coming)
    write_all(tmp_path, {**FILES, "policies/mgn/2026-27/grundskola.yaml": adopted})
    found = change_level(tmp_path, wish(level=Level.SHOULD), TODAY)

    assert (found.findings, found.drafted) == ((), True)
    assert 'level: SKA # på väg\n    becomes: {level: BÖR, from: "2027-08-16"}\n' in found.text


def test_a_history_of_lines_gets_another_line(tmp_path: Path) -> None:
    event = '{date: "2026-01-10", from: SKA, to: BÖR, takes_effect: "2026-08-17"}'
    text = changed(
        DRAFT, "self_assessment # varje vår\n", f"self_assessment # varje vår\n    history:\n      - {event} # då\n"
    )
    found = edit(tmp_path, wish(), draft=text)

    assert f"    history:\n      - {event} # då\n      - {EVENT}\n" in found.text


def test_an_adopted_version_is_left_and_a_draft_made_of_it(tmp_path: Path) -> None:
    found = edit(tmp_path, wish())

    assert (found.file, found.drafted, found.findings) == (DRAFT_FILE, True, ())
    assert found.text.startswith(
        "# Grundskolans MGN\nschool_form: grundskola\nschool_year: 2027-28\n"
        "state: draft # antagen på rektorsmötet\nreplaces: 2026-27\n\nrequirements:\n  # Närvaro\n"
    )
    assert "decision" not in found.text
    (tmp_path / "policies/mgn/2027-28").mkdir()
    (tmp_path / DRAFT_FILE).write_text(found.text, encoding="utf-8")
    loaded = load(read_tree(tmp_path))
    assert loaded.findings == ()
    assert loaded.documents is not None
    made = loaded.documents.mgn[1].requirements[1]
    assert made.becomes == LevelChange(level=Level.SHALL, start=AUGUST, at=made.at.child("becomes"))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (wish(start=date(2027, 1, 19)), "MGN-NOTICE"),  # 59 days
        (wish(start=date(2027, 1, 20)), "MGN-ADOPTED"),  # 60 days, but in the läsår that is adopted
        (wish("narvaro"), "MGN-ALREADY"),
        (wish("planerring"), "MGN-NO-SUCH-REQUIREMENT"),
        (wish("fritidshem/planering"), "MGN-NO-SUCH-REQUIREMENT"),
    ],
)
def test_what_may_not_be(tmp_path: Path, asked: Wish, code: str) -> None:
    found = edit(tmp_path, asked)

    assert ([one.code for one in found.findings], found.text) == ([code], "")


def test_a_draft_is_not_changed_for_a_day_before_its_year(tmp_path: Path) -> None:
    found = edit(tmp_path, wish(start=date(2027, 3, 1)), draft=DRAFT)

    assert [one.code for one in found.findings] == ["MGN-BEFORE-ITS-YEAR"]


def test_of_two_school_forms_one_is_named(tmp_path: Path) -> None:
    other = changed(DRAFT, "school_form: grundskola", "school_form: fritidshem").replace("replaces: 2026-27\n", "")
    write_all(
        tmp_path,
        {**FILES, DRAFT_FILE: DRAFT.replace("replaces: 2026-27\n", ""), "policies/mgn/2027-28/fritidshem.yaml": other},
    )
    (finding,) = change_level(tmp_path, wish(), TODAY).findings

    assert finding.code == "MGN-WHICH-FORM"
    assert finding.values["names"] == "fritidshem/planering, grundskola/planering"
    assert change_level(tmp_path, wish("fritidshem/planering"), TODAY).file == "policies/mgn/2027-28/fritidshem.yaml"
