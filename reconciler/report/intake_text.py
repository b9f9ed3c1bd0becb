"""What became of wishes, line by line: new, updated, known already and by which decision, and what is here that may do. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reconciler.catalogue.duplicates import Alike, Sameness
from reconciler.catalogue.intake import Outcome, Taken
from reconciler.model.documents import App
from reconciler.model.vetting import APPROVED, DECIDED
from reconciler.texts import render

_MOST: Final = 3


def intake_lines(taken: Sequence[Taken], lang: str) -> Iterator[str]:
    """Unescaped. Refused wishes are findings and not here; what is here already comes before what was made of the wish."""
    for one in taken:
        if one.outcome is not Outcome.REFUSED:
            yield from _lines(one, lang)
    counted = Counter(str(one.outcome) for one in taken)
    yield _say("INTAKE-SUM", lang, **{str(outcome): str(counted[outcome]) for outcome in Outcome})


def _lines(one: Taken, lang: str) -> Iterator[str]:
    if one.outcome is Outcome.NEW:  # what may do instead comes first
        yield from (f"{one.name}: {line}" for line in alike_lines(one.alike, lang))
    if one.app is not None and one.outcome is Outcome.KNOWN:
        yield from known_lines(one.app, lang)
    elif one.outcome is Outcome.UPDATED:
        keys = ", ".join(".".join(filter(None, (change.within, change.key))) for change in one.changes)
        yield _say("INTAKE-UPDATED", lang, name=one.name, id=one.id, keys=keys)
    else:
        code = "INTAKE-NEW" if one.outcome is Outcome.NEW else "INTAKE-UNCHANGED"
        yield _say(code, lang, name=one.name, id=one.id)


def known_lines(app: App, lang: str) -> Iterator[str]:
    """The answer that there is already, and what whoever asks can do with it."""
    status = _status(app, lang)
    if app.status not in DECIDED:
        yield _say("INTAKE-KNOWN-UNDECIDED", lang, name=app.name, id=app.id, status=status, file=app.at.file)
        return
    decision = app.vetting.get("decision")
    reason = decision.get("reason") if isinstance(decision, Mapping) else ""
    said = ". ".join(filter(None, (app.decision, str(reason or ""))))
    yield _say("INTAKE-KNOWN", lang, name=app.name, id=app.id, status=status, decision=said)
    code = "INTAKE-KNOWN-APPROVED" if app.status in APPROVED else "INTAKE-KNOWN-REJECTED"
    yield f"  {_say(code, lang, id=app.id, file=app.at.file)}"


def alike_lines(alike: Sequence[Alike], lang: str) -> Iterator[str]:
    """Surest first; of those that only share a subject the first few, for in svenska there are always some."""
    loose = [one for one in alike if one.how is Sameness.SUBJECT]
    yield from (_alike_line(one, lang) for one in alike if one.how is not Sameness.SUBJECT)
    yield from (_alike_line(one, lang) for one in loose[:_MOST])
    if len(loose) > _MOST:
        yield _say("INTAKE-ALIKE-MORE", lang, count=str(len(loose) - _MOST))


def _alike_line(alike: Alike, lang: str) -> str:
    shared = ", ".join(alike.shared)
    status = _status(alike.app, lang)
    return _say(
        f"INTAKE-ALIKE-{alike.how.upper()}", lang, name=alike.app.name, id=alike.app.id, status=status, shared=shared
    )


def _status(app: App, lang: str) -> str:
    return _say(f"COUNCIL-STATUS-{app.status.upper()}", lang)


def _say(code: str, lang: str, **values: str) -> str:
    return render(code, values, lang).message
