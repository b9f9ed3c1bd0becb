"""What is told of another pin of what is shared with others."""

from collections.abc import Mapping
from typing import Final

import pytest

from reconciler.load.shared import hash_of
from reconciler.review.review import Review
from tests.unit.review.test_told import common, review

BASELINE: Final = """\
id: trygg
name: Trygg grund
applies_to: {audiences: [pupils]}
apps: {available: [kami]}
settings: {incognito: blocked, task-manager: blocked}
"""
CATALOGUE: Final = """\
topic: gemensamt
title: Gemensamt
apps:
  - id: kami
    name: Kami
    platforms: {chromeos: {web: "https://kami.example.se/"}}
    source: {url: "https://kami.example.se/", read: "2026-09-01"}
    status: approved
"""
FIRST: Final = {"policies/baselines/trygg.yaml": BASELINE, "app-catalogs/gemensamt.yaml": CATALOGUE}


def pinned(files: Mapping[str, str], source: str = "../gemensamt") -> dict[str, str]:
    pin = hash_of({path: text.encode() for path, text in files.items()})
    organisation = common()["organisation.yaml"].decode()
    line = f'shared: [{{id: skollan, from: "{source}", hash: "{pin}"}}]\n'
    return {
        "organisation.yaml": organisation + line,
        **{f"shared/skollan/{path}": text for path, text in files.items()},
    }


def facts(found: Review) -> list[tuple[str, dict[str, str]]]:
    (told,) = (one for one in found.told if one.area == "shared")
    return [(fact.code, dict(fact.values)) for fact in told.facts]


def after(**changes: str) -> list[tuple[str, dict[str, str]]]:
    files = {"baseline": "policies/baselines/trygg.yaml", "catalogue": "app-catalogs/gemensamt.yaml"}
    return facts(review(pinned({**FIRST, **{files[name]: text for name, text in changes.items()}}), pinned(FIRST)))


def test_what_is_new_and_what_is_gone() -> None:
    new, gone = review(pinned(FIRST)), review({}, pinned(FIRST))

    assert [(one.area, one.action) for one in new.told] == [("shared", "added")]
    assert facts(new) == [
        ("SHARED-SOURCE", {"source": "../gemensamt"}),
        ("SHARED-BASELINES-NEW", {"names": "Trygg grund"}),
        ("SHARED-CANDIDATES-NEW", {"n": "1", "names": "Kami"}),
    ]
    assert [(one.area, one.action) for one in gone.told] == [("shared", "removed")]
    assert [code for code, _ in facts(gone)] == ["SHARED-BASELINES-GONE", "SHARED-CANDIDATES-GONE"]


def test_other_values_are_named_by_setting() -> None:
    other = BASELINE.replace("task-manager: blocked", "task-manager: allowed, safe-search: required")

    assert after(baseline=other) == [
        ("SHARED-SETTINGS", {"baseline": "Trygg grund", "setting_ids": "safe-search, task-manager"})
    ]


def test_other_apps_are_named() -> None:
    assert after(baseline=BASELINE.replace("[kami]", "[kami, quizdags]")) == [
        ("SHARED-APPS", {"baseline": "Trygg grund", "app_ids": "quizdags"})
    ]


def test_whom_it_is_for() -> None:
    assert after(baseline=BASELINE.replace("[pupils]", "[pupils, staff]")) == [
        ("SHARED-WHOM", {"baseline": "Trygg grund"})
    ]


def test_a_vendors_own_keys() -> None:
    raw = "raw: {google: [{schema: chrome.users.Printers, reach: user, fields: {x: 1}}]}\n"

    assert [code for code, _ in after(baseline=BASELINE + raw)] == ["SHARED-RAW"]


def test_another_record_of_an_app() -> None:
    assert after(catalogue=CATALOGUE.replace("approved", "rejected")) == [
        ("SHARED-CANDIDATES-OTHER", {"n": "1", "names": "Kami"})
    ]


def test_comments_alone_are_told_as_no_change_of_content() -> None:
    assert after(baseline="# ny kommentar\n" + BASELINE) == [("SHARED-SAME", {})]


def test_another_commit_of_the_same_content() -> None:
    one, two = (pinned(FIRST, f"https://git.example.se/x@{letter * 40}") for letter in "ab")

    assert facts(review(two, one)) == [
        (
            "SHARED-OTHER-SOURCE",
            {"was": "https://git.example.se/x (aaaaaaa)", "now": "https://git.example.se/x (bbbbbbb)"},
        )
    ]


def test_the_organisations_own_keys_are_not_told_again() -> None:
    found = review(pinned({**FIRST, "policies/baselines/trygg.yaml": "# x\n" + BASELINE}), pinned(FIRST))

    assert [one.area for one in found.told] == ["shared"]


@pytest.mark.parametrize(
    ("changes", "owners"),
    [
        ({"policies/baselines/trygg.yaml": BASELINE.replace("blocked,", "allowed,")}, ["it", "education"]),
        (
            {"app-catalogs/gemensamt.yaml": CATALOGUE + "    data_protection: {agreement: signed}\n"},
            ["it", "education", "data-protection"],
        ),
    ],
    ids=["values", "facts-on-data-protection"],
)
def test_who_must_approve_follows_from_the_fields_and_the_pin_is_joint(
    changes: Mapping[str, str], owners: list[str]
) -> None:
    found = review(pinned({**FIRST, **changes}), pinned(FIRST))

    assert [one.owner for one in found.approvals] == owners
    assert {area for one in found.approvals for area in one.areas} == {"shared"}


def test_a_shared_record_is_nobodys_own_record() -> None:
    found = review(
        pinned({**FIRST, "app-catalogs/gemensamt.yaml": CATALOGUE.replace("approved", "rejected")}), pinned(FIRST)
    )

    assert found.apps == ()
    assert found.wishes == ()
