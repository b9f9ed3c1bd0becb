"""The plan of a pull request, where people read it: as a comment that is kept in place, with the signed record of what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Final

from reconciler.forge.api import get
from reconciler.forge.comments import LONGEST, Done, check_length, marker, our_comments, put_comments
from reconciler.forge.fields import need, text
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.pulls import head_of_pull
from reconciler.load.repository import load
from reconciler.load.revision import read_revision
from reconciler.model.approvals import APPROVALS_LAST
from reconciler.model.change import Change, Envelope, Plan, Proposal
from reconciler.reconcile.ci_approving import outward_of
from reconciler.reconcile.ci_checkout import branched_from, commit_of, owners_between
from reconciler.reconcile.ci_evidence import Place
from reconciler.reconcile.hosting import check_hosted
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.words import words_of
from reconciler.trust.approvals_file import ZONE
from reconciler.trust.owners import expand, required_owners
from reconciler.trust.record import Later, Record
from reconciler.trust.refusal import Refusal
from reconciler.trust.shown import shown_digest
from reconciler.trust.signing import FIRST, START, sign, verify

BESIDE: Final = 1_500
"""Characters of a comment that are neither the plan's nor the record's payload: markers, line ends, signs that count twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """`text` is what people read in the comment; `texts` are all comments, with the record in them."""

    record: Record
    text: str
    texts: tuple[str, ...]


def write_comment(place: Place, pull: int, purpose: str, body: str) -> tuple[Done, ...]:
    """One comment in place. Raises ForgeProblem CI-COMMENT-RECORD for a text that has something like a record in it."""
    if START in body:
        raise ForgeProblem("CI-COMMENT-RECORD", {"pull": str(pull)})
    return put_comments(place.forge, pull, place.purpose(purpose), [body])


