"""What a pull request with an approvals file says to those who are asked to approve it."""

from datetime import date

from reconciler.reconcile.review import review_trees
from reconciler.report.review_markdown import review_markdown
from reconciler.report.review_view import review_view
from reconciler.report.words import Words
from tests.unit.load.test_approvals_files import FILE, PATH
from tests.unit.load.writing import RECORDED, tree_of

TODAY = date(2026, 11, 22)


def test_in_plain_words_what_is_approved_and_by_whom() -> None:
    found = review_trees(tree_of(RECORDED), tree_of({**RECORDED, PATH: FILE}), TODAY).review
    assert found is not None

    assert [(one.owner, one.areas) for one in found.approvals] == [
        ("it", ("approvals",)),
        ("education", ("approvals",)),
    ]
    words = Words(lang="sv")
    text = review_markdown(review_view(found, words, base="main"), words, base="main")
    assert "1 godkännandefil" in text
    assert "Godkännandefilen 2026-11-22-chrome: ny" in text
    assert (
        "Godkänns i chrome utan att någon pull request har visat det. Tas bort: 1. Andra ändringar: 1. "
        "Enheter som får flyttas: 3. Versioner av main som ingen har godkänt: 1. Gäller till och med 2026-11-30."
        in text
    )
    assert "Skäl: Rektor har bett om det." in text
