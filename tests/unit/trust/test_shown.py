"""The hash of what people read: whatever the forge does to line ends, and nothing that anybody else does to the text."""

import hashlib

import pytest

from reconciler.forge.comments import marker
from reconciler.trust.shown import shown_digest
from reconciler.trust.signing import Key, sign
from tests.unit.trust.building import record

SHOWN = "# Två ändringar\n\n- Inkognitoläge: blockeras\n"
DIGEST = hashlib.sha256("# Två ändringar\n\n- Inkognitoläge: blockeras".encode()).hexdigest()
TEXTS = sign(
    record(*(f"{number:032x}" for number in range(400))), Key(id="2026", secret=b"k" * 32), first=300, rest=600
)


def comments(shown: str = SHOWN) -> list[str]:
    """As they stand on the forge."""
    assert isinstance(TEXTS, tuple)
    assert len(TEXTS) > 2
    first, *rest = TEXTS
    return [f"{marker('plan', part)}\n{body}" for part, body in enumerate([f"{shown}\n{first}", *rest], 1)]


def test_the_text_alone_and_in_its_comments_is_the_same() -> None:
    assert shown_digest([SHOWN]) == shown_digest(comments()) == DIGEST


def test_line_ends_and_space_at_the_ends_say_nothing() -> None:
    bent = [text.replace("\n", "\r\n") + "\r\n" for text in comments()]

    assert shown_digest(bent) == DIGEST


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (0, "blockeras", "tillåts"),
        (0, "# Två ändringar", "<!--\n# Två ändringar"),
        (0, "<!-- reconciler:record", "Och inget mer.\n<!-- reconciler:record"),
        (0, " -->\n# Två", " --> Allt är som förut.\n# Två"),
        (1, "-->\n<!-- reconciler:record", "-->\nAllt är som förut.\n<!-- reconciler:record"),
        (2, " part=3/", " Allt är som förut. part=3/"),
    ],
)
def test_whatever_somebody_writes_beside_the_record_is_another_text(part: int, old: str, new: str) -> None:
    texts = comments()
    assert texts[part].count(old) == 1
    texts[part] = texts[part].replace(old, new)

    assert shown_digest(texts) != DIGEST


def test_one_more_comment_of_the_kind_is_another_text() -> None:
    assert shown_digest([*comments(), f"{marker('plan')}\nAllt är som förut."]) != DIGEST
