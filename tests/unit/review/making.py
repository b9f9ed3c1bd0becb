"""Small parts of a desired state, made directly: groups with numbers, and what they get."""

from collections.abc import Mapping
from datetime import date

from reconciler.model.desired import DesiredState, Effective, EffectiveApp, EffectiveSetting, GroupState, Layer, Origin
from reconciler.model.documents import DeviceRule, Group, School
from reconciler.model.place import Json, Pointer

AT = Pointer(file="schools/x.yaml")


def school(name: str = "norr", **pupils: int) -> School:
    """`pupils` by span of grades, with `_` for `-` and a leading `g`: `g4_6=74`."""
    by_grade = {span.removeprefix("g").replace("_", "-"): number for span, number in pupils.items()}
    return School(id=name, name=name.capitalize(), pupils_by_grade=by_grade, at=AT)


def group(
    place: School,
    name: str,
    *,
    grades: str = "",
    devices: int | None = None,
    audience: str = "pupils",
    pays: str = "",
    apps: Mapping[str, str] | None = None,
    settings: Mapping[str, Json] | None = None,
) -> GroupState:
    """A compiled group; `devices` None is a number that nobody has written down."""
    one = Group(
        id=name,
        name=name.capitalize(),
        school_forms=("grundskola",),
        platform="chromeos",
        audience=audience,
        grades=grades,
        devices=DeviceRule(expected=devices, at=AT),
        cost_bearer={"apps": pays} if pays else {},
        at=AT,
    )
    key = f"{place.id}/{name}"
    said = effective(key, apps or {}, settings or {})
    return GroupState(
        key=key, group=one, school=place, backend="chrome", parent=None, effective=said, on_devices=Effective()
    )


def effective(key: str, apps: Mapping[str, str], settings: Mapping[str, Json]) -> Effective:
    def origin(value: Json) -> tuple[Origin, ...]:
        return (Origin(layer=Layer.GROUP, owner=key, value=value, at=AT),)

    return Effective(
        apps={
            (app, "user"): EffectiveApp(app=app, mode=mode, session="user", pinned=False, origins=origin(mode))
            for app, mode in apps.items()
        },
        settings={
            name: EffectiveSetting(setting=name, value=value, origins=origin(value)) for name, value in settings.items()
        },
    )


def state(day: date, *groups: GroupState) -> DesiredState:
    return DesiredState(as_of=day, lapses=None, groups={one.key: one for one in groups}, user_layers=())
