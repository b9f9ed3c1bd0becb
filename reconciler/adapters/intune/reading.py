"""Reading a tenant: all that a plan needs, lists side by side; and single resources right before and after a write."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from reconciler.adapters.intune import api
from reconciler.adapters.intune.apps import LiveApp
from reconciler.adapters.intune.by_serial import FilterIgnored, find_devices, is_cheaper
from reconciler.adapters.intune.devices import Enrolled, enrolled, read_devices
from reconciler.adapters.intune.families import LivePolicy, placed, set_fields, unset_fields
from reconciler.adapters.intune.groups import Groups, live_groups
from reconciler.adapters.intune.rows import fields_for
from reconciler.adapters.intune.session import SORTS, Session
from reconciler.adapters.intune.sharing import say_who_else
from reconciler.adapters.intune.trouble import explain_failure
from reconciler.http.failures import HttpFailure, Unauthorised
from reconciler.http.reads import Unread, read_all, values
from reconciler.model.adapter import Scope
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key, Live, Snapshot, Tenant

CONCURRENT_READS = 8
BEGUN = frozenset({"group", "setting", "membership"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One read of a plan, and the kind that is unread should it fail. `long`: page after page, begun before all others."""

    kind: str
    run: Callable[[], object]
    long: bool = False


def tenant_of(session: Session) -> Tenant:
    """The token was asked of this tenant, so who answers is of it; a given token's own word is compared on connecting."""
    return Tenant(backend=session.backend, kind="intune", identity=session.tenant)


def observe(session: Session, scope: Scope) -> Snapshot:
    """What is in scope, read side by side. A read that fails is `unread`; a sign-in that isn't accepted ends it all."""
    state = _Observed()
    if scope.soon:
        _begin(session, scope.kinds | scope.soon)
    parts = _parts(session, scope, state)
    failed = _read([part for part in parts if not part.long])
    unread = {(kind, "") for kind, _ in failed}
    if any(kind == "app" for kind, _ in failed):  # the same list says which app is whose and who has which
        unread.add(("assignment", ""))
    findings: list[Finding] = []
    resources = _resources(session, scope, unread, findings)  # worked out while the last pages of devices come in
    failed += _read([part for part in parts if part.long])
    unread |= {(kind, "") for kind, _ in failed}
    failures = [failure for _, failure in failed]
    left_out = _left_out(session, scope, state)
    devices = read_devices(state.managed, state.entra, state.places) if not _failed(failed, "membership") else []
    return Snapshot(
        tenant=tenant_of(session),
        resources=tuple(resources),
        devices=tuple(devices),
        unread=frozenset(unread),
        left_out=frozenset(left_out),
        missing=frozenset(_missing(session, scope)),
        findings=(*_explained(failures, session), *findings),
        reads=len(parts),
    )


def _read(parts: Sequence[Part]) -> list[tuple[str, HttpFailure]]:
    """Side by side; the kind and the failure of each that failed. Raises Unauthorised."""
    outcomes = read_all(lambda part: part.run(), parts, concurrency=CONCURRENT_READS)
    failed = [(part.kind, one.failure) for part, one in zip(parts, outcomes, strict=True) if isinstance(one, Unread)]
    if refused := next((failure for _, failure in failed if isinstance(failure, Unauthorised)), None):
        raise refused
    return failed


class _Observed:
    """What the reads of devices come to, each in its own. `whole`: all that there are."""

    def __init__(self) -> None:
        self.managed: list[Enrolled] = []
        self.entra: dict[str, str] = {}
        self.places: dict[str, list[str]] = {}
        self.whole = True


def _failed(failed: Sequence[tuple[str, HttpFailure]], kind: str) -> bool:
    return any(name == kind for name, _ in failed)


def _parts(session: Session, scope: Scope, state: _Observed) -> list[Part]:
    parts: list[Part] = []
    if "membership" in scope.kinds:
        session.known_groups()
        parts += _device_parts(session, scope, state)
    if "group" in scope.kinds:
        groups = partial(session.ahead.take, "groups", session.read_groups)
        apps = partial(session.ahead.take, "apps", session.read_apps)
        parts += [Part(kind="group", run=groups), Part(kind="app", run=apps)]
    if "setting" in scope.kinds:
        parts += [Part(kind="setting", run=_policies(session, sort, scope.only)) for sort in SORTS]
    return parts


