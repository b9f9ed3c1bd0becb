"""A view laid out for a terminal or a log: what takes away is loud and whole, long lists are folded. Pure.

Everything is readable without colour: signs, capitals and underlines say what the styles say.
"""

from collections.abc import Iterable, Sequence

from reconciler.report.page import WIDTH, Line, Page, plain
from reconciler.report.remarks import fold_remarks
from reconciler.report.view import Block, Difference, Item, Remark, Section, View, step
from reconciler.report.words import Words

SHOWN = 10
"""Items of one sort in a block before the rest is counted. What takes away is never folded."""
HELD_SHOWN = 20

_STYLES = {"+": "add", "~": "change", "-": "remove", "»": "adopt", "✓": "add", "✗": "remove", "≠": "change"}
_TONES = {"danger": "danger", "warning": "warning"}


def view_lines(
    view: View, words: Words, *, width: int = WIDTH, everything: bool = False, see_all: str = ""
) -> Sequence[Line]:
    """`everything` folds nothing; else `see_all` is the command that is named where something was folded."""
    page = Page(width=width)
    _head(page, view)
    folded = sum(_section(page, section, words, everything) for section in view.sections)
    for part in view.remarks:
        page.gap()
        page.write(plain(part.title, "title"))
        remarks = part.remarks if everything else fold_remarks(part.remarks, words)
        folded += len(part.remarks) - len(remarks)
        write_remarks(page, remarks)
    _foot(page, view, words, see_all if folded else "")
    return page.lines


def text_of(lines: Iterable[Line]) -> str:
    """Without styles, ending in a line break."""
    return "\n".join(line.text for line in lines) + "\n"


def _head(page: Page, view: View) -> None:
    page.write(plain(view.title, "title"))
    page.gap()
    for sentence in view.headline:
        page.write(plain(sentence))
    for alarm in view.alarm:
        page.write(plain("! ", "danger"), plain(alarm, "danger"), hang=2)
    if view.sections and view.legend:
        page.gap()
        page.write(plain("   ".join(view.legend), "quiet"))


def _section(page: Page, section: Section, words: Words, everything: bool) -> int:
    """Writes it; gives back how many changes were folded away."""
    page.gap()
    loud = section.tone == "danger"
    title = f"{section.title.upper() if loud else section.title} ({words.number(section.count)})"
    page.write(plain(title, "danger" if loud else "title"))
    page.write(plain(("=" if loud else "-") * min(len(title), page.width), "danger" if loud else "quiet"))
    for sentence in section.intro:
        page.write(plain(sentence))
    shown = HELD_SHOWN if section.tone == "held" else SHOWN
    limit = None if loud or everything else shown
    return sum(_block(page, block, words, limit) for block in section.blocks)


def _block(page: Page, block: Block, words: Words, limit: int | None) -> int:
    page.gap()
    for sentence in block.intro:
        _step(page, sentence, "warning")
    if block.example:
        page.gap()
        page.verbatim(block.example, 4)
    if block.heading:
        page.write(plain(block.heading, "place"))
    if block.scope:
        page.write(plain(block.scope, "place"), indent=2)
    seen: dict[str, int] = {}
    hidden: dict[str, int] = {}
    for item in block.items:
        seen[item.sort] = seen.get(item.sort, 0) + 1
        if limit is None or seen[item.sort] <= limit or _is_last(item, block.items, limit):
            write_item(page, item, words)
        else:
            hidden[item.sort] = hidden.get(item.sort, 0) + item.count
    for number in hidden.values():
        page.write(plain(words.say("MORE-OF-SAME", n=words.number(number)), "quiet"), indent=4)
    return sum(hidden.values())


def _is_last(item: Item, items: Iterable[Item], limit: int) -> bool:
    """One that is left over alone takes no more room than the line that would count it."""
    return sum(other.sort == item.sort for other in items) == limit + 1


def write_item(page: Page, item: Item, words: Words) -> None:
    style = _STYLES.get(item.symbol, "")
    head = [plain(f"{item.symbol} ", style), plain(item.title, style)]
    inline = len(item.differences) == 1 and not item.differences[0].label
    if inline:
        head += [plain(": "), plain(difference_words(item.differences[0], words))]
    page.write(*head, indent=2, hang=2)
    for difference in () if inline else item.differences:
        name = f"{difference.label}: " if difference.label else ""
        page.write(plain(name), plain(difference_words(difference, words)), indent=6, hang=2)
    for warning in item.warns:
        page.write(plain("! ", "danger"), plain(warning, "danger"), indent=6, hang=2)
    for sentence in item.says:
        page.write(plain(sentence), indent=6)
    told = "; ".join(part for part in (item.effect, item.where) if part)
    if told:
        page.write(plain(told), indent=6)
    if item.why:
        page.write(plain(words.say("WHY", why=item.why), "quiet"), indent=6, hang=2)


def difference_words(one: Difference, words: Words) -> str:
    """`allowed → blocked`; entries that come and go with their sign; a value that goes away with where to."""
    if one.gone or one.come:
        parts = [f"- {entry}" for entry in one.gone] + [f"+ {entry}" for entry in one.come]
        same = [words.say("UNCHANGED-ENTRIES", n=words.number(one.same))] if one.same else []
        return words.join([*parts, *same], 12) if len(parts) > 12 else "; ".join([*parts, *same])
    if one.before is None:
        return one.after or ""
    return f"{one.before} → {words.say('NOT-SET-HERE') if one.after is None else one.after}"


def write_remarks(page: Page, remarks: Iterable[Remark]) -> None:
    for remark in remarks:
        style = _TONES.get(remark.tone, "")
        where = [plain(f"{remark.where}: ", style)] if remark.where else []
        page.write(plain("* ", style), *where, plain(remark.text), indent=2, hang=2)
        for line in remark.hint.splitlines():
            page.write(plain(line, "quiet"), indent=4)


def _foot(page: Page, view: View, words: Words, see_all: str) -> None:
    page.gap()
    for fact in view.facts:
        page.write(plain(fact, "quiet"))
    page.gap()
    if see_all:
        _step(page, step(words.say("SEE-ALL"), see_all), "quiet")
    for sentence in view.closing:
        _step(page, sentence, "title")


def _step(page: Page, text: str, style: str) -> None:
    """A command is never folded: it is there to be copied."""
    sentence, _, command = text.partition("\n")
    page.write(plain(sentence, style))
    page.verbatim(command, 4)
