"""What MGN, the calendar and exceptions name that must exist elsewhere: rules, versions, requirements, subjects."""

from collections.abc import Collection, Iterable, Iterator

from reconciler.load.faults import Faults
from reconciler.load.near import nearest
from reconciler.load.sources import Sources
from reconciler.model.documents import Documents, ExceptionGrant, School
from reconciler.model.mgn import Acknowledgement, Mgn
from reconciler.model.place import Pointer, Position
from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    sources: Sources
    faults: Faults

    def unknown(self, code: str, at: Pointer, subject: str, name: str, known: Collection[str], **values: str) -> None:
        near = nearest(name, known)
        corrected = self.sources.corrected(at, near) if near else ""
        self.faults.error(code, at, subject, name=name, near=near or "", corrected=corrected, **values)

    def twice(self, code: str, at: Pointer, subject: str, first: Pointer, **values: str) -> None:
        position = self.sources(first)
        self.faults.error(code, at, subject, other=f"{position.file}:{position.line}", **values)


def check_policy_references(documents: Documents, sources: Sources, faults: Faults, missing: Collection[str]) -> None:
    """Put every fault into `faults`. `missing`: folders of which a file dropped out."""
    names = _Names(sources=sources, faults=faults)
    if "policies/guardrails" not in missing:
        _check_rules(names, documents, [rule.id for rule in documents.guardrails])
    for grant in documents.exceptions:
        if grant.ticket:
            _check_comments(names, grant)
    _check_versions(names, documents.mgn)
    if not any(folder.startswith("policies/mgn/") for folder in missing):
        _check_acknowledgements(names, documents)
    if not {"schools", "app-catalogs"} & set(missing):
        _check_subjects(names, documents)


def _check_rules(names: _Names, documents: Documents, rules: Collection[str]) -> None:
    for mgn in documents.mgn:
        for one in mgn.requirements:
            if one.guardrail and one.guardrail not in rules:
                at = one.at.child("verified_by")
                names.unknown("MGN-UNKNOWN-GUARDRAIL", at, f"mgn:{mgn.id}", one.guardrail, rules)
    for grant in documents.exceptions:
        if grant.rule is not None and grant.rule not in rules:
            names.unknown("EXCEPTION-NO-RULE", grant.at.child("rule"), f"exception:{grant.id}", grant.rule, rules)


def _check_versions(names: _Names, mgns: Iterable[Mgn]) -> None:
    first: dict[str, Mgn] = {}
    for mgn in mgns:
        other = first.setdefault(mgn.id, mgn)
        if other is not mgn:
            at = mgn.at.child("school_form")
            names.twice("MGN-TWICE", at, f"mgn:{mgn.id}", other.at, form=mgn.school_form, year=mgn.school_year)
    for mgn in first.values():
        _check_requirements(names, mgn)
        known = [one.school_year for one in first.values() if one.school_form == mgn.school_form and one is not mgn]
        if mgn.replaces and mgn.replaces not in known:
            at = mgn.at.child("replaces")
            names.unknown("MGN-UNKNOWN-VERSION", at, f"mgn:{mgn.id}", mgn.replaces, known, form=mgn.school_form)


def _check_requirements(names: _Names, mgn: Mgn) -> None:
    first: dict[str, Pointer] = {}
    for one in mgn.requirements:
        at = one.at.child("id")
        other = first.setdefault(one.id, at)
        if other is not at:
            names.twice("MGN-REQUIREMENT-TWICE", at, f"mgn:{mgn.id}", other, id=one.id)


def _check_acknowledgements(names: _Names, documents: Documents) -> None:
    versions = {(mgn.school_form, mgn.school_year): mgn for mgn in documents.mgn}
    if not versions:
        return  # a municipality that has not written its MGN down here may still note the years
    for school, form, said in _said(documents.schools):
        mgn = versions.get((form, said.version))
        known = [year for written, year in versions if written == form]
        subject = f"mgn:{school.id}/{form}"
        if mgn is not None:
            _check_answers(names, said, mgn, subject)
        elif known:
            # Only here: the place of a node is known once its whole file has been composed.
            at = said.at if names.sources.spelling(said.at) is not None else said.at.child("version")
            names.unknown("MGN-UNKNOWN-VERSION", at, subject, said.version, known, form=form)


def _said(schools: Iterable[School]) -> Iterator[tuple[School, str, Acknowledgement]]:
    for school in schools:
        for mgn in (school.mgn, *(unit.mgn for unit in school.units)):
            for form, said in mgn.items():
                yield school, form, said


def _check_answers(names: _Names, said: Acknowledgement, mgn: Mgn, subject: str) -> None:
    known = [one.id for one in mgn.requirements]
    results = said.self_assessment.results if said.self_assessment else ()
    for steps, ids in ((("attested",), said.attested), (("self_assessment", "results"), results)):
        for name in ids:
            if name not in known:
                at = Pointer(file=said.at.file, path=(*said.at.path, *steps, name), on_key=True)
                names.unknown("MGN-UNKNOWN-REQUIREMENT", at, subject, name, known, mgn=mgn.id)


def _check_subjects(names: _Names, documents: Documents) -> None:
    if not any(grant.subjects for grant in documents.exceptions):
        return
    known = {school.id for school in documents.schools} | {app.id for app in documents.apps}
    known |= {f"{school.id}/{group.id}" for school in documents.schools for group in school.groups}
    for school in documents.schools:
        known |= {unit.code or f"{school.id}/{number}" for number, unit in enumerate(school.units, 1)}
    for grant in documents.exceptions:
        _check_grant(names, grant, known)


def _check_grant(names: _Names, grant: ExceptionGrant, known: Collection[str]) -> None:
    for number, subject in enumerate(grant.subjects):
        if subject.partition(":")[0] not in known:
            at = grant.at.child("subjects", number)
            names.unknown("EXCEPTION-UNKNOWN-SUBJECT", at, f"exception:{grant.id}", subject, known)


def _check_comments(names: _Names, grant: ExceptionGrant) -> None:
    """Of the urgent lane nothing may be read about a pupil, and a comment is where it would be written."""
    for number, line in enumerate(names.sources.lines(grant.at.file), 1):
        before, mark, comment = line.partition("#")
        if mark and (not before or before[-1] == " ") and not comment.startswith(" yaml-language-server:"):
            at = Position(file=grant.at.file, line=number, column=len(before) + 1)
            names.faults.error("EXCEPTION-URGENT-COMMENT", at, f"exception:{grant.id}", corrected=before.strip())
