"""The page of one school: units, device groups, apps and settings with where they come from, what rules and MGN came to."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.model.desired import BASELINES, GroupState, Origin
from reconciler.model.documents import School
from reconciler.model.mgn import Level
from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.model.place import Json
from reconciler.model.policy import Guardrail, Outcome, Verdict
from reconciler.policy.deviation import Deviation
from reconciler.policy.wording import fill
from reconciler.report.naming import value_words
from reconciler.report.words import Words
from reconciler.settings.table import load_settings
from reconciler.site.parts import Cell, Fact, Section, Table, Written, cells, facts, page_file
from reconciler.site.source import Source
from reconciler.site.words import SiteWords, by_name

_ADDRESS: Final = re.compile(r"\S+@\S+")
"""A rule's message may name a contact. A page for many says nobody's address, be it a function's or a person's."""

_TOLD: Final = (Outcome.NOT_MET, Outcome.NOT_EVALUATED, Outcome.WAIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolPage:
    id: str
    name: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came out for one school."""

    verdicts: tuple[Verdict, ...] = ()
    mgn: tuple[MgnVerdict, ...] = ()
    deviation: Deviation | None = None


NOTHING: Final = Judged()


def judged_by_school(source: Source) -> Mapping[str, Judged]:
    """All schools in one walk through all verdicts."""
    verdicts: dict[str, list[Verdict]] = {}
    for one in source.verdicts:
        verdicts.setdefault(one.subject.school, []).append(one)
    mgn: dict[str, list[MgnVerdict]] = {}
    for answer in source.mgn:
        mgn.setdefault(answer.school, []).append(answer)
    deviations = {one.school: one for one in source.deviations}
    return {
        school: Judged(
            verdicts=tuple(verdicts.get(school, ())),
            mgn=tuple(mgn.get(school, ())),
            deviation=deviations.get(school),
        )
        for school in source.schools
    }


def school_page(school: School, judged: Judged, source: Source, words: SiteWords) -> SchoolPage:
    groups = source.groups_of.get(school.id, ())
    sections = (
        Section(id="groups", title=words.say("GROUPS"), tables=_group_table(groups, words)),
        Section(id="apps", title=words.say("APPS"), tables=_app_table(groups, source, words)),
        Section(id="settings", title=words.say("SETTINGS"), tables=_setting_table(groups, source, words)),
        _deviation(judged.deviation, words),
        _rules(judged.verdicts, source, words),
        _mgn(judged.mgn, source, words),
    )
    return SchoolPage(
        id=school.id,
        name=school.name,
        facts=_facts(school, groups, source, words),
        sections=tuple(one for one in sections if not one.empty),
    )


def _facts(school: School, groups: Sequence[GroupState], source: Source, words: SiteWords) -> tuple[Fact, ...]:
    forms = dict.fromkeys(form for unit in school.units for form in unit.school_forms)
    grades = dict.fromkeys(words.grades(unit.grades) for unit in school.units if unit.grades)
    pupils = sum(school.pupils_by_grade.values())
    devices = sum(one.group.devices.expected or 0 for one in groups if one.group.devices)
    return facts(
        (words.say("FORMS"), words.forms(tuple(forms))),
        (words.say("GRADES"), words.join(grades)),
        (words.say("UNIT-CODES"), words.join(unit.code or "" for unit in school.units)),
        (words.say("PUPILS"), words.number(pupils) if pupils else ""),
        (words.say("DEVICES-EXPECTED"), words.number(devices)),
        (words.say("BASELINES"), Written(" · ".join(_baselines(groups, source)))),
    )


def _baselines(groups: Sequence[GroupState], source: Source) -> list[str]:
    """Those that decide something at the school, or would, had it not chosen otherwise."""
    held = {one.owner for state in groups for one in _origins(state) if one.layer in BASELINES}
    return sorted((source.baselines[name].name for name in held if name in source.baselines), key=by_name)


def _origins(state: GroupState) -> Iterator[Origin]:
    for app in state.effective.apps.values():
        yield from app.origins
    for setting in state.effective.settings.values():
        yield from setting.origins


def _group_table(groups: Sequence[GroupState], words: SiteWords) -> tuple[Table, ...]:
    if not groups:
        return ()
    columns = ("GROUP", "PLATFORM", "AUDIENCE", "FORMS", "GRADES", "DEVICES-EXPECTED")
    rows = []
    for one in groups:
        group, devices = one.group, one.group.devices
        count = words.number(devices.expected) if devices and devices.expected is not None else "–"
        rows.append(
            (
                Cell(text=group.name),
                Cell(text=words.term("PLATFORM", group.platform)),
                Cell(text=words.term("AUDIENCE", group.audience)),
                Cell(text=words.forms(group.school_forms)),
                Cell(text=words.grades(group.grades) or "–"),
                Cell(text=count, look="number"),
            )
        )
    head = tuple(words.say(one) for one in columns)
    return (Table(caption=words.say("GROUPS-CAPTION"), head=head, rows=tuple(rows), note=words.say("EXPECTED-NOTE")),)


_Line = tuple[str, str, str]
"""An entry, how it is, and where it comes from; the groups that have it so are gathered below it."""


def _gathered(lines: Iterable[tuple[_Line, str]], total: int, words: SiteWords) -> Iterator[tuple[_Line, str]]:
    """The same line once, with all the groups that it holds for."""
    found: dict[_Line, list[str]] = {}
    for line, group in lines:
        found.setdefault(line, []).append(group)
    for line in sorted(found, key=lambda one: (by_name(one[0]), one[1:])):
        groups = found[line]
        yield line, words.say("GROUPS-ALL") if len(groups) == total and total > 1 else ", ".join(groups)


