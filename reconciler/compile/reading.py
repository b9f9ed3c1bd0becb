"""One layer's lines as they stand on a day: what it says itself, before it meets the layers above it. Pure."""

from collections.abc import Sequence

from reconciler.compile.dates import always, ended, holding, next_change, overlaps
from reconciler.compile.ledger import Day, Ledger
from reconciler.model.desired import BASELINES, Effective, EffectiveApp, EffectiveRaw, EffectiveSetting, Layer, Origin
from reconciler.model.documents import INHERIT, AppLine, SettingLine, Span, Wishes
from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass

NOTHING = Effective()


@dataclass(frozen=True, slots=True)
class Source:
    """Whose lines they are: a baseline's id, a school's id or a group's key."""

    layer: Layer
    owner: str


def subject_of(origin: Origin) -> str:
    """What an error on this line blocks: a group's line its group, a school's line its school, a baseline's what it made."""
    return f"baseline:{origin.owner}" if origin.layer in BASELINES else origin.owner


def read_layer(wishes: Wishes, source: Source, day: Day, ledger: Ledger) -> Effective:
    """The lines that hold on the day. Notes overlapping dates, and when a line begins or ends."""
    if not (wishes.apps or wishes.settings or wishes.raw):
        return NOTHING
    return Effective(
        apps=_read_apps(wishes.apps, source, day, ledger),
        settings=_read_settings(wishes.settings, source, day, ledger),
        raw={
            (line.system, line.schema, line.reach): EffectiveRaw(
                system=line.system,
                schema=line.schema,
                fields=line.fields,
                reach=line.reach,
                origins=(Origin(layer=source.layer, owner=source.owner, value=line.fields, at=line.at),),
            )
            for line in wishes.raw
        },
    )


def _read_settings(
    lines: Sequence[SettingLine], source: Source, day: Day, ledger: Ledger
) -> dict[str, EffectiveSetting]:
    found: dict[str, EffectiveSetting] = {}
    for line in lines:
        value = line.values[0]
        if len(line.values) > 1 or not always(value.span):
            spans = [dated.span for dated in line.values]
            places = [dated.at for dated in line.values]
            chosen = _choose(line.setting, spans, places, source, day, ledger)
            if chosen is None:
                if (over := ended(spans, day)) is not None:
                    found[line.setting] = _setting_over(line.setting, places[over], source)
                continue
            value = line.values[chosen]
        # For a value for good, the line itself is what people look for; for a dated one, the value's own line.
        at = value.at if len(line.values) > 1 else line.at
        origin = Origin(layer=source.layer, owner=source.owner, value=value.value, at=at)
        found[line.setting] = EffectiveSetting(setting=line.setting, value=value.value, origins=(origin,))
    return found


def _read_apps(
    lines: Sequence[AppLine], source: Source, day: Day, ledger: Ledger
) -> dict[tuple[str, str], EffectiveApp]:
    by_key: dict[tuple[str, str], list[AppLine]] = {}
    for line in lines:
        by_key.setdefault((line.app, line.session), []).append(line)
    found: dict[tuple[str, str], EffectiveApp] = {}
    for key, same in by_key.items():
        line = same[0]
        if len(same) > 1 or not always(line.span):
            spans = [one.span for one in same]
            chosen = _choose(line.app, spans, [one.at for one in same], source, day, ledger)
            if chosen is None:
                if (over := ended(spans, day)) is not None:
                    found[key] = _app(same[over], INHERIT, source)
                continue
            line = same[chosen]
        found[key] = _app(line, line.mode, source)
    return found


def _app(line: AppLine, mode: str, source: Source) -> EffectiveApp:
    return EffectiveApp(
        app=line.app,
        mode=mode,
        session=line.session,
        pinned=line.pinned and mode != INHERIT,
        origins=(Origin(layer=source.layer, owner=source.owner, value=mode, at=line.at),),
    )


def _setting_over(name: str, at: Pointer, source: Source) -> EffectiveSetting:
    """A line whose last day has passed gives its value back: on a target that isn't ours whole nothing else would."""
    origin = Origin(layer=source.layer, owner=source.owner, value=INHERIT, at=at)
    return EffectiveSetting(setting=name, value=INHERIT, origins=(origin,))


def _choose(
    name: str, spans: Sequence[Span], places: Sequence[Pointer], source: Source, day: Day, ledger: Ledger
) -> int | None:
    for first, second in overlaps(spans):
        origin = Origin(layer=source.layer, owner=source.owner, value=None, at=places[second])
        ledger.report(
            "DATES-OVERLAP", places[second], subject_of(origin), places={"other_at": places[first]}, wish=name
        )
    for span in spans:
        ledger.changes_on(next_change(span, day))
    return holding(spans, day)
