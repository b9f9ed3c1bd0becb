"""Which of a layer's lines can hold at a kind of place at all: platform, catalogue, ways to install. Pure.

Two sorts of misfit: what is wrong with the line wherever it stands (an app that isn't approved) is reported at once;
what only doesn't fit here (an app without an identity on this platform) is handed back as a `Misfit`, because it is an
error in a group's own file and a matter of course in a baseline for the whole municipality.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import NamedTuple

from reconciler.compile.ledger import Ledger, show
from reconciler.compile.reading import NOTHING, subject_of
from reconciler.model.desired import Effective, EffectiveApp, EffectiveRaw, EffectiveSetting, Layer, Origin
from reconciler.model.documents import INHERIT, App
from reconciler.model.finding import Severity
from reconciler.model.slotted import dataclass
from reconciler.model.system import settings_system
from reconciler.settings.table import Install, SettingsTable

Reaches = tuple[str, ...]
NOWHERE: Reaches = ()
_NONE = frozenset[str]()

MODES = ("required", "available", "blocked", "absent")

WishKey = tuple[str, ...]
"""Names a wish of any sort: `setting` and its id, `app` and its id and session, `raw` and its system, schema and reach."""


class Site(NamedTuple):
    """A kind of place: what decides which baselines hold and which lines fit. `system` is the backend's kind, or empty.

    A tuple, because it is the key of what thousands of groups share and is looked up several times for each.
    """

    school_forms: tuple[str, ...]
    audience: str
    platform: str
    ring: str | None
    system: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """A line without effect here. `wish` as it is shown: a setting's or app's id, or a raw schema. `why` by language."""

    key: WishKey
    wish: str
    code: str
    reach: str
    origin: Origin
    why: Mapping[str, str] | None = None


@dataclass(slots=True)
class Rules:
    """The catalogue and the settings table, indexed for the questions that every line asks.

    `fitting` remembers which apps can be had how and where without a word to say about it: the same few hundred apps are
    wished for on tens of thousands of lines, and only a line with something wrong needs to be looked at itself.
    """

    table: SettingsTable
    apps: Mapping[str, App]
    ledger: Ledger
    owners: Mapping[tuple[str, str, str, str], str]
    ways: Mapping[tuple[str, str, str], tuple[Install, ...]]
    platforms_of: Mapping[tuple[str, str], frozenset[str]]
    reach_of_app: dict[tuple[str, str, str, str, str], Reaches] = field(default_factory=dict)
    fitting: set[tuple[str, str, str, Site]] = field(default_factory=set)


def make_rules(table: SettingsTable, apps: tuple[App, ...], ledger: Ledger) -> Rules:
    names = {old: app for app in apps for old in app.previously} | {app.id: app for app in apps}
    owners = {(way.platform, way.system, way.schema, way.field): "apps" for way in table.installs}
    platforms_of: dict[tuple[str, str], frozenset[str]] = {}
    for setting in table.settings.values():
        for one in setting.fields:
            owners[one.platform, one.system, one.schema, one.field] = setting.id
            platforms_of[one.system, one.schema] = platforms_of.get((one.system, one.schema), _NONE) | {one.platform}
    ways: dict[tuple[str, str, str], tuple[Install, ...]] = {}
    for way in table.installs:
        key = (way.platform, way.mode, way.holder)
        ways[key] = (*ways.get(key, ()), way)
    return Rules(table=table, apps=names, ledger=ledger, owners=owners, ways=ways, platforms_of=platforms_of)


def fit(rules: Rules, said: Effective, site: Site) -> tuple[Effective, tuple[Misfit, ...]]:
    """What of a layer's lines can hold at the site (the layer itself where all can), and what can't and why."""
    if said is NOTHING:
        return NOTHING, ()
    misfits: list[Misfit] = []
    settings = {key: one for key, one in said.settings.items() if _setting_fits(rules, one, site, misfits)}
    apps = {key: app for key, app in said.apps.items() if _app_fits(rules, app, site, misfits)}
    raw = {key: line for key, line in said.raw.items() if _raw_fits(rules, line, site, misfits)}
    if len(settings) == len(said.settings) and len(apps) == len(said.apps) and len(raw) == len(said.raw):
        return said, ()
    return Effective(apps=apps, settings=settings, raw=raw), tuple(misfits)


def _setting_fits(rules: Rules, setting: EffectiveSetting, site: Site, misfits: list[Misfit]) -> bool:
    name, line = setting.setting, setting.origins[0]
    if name not in rules.table.settings:  # the loader has said that it is unknown
        return False
    system = settings_system(site.system)
    why = rules.table.why_lacking(name, site.platform, system)
    if why is not None:
        misfits.append(Misfit(("setting", name), name, "SETTING-NOT-ON-PLATFORM", "", line, why))
        return False
    why = rules.table[name].lacks_value(site.platform, setting.value, system)
    if why is not None:
        wish = f"{name}: {setting.value}"
        misfits.append(Misfit(("setting", name), wish, "SETTING-VALUE-NOT-ON-PLATFORM", "", line, why))
    return why is None


def setting_reaches(table: SettingsTable, setting: str, platform: str) -> Reaches:
    """The reaches of a setting on a platform; empty where it doesn't exist (an unknown setting is the loader's error)."""
    known = table.settings.get(setting)
    return tuple(known.reach.get(platform, NOWHERE)) if known else NOWHERE


def app_reaches(rules: Rules, app: EffectiveApp, site: Site) -> Reaches:
    """The reaches of the ways to have this app so on the site's platform; empty where there is none."""
    key = (app.app, app.mode, app.session, site.platform, site.system)
    found = rules.reach_of_app.get(key)
    if found is None:
        found = rules.reach_of_app[key] = _look_up_reaches(rules, app, site)
    return found