def _app_table(groups: Sequence[GroupState], source: Source, words: SiteWords) -> tuple[Table, ...]:
    ids = {name: app for app, name in source.names.items()}
    lines = (
        (
            (
                source.names.get(entry.app, entry.app),
                words.say(f"MODE-{entry.mode.upper()}"),
                _origin(entry.origins, source, words),
            ),
            one.group.name,
        )
        for one in groups
        for entry in one.effective.apps.values()
    )
    rows = tuple(
        (
            Cell(text=name, href=f"../apps/{page_file(ids[name])}" if name in ids else ""),
            Cell(text=mode, look="short"),
            *cells(origin, names),
        )
        for (name, mode, origin), names in _gathered(lines, len(groups), words)
    )
    head = tuple(words.say(one) for one in ("APP", "HOW", "FROM", "GROUPS"))
    return (Table(caption=words.say("APPS-CAPTION"), head=head, rows=rows),) if rows else ()


def _setting_table(groups: Sequence[GroupState], source: Source, words: SiteWords) -> tuple[Table, ...]:
    lines = (
        ((*_setting(entry.setting, entry.value, words), _origin(entry.origins, source, words)), one.group.name)
        for one in groups
        for entry in one.effective.settings.values()
    )
    rows = tuple(cells(*line, names) for line, names in _gathered(lines, len(groups), words))
    head = tuple(words.say(one) for one in ("SETTING", "VALUE", "FROM", "GROUPS"))
    return (Table(caption=words.say("SETTINGS-CAPTION"), head=head, rows=rows),) if rows else ()


def _setting(name: str, value: Json, words: SiteWords) -> tuple[str, str]:
    known = load_settings().settings.get(name)
    said = value_words(value, Words(lang=words.lang), known)
    return (known.label.get(words.lang, name) if known else name), said


def _origin(origins: Sequence[Origin], source: Source, words: SiteWords) -> str:
    if not origins:
        return ""
    first = origins[0]
    baseline = source.baselines.get(first.owner) if first.layer in BASELINES else None
    if baseline is not None:
        return words.say("FROM-BASELINE", name=baseline.name)
    return words.say(f"FROM-{first.layer.upper()}", name=first.owner)


def _deviation(found: Deviation | None, words: SiteWords) -> Section:
    title = words.say("DEVIATION")
    if found is None:
        return Section(id="deviation", title=title)
    listed = facts(
        (words.say("DEVIATION-APPS"), words.number(found.apps)),
        (words.say("DEVIATION-SETTINGS"), words.number(found.settings)),
        (words.say("DEVIATION-EXCEPTIONS"), words.number(found.exceptions)),
    )
    return Section(id="deviation", title=title, paragraphs=(words.say("DEVIATION-NOTE"),), facts=listed)


def _rules(verdicts: Sequence[Verdict], source: Source, words: SiteWords) -> Section:
    """What is not met, not evaluated or excused, each rule's message once; what is met as a number."""
    rules = {rule.id: rule for rule in source.documents.guardrails}
    met = sum(one.outcome is Outcome.MET for one in verdicts)
    seen: dict[tuple[Outcome, str, str], int] = {}
    for one in verdicts:
        if one.outcome in _TOLD:
            line = (one.outcome, _said(rules.get(one.rule), one, words), one.rule)
            seen[line] = seen.get(line, 0) + 1
    rows = tuple(
        (*cells(message, words.term("OUTCOME", outcome), rule), Cell(text=words.number(count), look="number"))
        for (outcome, message, rule), count in sorted(seen.items(), key=lambda pair: (_TOLD.index(pair[0][0]), pair[0]))
    )
    head = tuple(words.say(one) for one in ("MESSAGE", "OUTCOME", "RULE", "TIMES"))
    table = Table(caption=words.say("RULES-CAPTION"), head=head, rows=rows)
    summed = words.say("RULES-MET", n=words.number(met), total=words.number(len(verdicts)))
    paragraphs = (summed,) if verdicts else ()
    return Section(id="rules", title=words.say("RULES"), paragraphs=paragraphs, tables=(table,) if rows else ())


def _said(rule: Guardrail | None, verdict: Verdict, words: SiteWords) -> str:
    text = fill(rule.message.get(words.lang, ""), verdict.values) if rule else verdict.rule
    return _ADDRESS.sub("…", text)


def _mgn(found: Sequence[MgnVerdict], source: Source, words: SiteWords) -> Section:
    texts = {(mgn.id, one.id): one.text for mgn in source.documents.mgn for one in mgn.requirements}
    order = sorted(found, key=lambda one: (one.school_form, one.level is not Level.SHALL, one.requirement, one.unit))
    rows = tuple(
        cells(
            Written(texts.get((f"{one.school_form}/{one.school_year}", one.requirement), one.requirement)),
            one.level.value,
            words.term("OUTCOME", one.outcome),
            f"{words.form(one.school_form)} {one.unit}",
        )
        for one in order
    )
    head = tuple(words.say(one) for one in ("REQUIREMENT", "LEVEL", "OUTCOME", "UNIT"))
    tables = (Table(caption=words.say("MGN-CAPTION"), head=head, rows=rows),) if rows else ()
    return Section(id="mgn", title=words.say("MGN"), tables=tables)
