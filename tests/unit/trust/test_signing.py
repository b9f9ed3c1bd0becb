"""Records as text in comments: what holds, what doesn't, and what an editor or Markdown can do to them."""

import base64
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt

from reconciler.trust.record import Record, encode
from reconciler.trust.refusal import Refusal
from reconciler.trust.signing import FIRST, Key, sign, verify
from tests.unit.trust.building import FP, PLANNED, envelope, later, record

KEY = Key(id="2026b", secret=b"k" * 32)
OLD = Key(id="2025a", secret=b"o" * 32)
WHOLE = record(
    FP,
    envelopes={"chrome": (envelope(30),)},
    later=(later(24, "e5" * 16),),
    required=("it", "education"),
    plan_digest="sha256:åäö",
)


def signed(it: Record = WHOLE, key: Key = KEY, **sizes: int) -> tuple[str, ...]:
    texts = sign(it, key, **sizes)
    assert not isinstance(texts, Refusal)
    return texts


def large(count: int) -> Record:
    """With fingerprints as different from each other as real ones."""
    return record(*(hashlib.sha256(str(number).encode()).hexdigest()[:32] for number in range(count)))


def code(found: Record | Refusal | None) -> str:
    return found.code if isinstance(found, Refusal) else type(found).__name__


def test_what_is_signed_comes_back_whole() -> None:
    assert verify(signed(), [KEY]) == WHOLE


def test_the_text_says_what_it_is_in_the_documented_form() -> None:
    """Built by hand from Python's own hmac, zlib and base64."""
    (text,) = signed()
    found = re.fullmatch(
        r"<!-- reconciler:record:1 key=2026b mac=([0-9a-f]{64}) part=1/1\n([A-Za-z0-9_\-=\n]+)\n-->", text
    )

    assert found
    sealed = base64.urlsafe_b64decode(found[2].replace("\n", ""))
    assert found[1] == hmac.new(b"k" * 32, b"reconciler:record:1 2026b\n" + sealed, hashlib.sha256).hexdigest()
    data = json.loads(zlib.decompress(sealed))
    assert data["version"] == 1
    assert data["pull"] == 12
    assert data["made_at"] == "2026-11-21T08:00:00+00:00"
    assert data["fingerprints"] == {"chrome": [FP]}
    assert data["envelopes"] == {"chrome": [{"source": "outside", "into": "norrskolan/elever", "at_most": 30}]}
    assert data["later"] == [{"day": "2026-11-24", "backend": "chrome", "fingerprints": ["e5" * 16]}]


def test_the_same_record_gives_the_same_text_whatever_its_zone() -> None:
    there = WHOLE.made_at.astimezone(ZoneInfo("Europe/Stockholm"))

    assert encode(replace(WHOLE, made_at=there)) == encode(WHOLE)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        encode(replace(WHOLE, made_at=PLANNED.replace(tzinfo=None)))


def test_no_record_is_no_record() -> None:
    assert verify([], [KEY]) is None
    assert verify(["Ändringsplan: inga ändringar.", "<!-- reconciler:review -->"], [KEY]) is None


# --- keys ---------------------------------------------------------------------------------------------------------


def test_a_rotated_key_holds_as_long_as_it_is_there() -> None:
    assert verify(signed(key=OLD), [KEY, OLD]) == WHOLE
    assert verify(signed(), [OLD, KEY]) == WHOLE


def test_a_key_that_is_gone_is_unknown() -> None:
    assert verify(signed(key=OLD), [KEY]) == Refusal(code="RECORD-KEY-UNKNOWN", values={"key": "2025a"})


def test_another_key_of_the_same_id_forges() -> None:
    assert code(verify(signed(key=Key(id="2026b", secret=b"x" * 32)), [KEY])) == "RECORD-FORGED"


def test_the_id_of_the_key_is_signed_too() -> None:
    """Two keys of the same bytes: a text doesn't pass from one to the other."""
    (text,) = signed()

    assert (
        code(verify([text.replace("key=2026b", "key=twin")], [KEY, Key(id="twin", secret=b"k" * 32)]))
        == "RECORD-FORGED"
    )


