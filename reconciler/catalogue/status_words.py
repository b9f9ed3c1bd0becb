"""Statuses as people say them, for messages: `i kö` where the file has `queued`. Pure."""

from collections.abc import Iterable, Mapping

from reconciler.texts import LANGUAGES, render


def in_words(**statuses: str) -> Mapping[str, str]:
    """Values for a text's placeholders, in each language: `before="queued"` gives `before.sv` and `before.en`."""
    return {f"{name}.{lang}": _word(status, lang) for name, status in statuses.items() for lang in LANGUAGES}


def listed_in_words(name: str, statuses: Iterable[str], *, with_key: bool = False) -> Mapping[str, str]:
    """Several, in the order of the alphabet; `with_key` for whoever edits the file: `i kö (queued)`."""
    found = sorted(statuses)
    return {
        f"{name}.{lang}": ", ".join(f"{_word(one, lang)} ({one})" if with_key else _word(one, lang) for one in found)
        for lang in LANGUAGES
    }


def _word(status: str, lang: str) -> str:
    return render(f"STATUS-WORD-{status.upper()}", {}, lang).message if status else "–"
