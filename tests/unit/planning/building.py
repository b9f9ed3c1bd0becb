"""Small wanted and live things for tests, in the words of the model."""

from collections.abc import Mapping, Sequence
from datetime import date

from reconciler.adapters.mark import mark_key
from reconciler.model.adapter import Capability
from reconciler.model.desired import DesiredState, Effective, GroupState
from reconciler.model.documents import Allowance, Backend, Documents, Group, Limits, Organisation, School
from reconciler.model.finding import Finding
from reconciler.model.place import Json, Place, Pointer, Position
from reconciler.model.resource import Device, Key, Live, Lowered, Mark, Resource, Snapshot, Source, Target, Tenant
from reconciler.planning.plan import BackendView, BaseView

ORG = "6c3d1f0e-0000-4000-8000-000000000001"
DAY = date(2026, 11, 21)
TENANT = Tenant(backend="chrome", kind="google", identity="C0123abcd")
HERE = Pointer(file="schools/norrskolan.yaml")

TREE = tuple(
    Capability(
        kind=kind, extent="full", exclusive=kind == "membership", on_removal="", source="test", date="2026-11-21"
    )
    for kind in ("group", "membership", "setting", "assignment", "target")
)


def place(ref: str, name: str, parent: str = "", **more: object) -> Resource:
    fields: dict[str, Json] = {"name": name, "mark": mark_key(ref)}
    if parent:
        fields["parent"] = parent
    previous = tuple(Key(kind="group", target=str(old)) for old in more.get("previous", ()))  # type: ignore[attr-defined]
    groups = (ref[1:],) if "/" in ref else ()
    return Resource(key=Key(kind="group", target=ref), fields=fields, previous=previous, groups=groups, label=name)


def setting(target: str, part: str, disruption: str = "none", **fields: Json) -> Resource:
    groups = (target[1:],) if "/" in target and target.startswith("@") else ()
    key = Key(kind="setting", target=target, part=part)
    return Resource(key=key, fields=fields, groups=groups, label=part, disruption=disruption)


def app(target: str, part: str, **fields: Json) -> Resource:
    key = Key(kind="assignment", target=target, part=part)
    return Resource(key=key, fields=fields, label=part, facts={"app": part}, groups=(target[1:],))


def gives_back(target: str, part: str) -> Resource:
    return Resource(key=Key(kind="setting", target=target, part=part), fields={}, facts={"inherit": True}, label=part)


def live_place(ref: str, name: str, parent: str = "", *, id_: str = "", org: str | None = ORG) -> Live:
    """A live group; one whose reference isn't ours bears no mark, unless `org` is another organisation's."""
    ours = ref.startswith("@")
    mark = Mark(org=org, key=mark_key(ref) if ours else "group/x/y") if org and (ours or org != ORG) else None
    fields: dict[str, Json] = {"name": name, "mark": mark.key if mark else ""}
    if parent:
        fields["parent"] = parent
    return Live(key=Key(kind="group", target=ref), fields=fields, vendor_id=id_ or f"id-{ref}", mark=mark)


def live_setting(target: str, part: str, source: Source = Source.DIRECT, **fields: Json) -> Live:
    return Live(key=Key(kind="setting", target=target, part=part), fields=fields, source=source)


def target(ref: str, owns: str = "all", owner: str = "norrskolan/elever") -> Target:
    return Target(ref=ref, owns=owns, reach="device", owner=owner, groups=(owner,) if "/" in owner else (), at=HERE)


def lowered(resources: Sequence[Resource] = (), targets: Sequence[Target] = (), **more: Sequence[Finding]) -> Lowered:
    return Lowered(resources=tuple(resources), targets=tuple(targets), findings=tuple(more.get("findings", ())))


def device(id_: str, *places: str, active: bool = True, obstacle: str = "") -> Device:
    return Device(id=id_, serial=f"SER{id_}", active=active, places=places, obstacle=obstacle)


def snapshot(
    resources: Sequence[Live] = (),
    devices: Sequence[Device] = (),
    unread: Sequence[tuple[str, str]] = (),
    missing: Sequence[str] = (),
    findings: Sequence[Finding] = (),
) -> Snapshot:
    return Snapshot(
        tenant=TENANT,
        resources=tuple(resources),
        devices=tuple(devices),
        unread=frozenset(unread),
        missing=frozenset(missing),
        findings=tuple(findings),
    )


def group(id_: str, *, audience: str = "pupils", grades: str = "") -> Group:
    return Group(
        id=id_,
        name=id_,
        school_forms=("grundskola",),
        platform="chromeos",
        audience=audience,
        grades=grades,
        at=HERE,
    )


def school(id_: str = "norrskolan", groups: Sequence[Group] = (), pupils: Mapping[str, int] | None = None) -> School:
    return School(id=id_, name=id_, groups=tuple(groups), pupils_by_grade=pupils or {}, at=HERE)


def state(*schools: School, lapses: date | None = None, findings: Sequence[Finding] = ()) -> DesiredState:
    groups = {
        f"{one.id}/{item.id}": GroupState(
            key=f"{one.id}/{item.id}",
            group=item,
            school=one,
            backend="chrome",
            parent=None,
            effective=Effective(),
            on_devices=Effective(),
        )
        for one in schools
        for item in one.groups
    }
    return DesiredState(as_of=DAY, lapses=lapses, groups=groups, user_layers=(), findings=tuple(findings))


def backend(mode: str = "apply", **limits: int) -> Backend:
    return Backend(id="chrome", kind="google", mode=mode, limits=Limits(**limits), at=Pointer(file="organisation.yaml"))


def documents(allowances: Sequence[Allowance] = ()) -> Documents:
    organisation = Organisation(
        uid=ORG,
        name="Vidala kommun",
        municipality_code="0000",
        language="sv",
        backends=(backend(),),
        routes=(),
        at=Pointer(file="organisation.yaml"),
    )
    return Documents(organisation=organisation, allowances=tuple(allowances), digest="sha256:documents")


def view(
    low: Lowered,
    live: Snapshot,
    places: Mapping[str, str] | None = None,
    base: BaseView | None = None,
    capabilities: Sequence[Capability] = TREE,
    on: Backend | None = None,
) -> BackendView:
    return BackendView(
        backend=on or backend(), capabilities=capabilities, snapshot=live, lowered=low, places=places or {}, base=base
    )


def locate(at: Place) -> Position:
    """Every pointer stands on line 7, every position where it is."""
    return at if isinstance(at, Position) else Position(file=at.file, line=7, column=3)