def _device_parts(session: Session, scope: Scope, state: _Observed) -> list[Part]:
    """The whole lists side by side; or, where all that is wanted has a number, one thing after another for these alone."""

    def managed() -> None:
        state.managed = session.ahead.take("managed", partial(_managed, session))

    def entra() -> None:
        state.entra = session.ahead.take("entra", partial(_entra, session))

    def members() -> None:
        state.places = session.ahead.take("members", partial(_read_members, session))

    def few(serials: frozenset[str], only: frozenset[str]) -> None:
        try:
            found = find_devices(session, serials, only)
        except FilterIgnored:
            values(read_all(lambda run: run(), (managed, entra, members), concurrency=3))
        else:
            state.managed, state.entra, state.places = enrolled(found.managed.values()), found.entra, found.places
            state.whole = False

    if scope.serials is not None and scope.only is not None and is_cheaper(session, scope.serials, scope.only):
        return [Part(kind="membership", run=partial(few, scope.serials, scope.only))]
    _begin(session, {"membership"})
    whole = [Part(kind="membership", run=run, long=True) for run in (managed, entra)]
    return [*whole, Part(kind="membership", run=members)]


def _managed(session: Session) -> list[Enrolled]:
    """Each page is made out while the next one is awaited."""
    made = [session.ahead.aside(partial(enrolled, page)) for page in session.pages(api.list_managed_devices())]
    return [one for page in made for one in page()]


def _entra(session: Session) -> dict[str, str]:
    """deviceId → object id."""
    listed = session.items(api.list_entra_devices())
    return {str(item["deviceId"]): str(item["id"]) for item in listed if item.get("deviceId")}


def begin_lists(session: Session) -> None:
    """All that a plan of every school reads, whatever its files want."""
    _begin(session, BEGUN)


def _begin(session: Session, soon: Collection[str]) -> None:
    """All that waits for no wish: first what others wait for, then the lists of devices, which have the most pages."""
    if "group" in soon:
        session.ahead.begin("groups", partial(_groups_and_members, session, soon))
        session.ahead.begin("apps", session.read_apps)
    if "setting" in soon:
        for sort in SORTS:
            session.ahead.begin(sort, partial(session.read_policies, sort))
    if "membership" in soon:
        session.ahead.begin("managed", partial(_managed, session))
        session.ahead.begin("entra", partial(_entra, session))


def _groups_and_members(session: Session, soon: Collection[str]) -> Groups:
    """Who is in them is asked for as soon as they are known."""
    groups = session.read_groups()
    if "membership" in soon:
        session.ahead.begin("members", partial(_read_members, session))
    return groups


def _left_out(session: Session, scope: Scope, state: _Observed) -> set[tuple[str, str]]:
    """What other places have in them. Lists that hold everybody's were read whole; what needs a look into each was not."""
    if scope.only is None:
        return set()
    others = session.known_groups().ours.keys() - scope.only
    kinds = {"setting"} & scope.kinds | (set() if state.whole else {"membership"})
    found = {(kind, ref) for kind in kinds for ref in others}
    return found if state.whole else found | {("membership", "")}


def _policies(session: Session, sort: str, only: frozenset[str] | None) -> Callable[[], object]:
    return lambda: session.ahead.take(sort, partial(session.read_policies, sort, only))


def _read_members(session: Session) -> dict[str, list[str]]:
    """Who is in our groups, by object id: of twenty groups in one call."""
    places: dict[str, list[str]] = {}
    groups = [(group.id, ref) for ref, found in session.known_groups().ours.items() for group in found]
    for (_, ref), members in zip(groups, members_of(session, [group for group, _ in groups]), strict=True):
        for device in members:
            places.setdefault(device, []).append(ref)
    return places


def members_of(session: Session, groups: Sequence[str]) -> list[frozenset[str]]:
    """Object ids of the members of each group. Raises the failure of the first that could not be read."""
    outcomes = session.send([api.list_members(group) for group in groups])
    return [frozenset(str(item["id"]) for item in session.rest(outcome)) for outcome in outcomes]