@pytest.mark.parametrize(
    ("id_", "secret"), [("a b", b"k" * 32), ("", b"k" * 32), ("a" * 33, b"k" * 32), ("a", b"k" * 31)]
)
def test_a_key_that_is_none(id_: str, secret: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        Key(id=id_, secret=secret)


def test_a_key_does_not_show_its_secret() -> None:
    assert "kkk" not in repr(KEY)


# --- what people and editors do -----------------------------------------------------------------------------------

HARMLESS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "text before and after": lambda text: f"# Ändringsplan\n\n| a | b |\n\n{text}\n\nHälsningar",
    "white space at the ends of lines": lambda text: text.replace("\n", " \n\n"),
    "another comment beside it": lambda text: f"<!-- reconciler:plan -->\n{text}<!-- slut -->",
    "twice the same": lambda text: text + "\n" + text,
    "in a quotation beside itself": lambda text: text + "\n> &lt;!-- reconciler:record:1 --&gt;",
    "wrapped anew": lambda text: _rewrapped(text, 37),
    "on one line": lambda text: _rewrapped(text, 100_000),
}

HARMFUL: dict[str, tuple[Callable[[str], str], str]] = {
    "a letter of the payload changed": (lambda text: _swap(text, -20), "RECORD-FORGED"),
    "a letter of the signature changed": (lambda text: _mac(text), "RECORD-FORGED"),
    "the payload cut": (lambda text: text[: len(text) // 2] + "\n-->", "RECORD-BROKEN|RECORD-FORGED"),
    "a letter too few": (lambda text: text[:-6] + text[-5:], "RECORD-BROKEN"),
    "the end cut off": (lambda text: text[:-4], "RECORD-BROKEN"),
    "escaped as HTML": (lambda text: text.replace("<", "&lt;").replace(">", "&gt;"), "RECORD-BROKEN"),
    "a letter that is none of base64": (lambda text: text[:-20] + "å" + text[-19:], "RECORD-BROKEN"),
    "an earlier end of the comment": (lambda text: text[:-20] + "-->" + text[-20:], "RECORD-BROKEN|RECORD-FORGED"),
    "quoted line by line": (lambda text: text.replace("\n", "\n> "), "RECORD-BROKEN"),
    "of a version to come": (lambda text: text.replace("record:1", "record:2"), "RECORD-VERSION"),
    "a part of more": (lambda text: text.replace("part=1/1", "part=1/2"), "RECORD-INCOMPLETE"),
    "a part that isn't": (lambda text: text.replace("part=1/1", "part=2/1"), "RECORD-INCOMPLETE"),
    "the same part with other content beside it": (lambda text: text + _swap(text, -20), "RECORD-FORGED"),
}


def _rewrapped(text: str, width: int) -> str:
    first, *payload, last = text.split("\n")
    whole = "".join(payload)
    return "\n".join([first, *(whole[at : at + width] for at in range(0, len(whole), width)), last])


def _swap(text: str, place: int) -> str:
    other = "A" if text[place] != "A" else "B"
    return text[:place] + other + text[place + 1 :]


def _mac(text: str) -> str:
    place = text.index("mac=") + 4
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


@pytest.mark.parametrize("what", sorted(HARMLESS))
def test_what_does_a_record_no_harm(what: str) -> None:
    (text,) = signed()

    assert verify([HARMLESS[what](text)], [KEY]) == WHOLE


@pytest.mark.parametrize("what", sorted(HARMFUL))
def test_what_breaks_a_record(what: str) -> None:
    (text,) = signed()
    bend, expected = HARMFUL[what]

    assert code(verify([bend(text)], [KEY])) in expected.split("|")


def test_a_record_that_holds_stands_beside_one_that_does_not() -> None:
    (text,) = signed()

    assert verify([_mac(text), text], [KEY]) == WHOLE
    assert verify([text, *signed(key=OLD)], [KEY]) == WHOLE


def test_of_several_that_hold_the_one_made_last_counts() -> None:
    newer = replace(WHOLE, made_at=PLANNED + timedelta(minutes=5), head="9" * 40)

    assert verify([*signed(newer), *signed()], [KEY]) == newer
    assert verify([*signed(), *signed(newer)], [KEY]) == newer


def test_markdown_shows_nothing_of_it_and_everything_after_it() -> None:
    shown = MarkdownIt().render(f"Plan\n\n{signed()[0]}\n\n**efter**")

    assert re.sub(r"<!--.*?-->", "", shown, flags=re.DOTALL).split() == ["<p>Plan</p>", "<p><strong>efter</strong></p>"]


# --- size ---------------------------------------------------------------------------------------------------------


def test_five_hundred_changes_fit_beside_the_text_for_people() -> None:
    assert [len(text) <= FIRST + 500 for text in signed(large(500))] == [True]


def test_what_does_not_fit_goes_into_comments_of_their_own() -> None:
    it = large(5_000)
    texts = signed(it)

    assert len(texts) > 1
    assert all(len(text) < 65_536 for text in texts)
    assert len(texts[0]) < 16_000
    assert verify(texts[::-1], [KEY]) == it


def test_a_part_that_is_missing() -> None:
    texts = signed(large(5_000))

    assert verify(texts[1:], [KEY]) == Refusal(
        code="RECORD-INCOMPLETE", values={"parts": str(len(texts) - 1), "of": str(len(texts))}
    )


def test_parts_of_two_records_do_not_mix() -> None:
    one, other = (signed(replace(large(5_000), pull=number)) for number in (12, 13))

    assert code(verify([one[0], *other[1:]], [KEY])) == "RECORD-INCOMPLETE"


def test_a_record_of_more_parts_than_anybody_reads_is_not_made() -> None:
    assert sign(WHOLE, KEY, first=10, rest=10) == Refusal(
        code="RECORD-TOO-LARGE", values={"parts": str(_parts_of(WHOLE, 10)), "limit": "20"}
    )


def _parts_of(it: Record, size: int) -> int:
    payload = base64.urlsafe_b64encode(zlib.compress(encode(it).encode(), 9))
    return -(-len(payload) // size)


def test_a_long_hostile_comment_takes_no_time() -> None:
    """Each of these makes a careless expression look at every pair of places in it."""
    started = "<!-- reconciler:record:1 key=a mac=" + "0" * 64 + " part=1/1\n"

    for text in (
        started * 500,
        started + "A" * 60_000,
        started + " " * 60_000,
        "<!--" * 15_000,
        started + "-- " * 20_000,
    ):
        assert code(verify([text], [KEY])) in ("RECORD-BROKEN", "NoneType")


# --- what a signed text may say -----------------------------------------------------------------------------------


def sealed(data: object) -> str:
    """Signed as ours, with whatever content: another version of the tool might have made it."""
    packed = zlib.compress(json.dumps(data).encode())
    mac = hmac.new(b"k" * 32, b"reconciler:record:1 2026b\n" + packed, hashlib.sha256).hexdigest()
    return f"<!-- reconciler:record:1 key=2026b mac={mac} part=1/1\n{base64.urlsafe_b64encode(packed).decode()}\n-->"


GOOD = json.loads(encode(WHOLE))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({**GOOD, "version": 2}, "RECORD-VERSION"),
        ({**GOOD, "more": 1}, "RECORD-BROKEN"),
        ({**GOOD, "pull": "12"}, "RECORD-BROKEN"),
        ({**GOOD, "made_at": "igår"}, "RECORD-BROKEN"),
        ({**GOOD, "made_at": "2026-11-21T08:00:00"}, "RECORD-BROKEN"),
        ({**GOOD, "fingerprints": [FP]}, "RECORD-BROKEN"),
        ({key: value for key, value in GOOD.items() if key != "head"}, "RECORD-BROKEN"),
        ([], "RECORD-BROKEN"),
        (GOOD, "Record"),
    ],
)
def test_a_signed_text_is_still_read_with_care(data: object, expected: str) -> None:
    assert code(verify([sealed(data)], [KEY])) == expected


def test_a_signed_text_that_is_not_packed() -> None:
    mac = hmac.new(b"k" * 32, b"reconciler:record:1 2026b\n" + b"{}", hashlib.sha256).hexdigest()
    text = f"<!-- reconciler:record:1 key=2026b mac={mac} part=1/1\n{base64.urlsafe_b64encode(b'{}').decode()}\n-->"

    assert code(verify([text], [KEY])) == "RECORD-BROKEN"


def test_pages_are_cut_where_they_are_full() -> None:
    texts = signed(large(300), first=1_000, rest=2_000)
    sizes = [len("".join(text.split("\n")[1:-1])) for text in texts]

    assert sizes[0] == 1_000
    assert all(one == other == 2_000 for one, other in pairwise(sizes[1:-1]))
