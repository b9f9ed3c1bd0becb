"""The desired state as a page of tables, a group each, for people who don't read YAML. Pure."""

from collections.abc import Iterator

from reconciler.model.desired import DesiredState, EffectiveApp, GroupState
from reconciler.model.place import Locate
from reconciler.report.desired_text import groups_of, origin_words
from reconciler.report.naming import label, value_words
from reconciler.report.view_markdown import escape
from reconciler.report.words import Words
from reconciler.settings.table import load_settings


def desired_markdown(state: DesiredState, words: Words, locate: Locate, *, school: str | None = None) -> str:
    """Of all groups, or one school's; settings by their labels, values in words."""
    lines = [f"### {escape(words.say('DESIRED-TITLE', day=state.as_of.isoformat()))}"]
    if state.lapses:
        lines += ["", escape(words.say("DESIRED-LAPSES", day=state.lapses.isoformat()))]
    groups = groups_of(state, school)
    if not groups:
        lines += ["", escape(words.say("DESIRED-EMPTY"))]
    for one in groups:
        lines += ["", *_group(one, words, locate)]
    return "\n".join(lines) + "\n"


def _group(one: GroupState, words: Words, locate: Locate) -> Iterator[str]:
    yield f"#### {escape(one.school.name)}: {escape(one.group.name)} ({escape(one.key)})"
    yield ""
    columns = [words.say(f"COLUMN-{name}") for name in ("WHAT", "VALUE", "WHY")]
    yield f"| {' | '.join(escape(column) for column in columns)} |"
    yield "|---|---|---|"
    for what, value, why in _rows(one, words, locate):
        yield f"| {escape(what)} | {escape(value)} | {escape(why)} |"


def _rows(one: GroupState, words: Words, locate: Locate) -> Iterator[tuple[str, str, str]]:
    settings = load_settings().settings
    for _, app in sorted(one.effective.apps.items()):
        yield app.app, app_mode_words(app, words), origin_words(app.origins, words, locate)
    for name, each in sorted(one.effective.settings.items()):
        known = settings.get(name)
        title = label(known.label, words) if known else name
        yield title, value_words(each.value, words, known), origin_words(each.origins, words, locate)
    for _, raw in sorted(one.effective.raw.items()):
        yield raw.schema, value_words(raw.fields, words), origin_words(raw.origins, words, locate)


def app_mode_words(app: EffectiveApp, words: Words) -> str:
    """`får installeras`, with the session where it isn't the user's own."""
    said = words.say("APP-PINNED" if app.pinned and app.mode == "required" else f"APP-{app.mode.upper()}")
    return said if app.session == "user" else f"{said} ({words.say(f'HOLDER-{app.session.upper()}')})"
