"""What can be seen to be wrong in an answer of `reconciler init` as soon as it is typed. The schema judges the finished files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from reconciler.load.near import nearest
from reconciler.reconcile.new_repository import SCHOOL_FORMS, SYSTEMS, slug

COUNTIES: Final = frozenset(f"{number:02}" for number in range(1, 26)) - {"02", "11", "15", "16"}
"""The first two digits of a municipality's code (SCB, Län och kommuner i kodnummerordning): the four have gone into other counties."""

_DOMAIN: Final = re.compile(r"(?!-)[a-zåäö0-9-]{1,63}(\.[a-zåäö0-9-]{1,63})+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """`code` and `values` are a text's."""

    code: str
    values: Mapping[str, str]


Judge: TypeAlias = Callable[[str], Wrong | None]


def judge_name(text: str) -> Wrong | None:
    return None if slug(text) else Wrong(code="INIT-BAD-NAME", values={"name": text})


def judge_code(text: str) -> Wrong | None:
    right = len(text) == 4 and text.isascii() and text.isdigit() and text[:2] in COUNTIES
    return None if right else Wrong(code="INIT-BAD-CODE", values={"written": text})


def judge_systems(text: str) -> Wrong | None:
    return _judge_words(text, SYSTEMS, "INIT-BAD-SYSTEM")


def judge_forms(text: str) -> Wrong | None:
    return _judge_words(text, SCHOOL_FORMS, "INIT-BAD-FORM")


def judge_domain(text: str) -> Wrong | None:
    return None if _DOMAIN.fullmatch(text) else Wrong(code="INIT-BAD-DOMAIN", values={"written": text})


def _judge_words(text: str, known: tuple[str, ...], code: str) -> Wrong | None:
    words = text.replace(",", " ").split() or [text]
    strange = next((word for word in words if word not in known), None)
    if strange is None:
        return None
    values = {"word": strange, "known": ", ".join(known), "near": nearest(strange.lower(), known) or ""}
    return Wrong(code=code, values=values)
