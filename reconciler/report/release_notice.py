"""What a release is to one school, as Markdown to send on: what comes, when, and what is asked of whom. Escapes what it shows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from reconciler.catalogue.release import Gain
from reconciler.model.documents import App, Documents, Group, School
from reconciler.model.vetting import Vetting, vetting_of
from reconciler.report import council_words as said
from reconciler.report.council_words import CouncilWords
from reconciler.report.view_markdown import escape


def notices(documents: Documents, found: Sequence[Gain], words: CouncilWords) -> Mapping[str, str]:
    """One Markdown document for each school that gets something, by the school's id."""
    apps = {app.id: app for app in documents.apps}
    schools = {school.id: school for school in documents.schools}
    by_school: dict[str, list[Gain]] = {}
    for gain in found:
        by_school.setdefault(gain.school, []).append(gain)
    return {name: notice(schools[name], by_school[name], apps, words) for name in sorted(by_school)}


def notice(school: School, found: Sequence[Gain], apps: Mapping[str, App], words: CouncilWords) -> str:
    names = list(dict.fromkeys(gain.app for gain in found))
    records = [vetting_of(apps[name]) for name in names]
    first = min(gain.day for gain in found).isoformat()
    lines = [f"# {escape(words.phrase('NOTICE-TITLE', school=school.name, date=first))}", ""]
    lines += [escape(words.phrase("NOTICE-INTRO")), ""]
    for record in records:
        mine = [gain for gain in found if gain.app == record.id]
        lines += [f"## {escape(record.name)}", "", *_about(record, mine, school, words), ""]
    lines += [f"## {escape(words.phrase('NOTICE-ASKED'))}", ""]
    lines += [f"- {escape(text)}" for text in _asked(records, found, school, words)]
    return "\n".join(lines) + "\n"


def _about(record: Vetting, mine: Sequence[Gain], school: School, words: CouncilWords) -> Iterator[str]:
    groups = {f"{school.id}/{group.id}": group for group in school.groups}
    rows = [(words.phrase("COMPARE-DESCRIPTION"), record.description)]
    rows += [(words.phrase("NOTICE-WHEN"), _when(mine, groups, words))]
    rows += [
        (
            words.phrase("NOTICE-HOW"),
            " ".join(dict.fromkeys(words.phrase(f"NOTICE-{one.mode.upper()}") for one in mine)),
        )
    ]
    rows += [(words.phrase("COMPARE-SIGN-IN"), words.values("SIGN-IN", record.sign_in))]
    rows += [(words.phrase("COMPARE-CONDITIONS"), " ".join(record.conditions))]
    rows += [(words.phrase("COMPARE-BEARER"), _paid(record, words))]
    if record.decision:
        rows += [(words.phrase("NOTICE-WHY"), f"{record.decision.reason} ({record.decision.reference})")]
    yield from (f"- **{escape(title)}:** {escape(text)}" for title, text in rows if text)


def _when(mine: Sequence[Gain], groups: Mapping[str, Group], words: CouncilWords) -> str:
    """`2026-12-01: Elever åk 4–6, Vagn 1; 2027-01-11: iPads F–3`."""
    by_day: dict[date, list[str]] = {}
    for gain in sorted(mine, key=lambda one: one.day):
        by_day.setdefault(gain.day, []).append(_group_name(groups.get(gain.group), gain, words))
    return "; ".join(f"{day.isoformat()}: {', '.join(names)}" for day, names in by_day.items())


def _group_name(group: Group | None, gain: Gain, words: CouncilWords) -> str:
    return f"{group.name} ({words.value('PLATFORM', group.platform)})" if group else gain.group


def _paid(record: Vetting, words: CouncilWords) -> str:
    if record.cost is None or not record.cost.bearer:
        return ""
    price = said.price(record.cost, words)
    return words.value("BEARER", record.cost.bearer) + (f" ({price})" if price else "")


def _asked(records: Sequence[Vetting], found: Sequence[Gain], school: School, words: CouncilWords) -> Iterator[str]:
    """What is asked of the school; only what this release brings about."""
    yield words.phrase("NOTICE-ASK-PRINCIPAL")
    conditioned = [one.name for one in records if one.conditions]
    if conditioned:
        yield words.phrase("NOTICE-ASK-CONDITIONS", apps=", ".join(conditioned))
    paid = [one.name for one in records if one.cost and one.cost.bearer == "school" and one.cost.model != "free"]
    if paid:
        yield words.phrase("NOTICE-ASK-COST", apps=", ".join(paid))
    own = [one.name for one in records if "own" in one.sign_in]
    if own:
        yield words.phrase("NOTICE-ASK-ACCOUNT", apps=", ".join(own))
    written = {
        line.app for group in school.groups for line in group.wishes.apps if line.mode in ("required", "available")
    }
    doubled = [one.name for one in records if one.id in written]
    if doubled:
        yield words.phrase("NOTICE-ASK-LINES", apps=", ".join(doubled))
    if any(gain.mode == "available" for gain in found):
        yield words.phrase("NOTICE-ASK-TRY")
    yield words.phrase("NOTICE-ASK-TELL")
