"""Lines instead of pointers: only what is shown is looked up."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from reconciler.model.change import FieldChange, Why
from reconciler.model.desired import Origin
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Locate, Pointer
from reconciler.model.resource import Resource, Target
from reconciler.planning.changes import field_names


def why_of(
    resource: Resource | None, target: Target | None, locate: Locate, fields: Sequence[FieldChange] = ()
) -> tuple[Why, ...]:
    """The lines behind a change: where fields are told apart, those that ask for the ones that differ."""
    if resource:
        behind = [resource.behind[name] for name in field_names(fields) if name in resource.behind]
        origins = [origin for one in behind for origin in one.origins] if behind else resource.origins
        if origins:
            return tuple(dict.fromkeys(_line(origin, locate) for origin in origins))
    if target and target.at:
        return (Why(layer="", owner=target.owner, position=locate(target.at)),)
    return ()


def _line(origin: Origin, locate: Locate) -> Why:
    return Why(layer=origin.layer.value, owner=origin.owner, position=locate(origin.at))


def located(findings: Sequence[Finding], locate: Locate) -> tuple[Finding, ...]:
    """Findings with lines instead of pointers, each once, in the order that they are shown."""
    found = {}
    for finding in findings:
        place = locate(finding.place) if isinstance(finding.place, Pointer) else finding.place
        places = {name: locate(other) for name, other in finding.places.items()}
        shown = replace(finding, place=place, places=places)
        found[repr(shown)] = shown
    return tuple(sorted(_once(found.values()), key=_shown_order))


def _once(findings: Collection[Finding]) -> list[Finding]:
    """What files alone warn of, and an adapter finds to be wrong on the same line, is said by the error."""
    wrong = {(one.code, *_line_of(one)) for one in findings if one.severity is Severity.ERROR and one.place}
    return [one for one in findings if one.severity is Severity.ERROR or (one.code, *_line_of(one)) not in wrong]


def _line_of(finding: Finding) -> tuple[str, int]:
    at = finding.place
    return (at.file, at.line) if at and not isinstance(at, Pointer) else ("", 0)


def _shown_order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    at = finding.place
    file, line, column = (at.file, at.line, at.column) if at and not isinstance(at, Pointer) else ("", 0, 0)
    return file, line, column, finding.code, finding.subject, repr(sorted(finding.values.items()))