def _missing(session: Session, scope: Scope) -> set[str]:
    """Users' groups that were asked for and are gone; ours are told by the live groups."""
    refs = {target.ref for target in scope.targets if target.ref.startswith("group:")}
    return {ref for ref in refs if session.group_id(ref) is None} if refs else set()


def _resources(session: Session, scope: Scope, unread: set[tuple[str, str]], findings: list[Finding]) -> list[Live]:
    found: list[Live] = []
    kinds = {kind for kind, _ in unread}
    if "group" in scope.kinds and "group" not in kinds:
        found += live_groups(session.known_groups(), session.org)
    if "group" in scope.kinds and "app" not in kinds:
        found += _own_apps(session)
    if "setting" in scope.kinds and "setting" not in kinds:
        found += _live_policies(session, scope.only, findings)
    if "assignment" in scope.kinds and session.apps is not None:
        found += live_assignments(session)
    return found


def _own_apps(session: Session) -> list[Live]:
    """Apps that we made."""
    return [
        Live(key=Key(kind="app", target="@", part=part), fields={"name": app.name}, vendor_id=app.id, mark=app.mark)
        for part, app in session.known_apps().by_part.items()
        if app.mark is not None and app.mark.org == session.org
    ]


def _live_policies(session: Session, only: frozenset[str] | None, findings: list[Finding]) -> list[Live]:
    """Policies with our mark. Two with one mark are a finding; one that isn't assigned to its group has no effect, so it isn't there."""
    found: list[Live] = []
    for (ref, family), alike in own_policies(session).items():
        if only is not None and ref not in only:
            continue
        findings += [finding for policy in alike for finding in say_who_else(session, policy, ref)]
        in_effect = [policy for policy in alike if session.group_id(ref) in policy.assigned]
        if len(in_effect) > 1:
            values = {"group": ref[1:], "family": family, "count": str(len(in_effect))}
            findings.append(
                Finding(code="INTUNE-POLICY-TWICE", severity=Severity.ERROR, place=None, subject=ref[1:], values=values)
            )
        found += [live_policy(policy, ref, family) for policy in in_effect[:1]]
    return found


def live_policy(policy: LivePolicy, ref: str, family: str) -> Live:
    """All that is set in it; what isn't, at the value that it then has."""
    key = Key(kind="setting", target=ref, part=family)
    return Live(key=key, fields=set_fields(policy), vendor_id=policy.id, defaults=unset_fields(policy))


def own_policies(session: Session) -> dict[tuple[str, str], list[LivePolicy]]:
    """Our policies by target and family, over all sorts that have been read.

    Where one is, its assignment says: the mark names the group as it was called when the policy was last written. Those
    that are assigned come first.
    """
    found: dict[tuple[str, str], list[LivePolicy]] = {}
    for by_id in session.policies.values():
        for policy in sorted(by_id.values(), key=lambda policy: (not policy.assigned, policy.id)):
            marked = placed(policy.mark, session.org)
            if marked is not None:
                assigned = sorted(ref for group in policy.assigned if (ref := session.ref_of(group)).startswith("@"))
                ref = marked if marked in assigned or not assigned else assigned[0]
                found.setdefault((ref, policy.family), []).append(policy)
    return found


def live_assignments(session: Session) -> list[Live]:
    """Every row that includes a group, under the reference of that group; policy sets' rows are not ours to judge."""
    apps = session.known_apps()
    return [
        live
        for part, app in apps.by_part.items()
        for group in app.rows_of
        if (live := _live_row(session, part, app, group))
    ]


def _live_row(session: Session, part: str, app: LiveApp, group: str) -> Live | None:
    ref, fields = session.ref_of(group), fields_for(app.rows_of[group], group, app.sort)
    if ref.startswith("gone:") or fields is None:
        return None
    key = Key(kind="assignment", target=ref, part=part)
    return Live(key=key, fields=fields, vendor_id=app.id, facts={"app_name": app.name})


def _explained(failures: Sequence[HttpFailure], session: Session) -> tuple[Finding, ...]:
    found: dict[tuple[str, str, tuple[str, ...]], Finding] = {}
    for failure in failures:
        code, values = explain_failure(failure, session.tenant)
        finding = Finding(code=code, severity=Severity.ERROR, place=None, subject="", values=values)
        found.setdefault((code, failure.path, failure.reasons), finding)
    return tuple(found.values())
