"""What is ours on the server, as the plan compares it: profiles, rows for apps, apps. From lists that have been read."""

from collections.abc import Iterator, Sequence

from reconciler.adapters.zentral.apps import LiveApp, app_fields, row_fields
from reconciler.adapters.zentral.artifacts import Artifact, Version, group_in_mark, payload_in_mark, profile_fields
from reconciler.adapters.zentral.links import Link, Scope, read_scope
from reconciler.adapters.zentral.reach import Gift
from reconciler.adapters.zentral.session import Session
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key, Live

ROOT = "@"


def live_settings(session: Session) -> list[Live]:
    """Each group's profiles. Of two for one payload type that are both in effect the first by number of artifact stands here."""
    found: dict[Key, Live] = {}
    for ref, tag, artifact, versions, link in placed(session):
        payload = payload_in_mark(versions, session.org)
        key = Key(kind="setting", target=ref, part=payload)
        fields = profile_fields(artifact, versions, link, tag, payload)
        found.setdefault(key, Live(key=key, fields=fields, vendor_id=artifact.id))
    return list(found.values())


def twice(session: Session) -> list[Finding]:
    """Two profiles of ours for one group and payload type: whichever is changed, the other would still hold."""
    seen: dict[tuple[str, str], list[str]] = {}
    for ref, _, artifact, versions, _ in placed(session):
        seen.setdefault((ref, payload_in_mark(versions, session.org)), []).append(artifact.name)
    return [
        Finding(
            code="ZENTRAL-PROFILE-TWICE",
            severity=Severity.ERROR,
            place=None,
            subject=ref[1:],
            values={"group": ref[1:], "payload": payload, "artifacts": ", ".join(names)},
        )
        for (ref, payload), names in seen.items()
        if len(names) > 1
    ]


def shared(session: Session) -> list[Finding]:
    """That a profile made for one group reaches others: they get all that is written for it."""
    found: list[Finding] = []
    for ref, tag, artifact, _, link in placed(session):
        others = len(link.scope.shards.keys() - {tag})
        if others:
            values = {"profile": artifact.name, "group": ref[1:], "count": str(others)}
            found.append(
                Finding(
                    code="ZENTRAL-PROFILE-SHARED", severity=Severity.WARNING, place=None, subject=ref[1:], values=values
                )
            )
    return found


def placed(session: Session) -> Iterator[tuple[str, int, Artifact, Sequence[Version], Link]]:
    """Each profile once, at the group that it is for: the one in its mark, else the first that it is linked to."""
    tags = session.known_tags()
    for artifact, versions, link in sorted(session.own_profiles(), key=lambda found: found[0].id):
        linked = sorted((tags.refs[tag], tag) for tag in link.scope.shards if tag in tags.refs)
        marked = group_in_mark(versions, session.org)
        if marked in tags.ours and (link.scope.default or tags.ours[marked].id in link.scope.shards):
            linked = [(marked, tags.ours[marked].id)]
        yield (*linked[0], artifact, versions, link)


def live_assignments(session: Session) -> list[Live]:
    """Every row of a tag of ours in our blueprint's link to a store app."""
    apps, tags = session.apps(), session.known_tags()
    found: list[Live] = []
    for part, app in apps.by_part.items() if apps else ():
        for tag in app.link.scope.shards if app.link else ():
            fields = row_fields(app.link, tag, session.required) if app.link else None
            if tag in tags.refs and fields is not None:
                key = Key(kind="assignment", target=tags.refs[tag], part=part)
                facts = {"app_name": app.artifact.name}
                found.append(Live(key=key, fields=fields, vendor_id=app.artifact.id, facts=facts))
    return found


def without_licences(session: Session) -> list[Finding]:
    """An error: what is written meanwhile reaches no device, whoever writes it."""
    return [
        Finding(
            code="ZENTRAL-APP-WITHOUT-LICENCES",
            severity=Severity.ERROR,
            place=None,
            subject=f"artifact:{one.name}",
            values={"artifact": one.name, "blueprint": session.options.blueprint},
        )
        for one in session.without_licences()
    ]


def gifts(session: Session) -> list[Gift]:
    """All that groups of ours get by links: their profiles, and their rows of apps."""
    tags, apps = session.known_tags(), session.apps()
    found = [
        Gift(
            key=Key(kind="setting", target=ref, part=payload_in_mark(versions, session.org)),
            name=artifact.name,
            tag=tag,
            link=link,
        )
        for ref, tag, artifact, versions, link in placed(session)
    ]
    for part, app in apps.by_part.items() if apps else ():
        for tag in app.link.scope.shards if app.link else ():
            if tag in tags.refs and app.link:
                key = Key(kind="assignment", target=tags.refs[tag], part=part)
                versions_of = _app_scopes(session, app)
                found.append(Gift(key=key, name=app.artifact.name, tag=tag, link=app.link, versions=versions_of))
    return found


def app_gifts(session: Session) -> list[Gift]:
    """The apps of ours themselves, which a link that was opened gives to everybody."""
    apps = session.apps()
    return [
        Gift(
            key=Key(kind="app", target=ROOT, part=app.part),
            name=app.artifact.name,
            tag=0,
            link=app.link,
            versions=_app_scopes(session, app),
        )
        for app in (apps.by_part.values() if apps else ())
        if app.own and app.link
    ]


def _app_scopes(session: Session, app: LiveApp) -> list[Scope]:
    return [read_scope(row) for row in session.store_apps or () if str(row.get("artifact")) == app.artifact.id]


def required(session: Session) -> list[Finding]:
    """What somebody else's artifact requires goes to all who get that, whatever our link says (`_walk_artifact_versions`)."""
    ours = {artifact.id: (artifact.name, ref[1:]) for ref, _, artifact, _, _ in placed(session)}
    ours |= {gift.link.artifact: (gift.name, "") for gift in app_gifts(session)}
    linked = {link.artifact for link in session.known_links().values()}
    return [
        Finding(
            code="ZENTRAL-REQUIRED-BY-OTHER",
            severity=Severity.WARNING,
            place=None,
            subject=ours[one][1] or f"artifact:{ours[one][0]}",
            values={"artifact": ours[one][0], "other": artifact.name},
        )
        for artifact in (session.artifacts or {}).values()
        if artifact.id in linked and artifact.id not in ours
        for one in artifact.requires
        if one in ours
    ]


def live_apps(session: Session) -> list[Live]:
    """Apps that we have made and that our blueprint links."""
    apps = session.apps()
    return [live for app in (apps.by_part.values() if apps else ()) if (live := live_app(app)) is not None]


def live_app(app: LiveApp) -> Live | None:
    fields = app_fields(app)
    if fields is None:
        return None
    return Live(key=Key(kind="app", target=ROOT, part=app.part), fields=fields, vendor_id=app.artifact.id)