def make_record(place: Place, plan: Plan, later: Sequence[Plan], pull: int, lang: str | None = None) -> Recorded:
    """Of the pull request as it stands now: the checkout has to be at its head, and the plan made from these very files.

    `later`: plans of the same files for days to come. Raises ForgeProblem CI-RECORD-HEAD, CI-RECORD-FILES, CI-RECORD-BASE,
    CI-RECORD-CLOSED, CI-RECORD-OTHER-BASE, and RECORD-TOO-LARGE.
    """
    head, base = _ends(place, pull)
    _check_files(place, pull, base, head, (plan, *later))
    now = place.repository.now
    touched, others = owners_between(place.root, base, head, now.astimezone(ZONE).date())
    record = Record(
        organisation=plan.organisation,
        repository=place.repository.id,
        pull=pull,
        head=head,
        base=base,
        made_at=now,
        lapses=_lapses(plan, later, now),
        tenants={tenant.backend: tenant.identity for tenant in plan.tenants},
        fingerprints=_fingerprints(_proposed(plan)),
        envelopes=_envelopes(_proposed(plan)),
        later=_later(plan, later),
        required=expand(required_owners(touched, others)),
        plan_digest=plan.digest,
    )
    outward = outward_of(place.root, record, words_of(lang, plan.language).lang)
    shown = plan_markdown(plan, lang, limit=LONGEST - FIRST - FIRST // 50 - BESIDE, outward=outward)
    return _signed(_as_before(place, replace(record, shown=shown_digest([shown]))), shown, place)


def _as_before(place: Place, record: Record) -> Record:
    """The same again is as old as it was: who approved it then has seen it."""
    there = verify([comment.text for comment in our_comments(place.forge, record.pull, place.plan_purpose)], place.keys)
    if not isinstance(there, Record) or there.lapses <= record.made_at:
        return record
    again = replace(record, made_at=there.made_at, lapses=there.lapses)
    return there if again == there else record


def put_record(place: Place, recorded: Recorded) -> tuple[Done, ...]:
    """Into the pull request, after looking once more that nothing was pushed meanwhile."""
    pull = recorded.record.pull
    if head_of_pull(place.forge, pull) != recorded.record.head:
        raise ForgeProblem("CI-RECORD-HEAD", {"pull": str(pull), "head": recorded.record.head[:12]})
    return put_comments(place.forge, pull, place.plan_purpose, recorded.texts)


def _signed(record: Record, shown: str, place: Place) -> Recorded:
    signed = sign(record, place.keys[0])
    if isinstance(signed, Refusal):
        raise ForgeProblem(signed.code, signed.values)
    first, *rest = signed
    texts = (f"{shown}\n{first}", *rest)
    for body in texts:
        check_length(f"{marker(place.plan_purpose)}\n{body}")
    return Recorded(record=record, text=shown, texts=texts)


def _ends(place: Place, pull: int) -> tuple[str, str]:
    """Head and base of the pull request, which has to be what is checked out, of this repository and into its main branch.

    And open: a younger record of what was merged long since would make those who approved it have approved before its plan.
    """
    row = get(place.forge, "pulls/{number}", {"number": str(pull)})
    if text(row, "state") != "open":
        raise ForgeProblem("CI-RECORD-CLOSED", {"pull": str(pull)})
    head, standing = need(row, "head", "sha"), commit_of(place.root)
    if head != standing:
        raise ForgeProblem("CI-RECORD-HEAD", {"pull": str(pull), "head": standing[:12]})
    if text(row, "base", "ref") != place.branch:
        raise ForgeProblem("CI-RECORD-BASE", {"pull": str(pull), "branch": place.branch})
    return head, branched_from(place.root, need(row, "base", "sha"), head)


def _check_files(place: Place, pull: int, base: str, head: str, plans: Sequence[Plan]) -> None:
    """What was planned is what the commit holds: a plan carries the hash of the files that it was made from. And they are of the
    municipality that the folder belongs to, by the table that the pull request was branched from.

    It was told apart from where the pull request leaves main now. A run that is run again has its event's old base, which may
    be any branch: told apart from that one, everything that waits on main would be this pull request's.
    """
    if any(plan.base != base for plan in plans):
        raise ForgeProblem("CI-RECORD-OTHER-BASE", {"pull": str(pull), "base": base[:12]})
    documents = load(read_revision(place.root, head)).documents
    if documents is None or any(plan.digest != documents.digest for plan in plans):
        raise ForgeProblem("CI-RECORD-FILES", {"head": head[:12]})
    check_hosted(place.root, base, documents.organisation.uid, documents.organisation.backends)


def _lapses(plan: Plan, later: Sequence[Plan], now: datetime) -> datetime:
    """When the plan itself does, by the day in Sweden, but never later than an approval may be used."""
    ends = now + APPROVALS_LAST
    if plan.lapses is None or any(one.as_of >= plan.lapses for one in later):
        return ends  # what the coming day changes was planned too
    return min(ends, datetime.combine(plan.lapses, time(), ZONE).astimezone(UTC))


def _proposed(plan: Plan) -> list[Change]:
    return [change for change in plan.changes if change.proposal is Proposal.PROPOSED]


def _fingerprints(changes: Sequence[Change]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for change in changes:
        if not change.envelope:
            found.setdefault(change.backend, []).append(change.fingerprint)
    return {backend: tuple(sorted(set(prints))) for backend, prints in found.items()}


def _envelopes(changes: Sequence[Change]) -> Mapping[str, tuple[Envelope, ...]]:
    found: dict[str, list[Envelope]] = {}
    for change in changes:
        if change.envelope:
            found.setdefault(change.backend, []).append(change.envelope)
    return {backend: tuple(sorted(moves, key=lambda one: (one.source, one.into))) for backend, moves in found.items()}


def _later(plan: Plan, later: Sequence[Plan]) -> tuple[Later, ...]:
    """What a day to come adds to what is proposed today."""
    known = {change.fingerprint for change in _proposed(plan)}
    found: list[Later] = []
    for one in sorted(later, key=lambda each: each.as_of):
        new = [change for change in _proposed(one) if change.fingerprint not in known]
        known |= {change.fingerprint for change in new}
        prints, moves = _fingerprints(new), _envelopes(new)
        found += [
            Later(
                day=one.as_of,
                backend=backend,
                fingerprints=prints.get(backend, ()),
                envelopes=moves.get(backend, ()),
            )
            for backend in sorted(prints.keys() | moves.keys())
        ]
    return tuple(found)