def _look_up_reaches(rules: Rules, app: EffectiveApp, site: Site) -> Reaches:
    # The catalogue writes `chrome-app` where the table writes `chrome_app`; both mean the same kind of identifier.
    kinds = {one.kind.replace("-", "_") for one in rules.apps[app.app].identities if one.platform == site.platform}
    # `inherit` gives back whatever is there, by any of the ways.
    modes = MODES if app.mode == INHERIT else (app.mode,)
    found = tuple(
        dict.fromkeys(
            way.reach
            for mode in modes
            for way in rules.ways.get((site.platform, mode, app.session), ())
            if site.system in ("", way.system) and any(kind.replace("-", "_") in kinds for kind in way.identifiers)
        )
    )
    return found or ((app.session,) if app.mode == INHERIT else NOWHERE)


def withdrawn(app: App, as_of: date) -> bool:
    if app.withdrawn_from is not None:
        return app.withdrawn_from <= as_of
    return app.status == "withdrawn"


def _app_fits(rules: Rules, app: EffectiveApp, site: Site, misfits: list[Misfit]) -> bool:
    key = (app.app, app.mode, app.session, site)
    if key in rules.fitting:
        return True
    entry = rules.apps.get(app.app)
    if entry is None:
        return False
    line = app.origins[0]
    wanted = app.mode in ("required", "available")
    code = _why_not_here(entry, site, wanted)
    if code:
        misfits.append(Misfit(("app", app.app, app.session), app.app, code, app.session, line))
        return False
    decided = not wanted or _check_decision(rules.ledger, entry, line)
    if not decided and line.layer is Layer.SHARED:
        return False
    if not app_reaches(rules, app, site):
        _report_no_way(rules.ledger, app, entry, site)
        return False
    if decided:
        rules.fitting.add(key)
    return True


def _why_not_here(entry: App, site: Site, wanted: bool) -> str:
    if wanted and entry.school_forms and not set(site.school_forms) <= set(entry.school_forms):
        return "APP-NOT-FOR-SCHOOL-FORM"
    return "" if any(one.platform == site.platform for one in entry.identities) else "APP-WRONG-PLATFORM"


def _report_no_way(ledger: Ledger, app: EffectiveApp, entry: App, site: Site) -> None:
    line = app.origins[0]
    kinds = ", ".join(sorted(one.kind for one in entry.identities if one.platform == site.platform))
    ledger.report(
        "APP-NO-WAY",
        line.at,
        subject_of(line) if line.layer.value in ("group", "within") else f"app:{entry.id}",
        Severity.WARNING if line.layer is Layer.SHARED else Severity.ERROR,
        wish=entry.id,
        mode=app.mode,
        session=app.session,
        platform=site.platform,
        kind=kinds,
    )


def _check_decision(ledger: Ledger, entry: App, line: Origin) -> bool:
    """Whether the app may be used. The line stays in the result all the same: its error blocks the app, so that nothing
    is installed and nothing is removed. A shared line does nothing instead: it decides for nobody, and isn't ours to edit.
    """
    ledger.changes_on(entry.withdrawn_from)
    used = entry.status in ("approved", "approved-with-conditions", "withdrawn") and not withdrawn(entry, ledger.as_of)
    if not used and line.layer is Layer.SHARED:
        places = {"app_at": entry.at}
        ledger.report(
            "SHARED-APP-NOT-APPROVED",
            line.at,
            f"app:{entry.id}",
            Severity.INFO,
            places,
            wish=entry.id,
            status=entry.status,
        )
        return False
    if withdrawn(entry, ledger.as_of):
        since = entry.withdrawn_from.isoformat() if entry.withdrawn_from else "-"
        ledger.report(
            "APP-WITHDRAWN", line.at, f"app:{entry.id}", places={"app_at": entry.at}, wish=entry.id, since=since
        )
        return False
    # An entry with a last day ahead is still in use until then, also where its status already says withdrawn.
    if entry.status not in ("approved", "approved-with-conditions", "withdrawn"):
        ledger.report(
            "APP-NOT-APPROVED",
            line.at,
            f"app:{entry.id}",
            places={"app_at": entry.at},
            wish=entry.id,
            status=entry.status,
        )
        return False
    return True


def _raw_fits(rules: Rules, line: EffectiveRaw, site: Site, misfits: list[Misfit]) -> bool:
    origin = line.origins[0]
    if site.system and line.system != settings_system(site.system):
        key = ("raw", line.system, line.schema, line.reach)
        misfits.append(Misfit(key, line.schema, "RAW-OTHER-SYSTEM", line.reach, origin))
        return False
    # The table knows the platforms of each type that it writes; one that it doesn't know may be of any.
    if site.platform not in rules.platforms_of.get((line.system, line.schema), (site.platform,)):
        key = ("raw", line.system, line.schema, line.reach)
        misfits.append(Misfit(key, line.schema, "RAW-OTHER-PLATFORM", line.reach, origin))
        return False
    taken = {name: rules.owners.get((site.platform, line.system, line.schema, name)) for name in line.fields}
    for name, owner in taken.items():
        if owner is not None:
            rules.ledger.report(
                "RAW-HAS-SETTING",
                origin.at,
                subject_of(origin),
                wish=f"{line.schema}.{name}",
                setting=owner,
                value=show(line.fields[name]),
            )
    return not any(taken.values())
