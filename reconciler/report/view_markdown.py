"""A view as a comment on GitHub: whole where it fits, else cut between two changes, with how many were left out. Pure.

All text that comes from files, systems or vendors goes through `escape_markdown`; only what stands here is markup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.report.escape import escape_log, escape_markdown
from reconciler.report.remarks import fold_remarks
from reconciler.report.view import Block, Item, Remark, Remarks, Section, View
from reconciler.report.view_text import difference_words
from reconciler.report.words import Words, first_of

LIMIT = 65_536
"""Characters of a comment on GitHub (the API refuses more: "body is too long (maximum is 65536 characters)")."""
ROOM_FOR_MARKER = 512
"""For the hidden comment by which the caller finds its own comment again."""
SHARE_OF_REMARKS = 4
"""At most this part of the room, one in so many, is for what stands beside the changes."""
SHARE_OF_A_SECTION = 8
"""What a section that follows is sure of, if it needs it: one part in so many; of more sections than that, less."""
DIFFERENCES_SHOWN = 50
"""Of one item: a place that is taken over may have hundreds of values, and an item is kept or left out whole."""
OPEN_UP_TO = 15
"""Items of a section that are shown unfolded; what takes away always is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Text that is kept or left out whole; `changes` is how many changes it tells of. Headings come with what follows."""

    text: str
    changes: int = 0
    closing: str = ""


def escape(text: str) -> str:
    """For Markdown, and for the log of a job that prints it: a line that begins with `::` would be a command to the runner."""
    safe = escape_markdown(text)
    return f"\N{ZERO WIDTH SPACE}{safe}" if safe.lstrip().startswith("::") else safe


def view_markdown(
    view: View, words: Words, *, command: str, limit: int = LIMIT - ROOM_FOR_MARKER, cut: str = "CUT"
) -> str:
    """At most `limit` characters (room for a few thousand is needed). `command` shows all of it elsewhere; `cut` is the
    noun (`-ONE`, `-MANY`) of the sentence on what did not fit."""
    head = _head(view)
    tail = _tail(view)
    beside = _remarks(view.remarks, words, limit // SHARE_OF_REMARKS, command)
    room = limit - len(head) - len(tail) - len(beside)
    return f"{head}{_body(view.sections, words, room, command, cut)}{beside}{tail}".rstrip() + "\n"


def _head(view: View) -> str:
    lines = [f"### {escape(view.title)}", "", *(f"{escape(sentence)}  " for sentence in view.headline)]
    if view.alarm:
        lines += ["", "> [!CAUTION]", *(f"> {escape(alarm)}  " for alarm in view.alarm)]
    if view.sections and view.legend:
        lines += ["", f"<sub>{' · '.join(escape(sign) for sign in view.legend)}</sub>"]
    return "\n".join(lines) + "\n"


def _tail(view: View) -> str:
    facts = "\n".join(f"<sub>{escape(fact)}</sub>  " for fact in view.facts)
    closing = "\n".join(f"{_step(sentence)}  " for sentence in view.closing)
    return f"\n{facts}\n\n{closing}\n"


def _step(text: str) -> str:
    sentence, _, command = text.partition("\n")
    return f"{escape(sentence)} {_code(command)}" if command else escape(sentence)


def _body(sections: Sequence[Section], words: Words, room: int, command: str, noun: str) -> str:
    """One after the other, each leaving those that follow their share: what is held back stands last, and must be seen."""
    written = [_section(section, words) for section in sections]
    texts: list[str] = []
    parts = max(SHARE_OF_A_SECTION, len(sections) + 1)
    for number, pieces in enumerate(written):
        shares = (min(_length(later), room // parts) for later in written[number + 1 :])
        texts.append(_fitting(pieces, words, room - sum(shares), command, noun))
        room -= len(texts[-1])
    return "".join(texts)


def _length(pieces: Sequence[_Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _fitting(pieces: Sequence[_Piece], words: Words, room: int, command: str, noun: str) -> str:
    """As many pieces as fit, in order; then the sentence about what was cut, for which room is kept."""
    if _length(pieces) <= room:
        return "".join(piece.text for piece in pieces)
    left = sum(piece.changes for piece in pieces)
    kept: list[str] = []
    closing = ""
    for piece in pieces:
        cut = _cut(left, words, command, noun)
        if len(piece.text) + len(piece.closing) + len(cut) > room:
            return "".join([*kept, closing, cut])
        kept.append(piece.text)
        room -= len(piece.text)
        left -= piece.changes
        closing = piece.closing
    return "".join(kept)


def _cut(number: int, words: Words, command: str, noun: str) -> str:
    return f"\n**{escape(words.count(noun, number))}** {_code(command)}\n"


def _code(command: str) -> str:
    """A command to copy; a file's name may hold anything, so what would end the span is left out."""
    return f"`{escape_log(command).replace('`', '')}`"


