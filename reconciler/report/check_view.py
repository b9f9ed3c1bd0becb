"""What `check` found, as tables of words: counts of verdicts, and how far schools have gone from their baselines. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from reconciler.model.mgn import Level
from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.model.policy import Outcome, Verdict
from reconciler.model.slotted import dataclass
from reconciler.policy.deviation import Deviation
from reconciler.policy.tally import MUNICIPALITY, tally
from reconciler.report.words import Words

Row: TypeAlias = Sequence[str]

OUTCOMES: Final = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_EVALUATED, Outcome.WAIVED)
SORTS: Final = ("name", "deviation", "breaches")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first column holds names, the others numbers."""

    title: str
    head: Row
    rows: tuple[Row, ...]
    note: str = ""


def verdict_table(verdicts: Iterable[Verdict], by: str, name: str, rules: int, words: Words) -> Table:
    """`name` is the municipality's."""
    counted = tally(verdicts, by)
    return Table(
        title=words.say("CHECK-RULES-TITLE", rules=words.count("CHECK-RULES", rules)),
        head=(
            words.say(f"CHECK-BY-{by.upper()}"),
            *(words.say(f"CHECK-{one.name.replace('_', '-')}") for one in OUTCOMES),
        ),
        rows=tuple(_counts(name if key == MUNICIPALITY else key, counted[key], words) for key in counted),
    )


def mgn_table(verdicts: Sequence[MgnVerdict], words: Words) -> Table:
    """By school form, SKA and BÖR apart."""
    found: dict[tuple[str, Level], Counter[Outcome]] = {}
    for one in verdicts:
        found.setdefault((one.school_form, one.level), Counter())[one.outcome] += 1
    order = sorted(found, key=lambda key: (key[0], key[1] is not Level.SHALL))
    return Table(
        title=words.say("CHECK-MGN-TITLE"),
        head=(words.say("CHECK-BY-FORM"), *(words.say(f"CHECK-{one.name.replace('_', '-')}") for one in OUTCOMES)),
        rows=tuple(_counts(f"{form} {level.value}", found[form, level], words) for form, level in order),
        note=words.say("CHECK-MGN-NOTE"),
    )


def _counts(name: str, counted: Mapping[Outcome, int], words: Words) -> Row:
    return (name, *(words.number(counted.get(one, 0)) for one in OUTCOMES))


def deviation_table(found: Iterable[Deviation], sort: str, words: Words) -> Table:
    columns = ("SCHOOL", "GROUPS", "APPS", "SETTINGS", "EXCEPTIONS", "TOTAL", "BREACHES")
    return Table(
        title=words.say("CHECK-DEVIATION-TITLE"),
        head=tuple(words.say(f"CHECK-DEVIATION-{one}") for one in columns),
        rows=tuple((one.school, *map(words.number, _columns(one))) for one in in_order(found, sort)),
        note=words.say("CHECK-DEVIATION-NOTE"),
    )


def _columns(one: Deviation) -> tuple[int, ...]:
    return one.groups, one.apps, one.settings, one.exceptions, one.total, one.breaches


def in_order(found: Iterable[Deviation], sort: str) -> list[Deviation]:
    """By name, or with the largest number first."""
    keys = {"deviation": lambda one: (-one.total, one.school), "breaches": lambda one: (-one.breaches, one.school)}
    return sorted(found, key=keys.get(sort, lambda one: one.school))
