"""What is ours on the server, as the plan compares it: profiles, rows for apps, apps. From lists that have been read."""

from collections.abc import Iterator, Sequence

from reconciler.adapters.zentral.apps import LiveApp, app_fields, row_fields
from reconciler.adapters.zentral.artifacts import STORE_APP, Artifact, Version, payload_in_mark, profile_fields
from reconciler.adapters.zentral.links import Link
from reconciler.adapters.zentral.session import Session
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key, Live

ROOT = "@"


def live_settings(session: Session) -> list[Live]:
    """Each group's profiles. Of two for one payload type that are both in effect the first by number of artifact stands here."""
    found: dict[Key, Live] = {}
    for ref, tag, artifact, versions, link in _placed(session):
        payload = payload_in_mark(versions, session.org)
        key = Key(kind="setting", target=ref, part=payload)
        fields = profile_fields(artifact, versions, link, tag, payload)
        found.setdefault(key, Live(key=key, fields=fields, vendor_id=artifact.id))
    return list(found.values())


def twice(session: Session) -> list[Finding]:
    """Two profiles of ours for one group and payload type: whichever is changed, the other would still hold."""
    seen: dict[tuple[str, str], list[str]] = {}
    for ref, _, artifact, versions, _ in _placed(session):
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
    for ref, tag, artifact, _, link in _placed(session):
        others = len(link.scope.shards.keys() - {tag})
        if others:
            values = {"profile": artifact.name, "group": ref[1:], "count": str(others)}
            found.append(
                Finding(
                    code="ZENTRAL-PROFILE-SHARED", severity=Severity.WARNING, place=None, subject=ref[1:], values=values
                )
            )
    return found


def _placed(session: Session) -> Iterator[tuple[str, int, Artifact, Sequence[Version], Link]]:
    """Each profile once, at the group that it is for: the one in its mark, else the first that it is linked to."""
    tags = session.known_tags()
    for artifact, versions, link in sorted(session.own_profiles(), key=lambda found: found[0].id):
        linked = sorted((tags.refs[tag], tag) for tag in link.scope.shards if tag in tags.refs)
        marked = next((one for one in linked if f"policy/{one[0][1:]}/" in _mark(versions)), linked[0])
        yield (*marked, artifact, versions, link)


def _mark(versions: Sequence[Version]) -> str:
    return next((one.mark.key for one in versions if one.mark), "")


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
    """Store apps of our blueprint whose licences are gone, and their versions with them.

    The server then can't put the blueprint together: it keeps each write and answers 500, and devices get nothing new
    (`update_blueprint_serialized_artifacts`, mdm/artifacts.py; recorded on a running server, 2026-11-22).
    """
    having = {str(row.get("artifact")) for row in session.store_apps or ()}
    artifacts = (session.artifacts or {}).values() if session.store_apps is not None else ()
    lacking = [one for one in artifacts if one.sort == STORE_APP and one.id not in having and session.link_of(one.id)]
    return [
        Finding(
            code="ZENTRAL-APP-WITHOUT-LICENCES",
            severity=Severity.WARNING,
            place=None,
            subject=f"artifact:{one.name}",
            values={"artifact": one.name, "blueprint": session.options.blueprint},
        )
        for one in lacking
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
