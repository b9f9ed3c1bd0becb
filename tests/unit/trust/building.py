"""A small municipality's pull request that is all as it should be, to be bent one thing at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from reconciler.model.change import Action, Change, Effect, Envelope, Member, Plan, Proposal
from reconciler.model.documents import Allowance, Limits, MoveAllowance
from reconciler.model.place import Pointer
from reconciler.model.resource import Key, Tenant
from reconciler.planning.limits import Stock
from reconciler.trust.covering import decide
from reconciler.trust.evidence import ApprovalsFile, Commit, Evidence, MergedPull, Review, ReviewState, Spent, Team
from reconciler.trust.record import Later, Record
from reconciler.trust.terms import Decision, Terms

ORG = "5b0a7f1e-3c64-4d1b-9a57-28c0f6e4d913"
REPOSITORY = "880011"
TENANT = "C0vidala1"


def sha(letter: str) -> str:
    return letter * 40


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


# Anna writes on commit c, the plan is there at 8, Ida and Eva approve at 9, it is merged as m at 10, and the next day at noon we decide.
START, BASE, HEAD, MERGE = sha("0"), sha("b"), sha("c"), sha("d")
PLANNED, REVIEWED, MERGED, NOW = at(21, 8), at(21, 9), at(21, 10), at(22, 12)
TODAY = date(2026, 11, 22)

TEAMS = (
    Team(name="skol-it", members=frozenset({"ida", "olle", "bo"})),
    Team(name="utbildning", members=frozenset({"eva", "bo"})),
    Team(name="dataskydd", members=frozenset({"dan"})),
)
ROLES = {"it": "skol-it", "education": "utbildning", "data-protection": "dataskydd"}

FP = "a1" * 16
OTHER = "b2" * 16
MOVE = "c3" * 16


def change(fingerprint: str = FP, part: str = "incognito", **more: Any) -> Change:
    key = more.pop("key", Key(kind="setting", target="@norrskolan/elever", part=part))
    kinds = {"action": Action.UPDATE, "backend": "chrome", "label": part, "proposal": Proposal.PROPOSED}
    return Change(key=key, fingerprint=fingerprint, **{**kinds, **more})


def deletion(fingerprint: str = FP, part: str = "incognito", **more: Any) -> Change:
    return change(fingerprint, part, action=Action.DELETE, destroys=True, **more)


def move(count: int, source: str = "outside", into: str = "norrskolan/elever", **more: Any) -> Change:
    members = tuple(Member(device=f"d{number}", before=(source,), after=(into,)) for number in range(count))
    return change(
        more.pop("fingerprint", MOVE),
        key=Key(kind="membership", target=f"@{into}", part=source),
        members=members,
        envelope=envelope(count, source, into),
        **{"label": "Elever", **more},
    )


def envelope(count: int, source: str = "outside", into: str = "norrskolan/elever") -> Envelope:
    return Envelope(source=source, into=into, at_most=count)


def disturbing(group: str, fingerprint: str = FP, part: str = "incognito") -> Change:
    return change(fingerprint, part, effect=Effect(disruption="restart", groups=(group,)))


def review(person: str, state: str = "approved", **more: Any) -> Review:
    return Review(**{"person": person, "state": ReviewState(state), "head": HEAD, "at": REVIEWED, **more})


def commit(sha_: str = HEAD, author: str = "anna", committer: str = "web-flow", *co_authors: str) -> Commit:
    return Commit(sha=sha_, author=author, committer=committer, co_authors=co_authors)


def record(*fingerprints: str, **more: Any) -> Record:
    given = {
        "organisation": ORG,
        "repository": REPOSITORY,
        "pull": 12,
        "head": HEAD,
        "base": BASE,
        "made_at": PLANNED,
        "lapses": at(29, 0),
        "tenants": {"chrome": TENANT},
        "fingerprints": {"chrome": fingerprints or (FP,)},
    }
    return Record(**{**given, **more})


def moving(count: int, **more: Any) -> Record:
    return record(fingerprints={}, envelopes={"chrome": (envelope(count),)}, **more)


def later(day: int, *fingerprints: str, month: int = 11) -> Later:
    return Later(day=date(2026, month, day), backend="chrome", fingerprints=fingerprints)


def pull(**more: Any) -> MergedPull:
    given = {
        "number": 12,
        "into": "main",
        "base": BASE,
        "head": HEAD,
        "merge_sha": MERGE,
        "merged_at": MERGED,
        "author": "anna",
        "commits": (commit(),),
        "reviews": (review("ida"), review("eva")),
        "touched": {"joint": ("schools/norrskolan.yaml settings.incognito",)},
        "record": record(),
    }
    return MergedPull(**{**given, **more})


APPROVING, APPROVING_HEAD = sha("e"), sha("f")


def approving(**more: Any) -> MergedPull:
    """The pull request that brings an approvals file; it proposes nothing itself."""
    head = more.get("head", APPROVING_HEAD)
    given = {
        "number": 13,
        "base": MERGE,
        "head": head,
        "merge_sha": APPROVING,
        "merged_at": at(21, 14),
        "commits": (commit(head),),
        "reviews": (review("ida", head=head, at=at(21, 13)), review("eva", head=head, at=at(21, 13))),
        "touched": {"joint": ("policies/approvals/2026-11-21-chrome.yaml",)},
        "record": record(pull=13, head=head, made_at=at(21, 12), fingerprints={}),
    }
    return pull(**{**given, **more})


def approvals(*fingerprints: str, **more: Any) -> ApprovalsFile:
    given = {
        "id": "2026-11-21-chrome",
        "backend": "chrome",
        "until": at(30, 22, 59),
        "fingerprints": frozenset(fingerprints),
        "pull": approving(),
    }
    return ApprovalsFile(**{**given, **more})


def spent(moment: datetime, fingerprint: str = MOVE, kind: str = "membership", **more: Any) -> Spent:
    return Spent(at=moment, fingerprint=fingerprint, kind=kind, **more)


def allowance(
    *fingerprints: str, until: date = TODAY, backend: str = "chrome", moves: Sequence[Envelope] = ()
) -> Allowance:
    return Allowance(
        id="lattnad",
        backend=backend,
        fingerprints=fingerprints,
        envelopes=tuple(MoveAllowance(source=m.source, into=m.into, at_most=m.at_most) for m in moves),
        until=until,
        at=Pointer(file="policies/allowances/lattnad.yaml"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    plan: Plan
    evidence: Evidence
    terms: Terms

    def decide(self) -> Decision:
        return decide(self.plan, self.evidence, self.terms)


def world(
    *changes: Change,
    pulls: Sequence[MergedPull] | None = None,
    files: Sequence[ApprovalsFile] = (),
    plan: Mapping[str, Any] | None = None,
    terms: Mapping[str, Any] | None = None,
    **evidence: Any,
) -> World:
    """The line is what the pull requests landed, unless it is given."""
    merged = tuple(pulls if pulls is not None else (pull(),))
    line = tuple(evidence.get("line", [one.merge_sha for one in merged]))
    head = evidence.get("head", line[-1] if line else START)
    bases = {START, *line, *(one.base for one in merged), *(one.pull.base for one in files if one.pull)}
    given = {
        "backend": "chrome",
        "branch": "main",
        "head": head,
        "now": NOW,
        "applied": START,
        "pulls": merged,
        "approvals": tuple(files),
        "teams": TEAMS,
        "roles": dict.fromkeys(bases, ROLES),
        "spent_from": NOW - timedelta(days=400),
    }
    return World(
        plan=_plan(changes or (change(),), plan or {}),
        evidence=Evidence(**{**given, **evidence, "line": line}),
        terms=_terms(head, terms or {}),
    )


def on_top(one: World, **evidence: Any) -> World:
    return replace(one, evidence=replace(one.evidence, **evidence))


def _plan(changes: Sequence[Change], more: Mapping[str, Any]) -> Plan:
    given = {
        "format": 1,
        "tool_version": "0.1",
        "organisation": ORG,
        "language": "sv",
        "as_of": TODAY,
        "lapses": None,
        "digest": "sha256:documents",
        "tenants": (Tenant(backend="chrome", kind="google", identity=TENANT),),
        "modes": {"chrome": "apply"},
        "changes": tuple(changes),
    }
    return Plan(**{**given, **more})


def stock(**more: Any) -> Stock:
    given = {
        "backend": "chrome",
        "owned": {"setting": 100, "membership": 100},
        "devices": 100,
        "counted": True,
        "group_devices": {"norrskolan/elever": 15, "norrskolan/vagn": 15, "norrskolan/stor": 100},
        "wanted": 100,
    }
    return Stock(**{**given, **more})


def _terms(head: str, more: Mapping[str, Any]) -> Terms:
    """Of a hundred things ten may go or move in a week, and twenty devices be disturbed."""
    given = {
        "branch": "main",
        "commit": head,
        "organisation": ORG,
        "repository": REPOSITORY,
        "today": TODAY,
        "limits": Limits(),
        "stock": stock(),
    }
    return Terms(**{**given, **more})
