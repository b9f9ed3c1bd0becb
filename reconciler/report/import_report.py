"""What another municipality's file means here: new proposals, what differs, what changed there. Escapes what it shows. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.catalogue.importing import Difference, Import, Known, Shared
from reconciler.report.council_words import CouncilWords
from reconciler.report.escape import escape_log
from reconciler.report.sheet import Sheet, sheet_text
from reconciler.report.view_markdown import escape


def import_lines(judged: Import, shared: Shared, topic: str, words: CouncilWords) -> Iterator[tuple[int, str]]:
    """Level and text of each line: 1 a title, 2 an app, 3 what is said of it. Unescaped."""
    yield 1, words.phrase("IMPORT-HEADING", source=shared.source)
    yield 3, words.phrase("IMPORT-HASH", sha256=shared.sha256)
    yield 3, words.phrase("IMPORT-NO-APPROVAL")
    if judged.new:
        yield 1, words.phrase("IMPORT-NEW", n=str(len(judged.new)), topic=topic)
        for one in judged.new:
            yield 3, f"{one['name']} ({one['id']}): {words.value('STATUS', one['status'])}"
    differing = [
        one for one in judged.known if one.differences or one.upstream or (one.pinned and one.upstream is None)
    ]
    if differing:
        yield 1, words.phrase("IMPORT-KNOWN", n=str(len(differing)))
        for known in differing:
            yield 2, f"{known.ours.name} ({known.ours.id})"
            yield from _known(known, words)
    same = len(judged.known) - len(differing)
    if same:
        yield 1, words.phrase("IMPORT-SAME", n=str(same))
    if judged.taken:
        yield 1, words.phrase("IMPORT-TAKEN", n=str(len(judged.taken)))
        for one in judged.taken:
            yield 3, f"{one['name']} ({one['id']})"


def _known(known: Known, words: CouncilWords) -> Iterator[tuple[int, str]]:
    for one in known.differences:
        yield 3, words.phrase("IMPORT-DIFFERS", key=one.key, ours=_shown(one.ours), theirs=_shown(one.theirs))
    if known.pinned and known.upstream is None:
        yield 3, words.phrase("IMPORT-UPSTREAM-UNKNOWN")
    for one in known.upstream or ():
        yield 3, _changed(one, words)


def _changed(one: Difference, words: CouncilWords) -> str:
    return words.phrase("IMPORT-UPSTREAM", key=one.key, before=_shown(one.ours), after=_shown(one.theirs))


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(one)}" for key, one in value.items())
    return str(value)


def import_text(lines: Sequence[tuple[int, str]]) -> str:
    indents = {1: "", 2: "  ", 3: "    "}
    return "".join(f"{indents[level]}{escape_log(text)}\n" for level, text in lines)


def import_markdown(lines: Sequence[tuple[int, str]]) -> str:
    marks = {1: "\n## ", 2: "\n### ", 3: "- "}
    written = "".join(f"{marks[level]}{escape(text)}\n" + ("\n" if level < 3 else "") for level, text in lines)
    return written.lstrip("\n")


def withheld_text(rows: Sequence[tuple[str, str, str]], words: CouncilWords) -> str:
    """Texts that an export left out: app, key and why."""
    named = [(app, key, words.phrase(f"EXPORT-WHY-{why.upper()}")) for app, key, why in rows]
    head = (words.phrase("COMPARE-APP"), words.phrase("EXPORT-KEY"), words.phrase("EXPORT-WHY"))
    return sheet_text(Sheet(title=words.phrase("EXPORT-WITHHELD", n=str(len(rows))), head=head, rows=named))