def _section(section: Section, words: Words) -> list[_Piece]:
    title = escape(f"{section.title} ({words.number(section.count)})")
    intro = "".join(f"\n{escape(sentence)}\n" for sentence in section.intro)
    items = sum(len(block.items) for block in section.blocks)
    folded = section.tone != "danger" and (section.tone == "quiet" or items > OPEN_UP_TO)
    mark = "⚠️ " if section.tone == "danger" else ""
    heading = f"<details><summary><b>{title}</b></summary>" if folded else f"#### {mark}{title}"
    opening = f"\n{heading}\n{intro}"
    end = "\n</details>\n" if folded else ""
    pieces: list[_Piece] = []
    for block in section.blocks:
        head, items_of_block = _block(block, words)
        # A heading never stands alone: it comes with the first item below it.
        pieces.append(_Piece(text=opening + head + "".join(items_of_block[:1]), changes=_first(block), closing=end))
        opening = ""
        pieces += [
            _Piece(text=text, changes=item.count, closing=end)
            for text, item in zip(items_of_block[1:], block.items[1:], strict=True)
        ]
    return [*pieces, _Piece(text=end)] if folded else pieces


def _first(block: Block) -> int:
    return block.items[0].count if block.items else 0


def _block(block: Block, words: Words) -> tuple[str, list[str]]:
    parts = [f"\n{_step(sentence)}\n" for sentence in block.intro]
    if block.example:
        parts.append(f"\n{_fenced(block.example)}\n")
    if block.heading:
        scope = f"  \n{escape(block.scope)}" if block.scope else ""
        parts.append(f"\n**{escape(block.heading)}**{scope}\n\n")
    return "".join(parts), [_item(item, words) for item in block.items]


def _fenced(text: str) -> str:
    """A fence longer than any in the text, so that nothing in it ends it."""
    fence = "```"
    while fence in text:
        fence += "`"
    safe = "\n".join(escape_log(line) for line in text.splitlines())
    return f"{fence}yaml\n{safe}\n{fence}"


def _item(item: Item, words: Words) -> str:
    inline = len(item.differences) == 1 and not item.differences[0].label
    head = f"- `{item.symbol}` **{escape(item.title)}**"
    if inline:
        head += f": {escape(difference_words(item.differences[0], words))}"
    lines = [head]
    shown, more = first_of(() if inline else item.differences, DIFFERENCES_SHOWN)
    for one in shown:
        name = f"{escape(one.label)}: " if one.label else ""
        lines.append(f"  {name}{escape(difference_words(one, words))}")
    lines += [f"  {escape(words.say('MORE-OF-SAME', n=words.number(more)))}"] if more else []
    lines += [f"  **{escape(warning)}**" for warning in item.warns]
    lines += [f"  {escape(sentence)}" for sentence in item.says]
    told = "; ".join(part for part in (item.effect, item.where) if part)
    lines += [f"  {escape(told)}"] if told else []
    lines += [f"  <sub>{escape(words.say('WHY', why=item.why))}</sub>"] if item.why else []
    return "".join(f"{line}  \n" for line in lines)


def _remarks(parts: Iterable[Remarks], words: Words, room: int, command: str) -> str:
    """What is outstanding first, so that it is the last to be cut."""
    written: list[str] = []
    for part in parts:
        written.append(f"\n#### {escape(part.title)}\n\n")
        remarks = fold_remarks(part.remarks, words)
        for index, remark in enumerate(remarks):
            text = _remark(remark)
            if len(text) > room:
                rest = words.count("REMARKS-CUT", sum(left.number for left in remarks[index:]))
                written.append(f"- {escape(rest)} {_code(command)}\n")
                break
            written.append(text)
            room -= len(text)
    return "".join(written)


def _remark(remark: Remark) -> str:
    where = f"{escape(remark.where)}: " if remark.where else ""
    text = f"**{escape(remark.text)}**" if remark.tone == "danger" else escape(remark.text)
    hint = "".join(f"  {escape(line)}  \n" for line in remark.hint.splitlines() if line.strip())
    return f"- {where}{text}  \n{hint}"
