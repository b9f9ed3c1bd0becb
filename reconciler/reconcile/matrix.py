"""The work of a run, split over the forge's runners: one job for each municipality and system, or for shards of its schools.

GitHub makes at most 256 jobs of a matrix, and an output of a job holds at most 1 MB, counted as UTF-16
(docs.github.com/en/actions, "Actions limits" and "Passing information between jobs", read 2026-11-22). Shards are for reading
only: a plan of one school counts its limits on what was read, so only whole backends are applied.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reconciler.compile.rings import route_of
from reconciler.load.hosts import Host, Hosts
from reconciler.load.organisation import read_organisation
from reconciler.load.repository import load
from reconciler.load.tree import read_tree
from reconciler.model.documents import Documents, Organisation, School
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.reconcile.hosting import is_within, unbound

MOST_JOBS: Final = 256
MOST_OUTPUT: Final = 500_000
"""Characters; each is two bytes of UTF-16."""

SHARD: Final = 40
"""Device groups that a job reads at most, where there may be as many jobs as that takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one municipality has to do on one system. `weights`: device groups by school."""

    name: str
    folder: str
    environment: str
    backend: str
    weights: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """`findings` tell which municipalities are left out, and why; the others go on."""

    work: tuple[Work, ...]
    findings: tuple[Finding, ...]


class MatrixTooLarge(Exception):  # noqa: N818 - an answer, not a fault
    """More municipalities and systems than one matrix holds; `parts` would do."""

    def __init__(self, jobs: int, parts: int) -> None:
        super().__init__(jobs)
        self.jobs = jobs
        self.parts = parts


def gather(root: Path, hosts: Hosts) -> Gathered:
    """Each municipality's systems and schools, by the table of hosts; without one, the root is the only municipality."""
    work: list[Work] = []
    findings: list[Finding] = []
    for host in hosts.listed if hosts.listed is not None else (None,):
        documents, found = _documents(root, host)
        if documents is None or found:
            findings += found
        else:
            work += _work(documents, host)
    return Gathered(work=tuple(work), findings=tuple(findings))


def concerned(root: Path, hosts: Hosts, files: Collection[str]) -> Gathered:
    """The municipalities that a pull request with these files has to be planned for, all their systems in one job.

    `root` is its checkout, `hosts` the table of the branch that it goes to. What lies in no municipality's folder concerns them all.
    """
    folders = [host.folder for host in hosts.listed or ()]
    shared = [file for file in files if not is_within(file, folders)]
    work: list[Work] = []
    findings: list[Finding] = []
    for host in hosts.listed if hosts.listed is not None else (None,):
        if host and host.folder != "." and not (shared or any(is_within(file, [host.folder]) for file in files)):
            continue
        found = _proposed(root, host) if host else []
        findings += found
        if not found:
            work.append(_whole(host))
    return Gathered(work=tuple(work), findings=tuple(findings))


def _proposed(root: Path, host: Host) -> list[Finding]:
    """Why a pull request isn't planned for a municipality: what it writes there is not what its folder is bound to."""
    folder = root / host.folder
    if not folder.resolve().is_relative_to(root.resolve()):
        return [_refused("HOSTS-FOLDER", host, folder=host.folder)]
    organisation = read_organisation(read_tree(folder))
    if organisation is None:
        return [_refused("MATRIX-NOT-VALID", host, folder=host.folder)]
    return _unbound(organisation, host)


def _whole(host: Host | None) -> Work:
    name, folder = (host.environment, host.folder) if host else ("", ".")
    return Work(name=name, folder=folder, environment=name, backend="", weights={})


def jobs_of(work: Sequence[Work], *, shard: int | None = None, most: int = MOST_JOBS) -> tuple[Mapping[str, str], ...]:
    """The entries of a matrix: ids, names and folders that hold nothing but a-z, 0-9, `-` and `/`.

    With `shard` (device groups in a job) each system is split by schools, in as many parts as fit into `most` jobs in all.
    Raises MatrixTooLarge where not even one job for each system fits.
    """
    if len(work) > most:
        raise MatrixTooLarge(len(work), math.ceil(len(work) / most))
    counts = [_parts(one, shard) for one in work]
    while sum(counts) > most:
        # The one whose jobs are lightest loses one: the slowest job, which a run waits for, grows least.
        lightest = min(
            (number for number, count in enumerate(counts) if count > 1),
            key=lambda number: (sum(work[number].weights.values()) / (counts[number] - 1), number),
        )
        counts[lightest] -= 1
    jobs = tuple(
        job for one, count in zip(work, counts, strict=True) for job in _jobs(one, count, split=shard is not None)
    )
    size = len(matrix_json(jobs))
    if size > MOST_OUTPUT:
        raise MatrixTooLarge(len(jobs), math.ceil(size / MOST_OUTPUT))
    return jobs


def part_of(work: Sequence[Work], number: int, parts: int) -> tuple[Work, ...]:
    """The `number`th (from 1) of so many parts; a municipality's systems stay together."""
    names = list(dict.fromkeys(one.name for one in work))
    mine = set(names[number - 1 :: parts])
    return tuple(one for one in work if one.name in mine)


def matrix_json(jobs: Sequence[Mapping[str, str]]) -> str:
    """One line for `strategy.matrix: ${{ fromJSON(…) }}`."""
    return json.dumps({"include": list(jobs)}, separators=(",", ":"))


def _documents(root: Path, host: Host | None) -> tuple[Documents | None, list[Finding]]:
    folder = root / host.folder if host else root
    if host and not folder.resolve().is_relative_to(root.resolve()):
        return None, [_refused("HOSTS-FOLDER", host, folder=host.folder)]
    loaded = load(read_tree(folder), digest=False)
    if loaded.documents is None:
        name = host.folder if host else "."
        return None, [_refused("MATRIX-NOT-VALID", host, folder=name)]
    return loaded.documents, _unbound(loaded.documents.organisation, host) if host else []


def _unbound(organisation: Organisation, host: Host) -> list[Finding]:
    return [_refused(code, host, **values) for code, values in unbound(host, organisation.uid, organisation.backends)]


def _refused(code: str, host: Host | None, **values: str) -> Finding:
    place = host.at if host else Pointer(file="organisation.yaml")
    return Finding(code=code, severity=Severity.ERROR, place=place, subject=values["folder"], values=values)


def _work(documents: Documents, host: Host | None) -> list[Work]:
    return [
        Work(
            name=host.environment if host else "",
            folder=host.folder if host else ".",
            environment=host.environment if host else "",
            backend=backend.id,
            weights=_weights(documents, backend.id),
        )
        for backend in documents.organisation.backends
    ]


def _weights(documents: Documents, backend: str) -> dict[str, int]:
    def groups(school: School) -> int:
        routes = (route_of(documents.organisation, school, group) for group in school.groups)
        return sum(route is not None and route.backend == backend for route in routes)

    counted = {school.id: groups(school) for school in documents.schools}
    return {school: number for school, number in sorted(counted.items()) if number}


def _parts(work: Work, shard: int | None) -> int:
    if shard is None or not work.weights:
        return 1
    return min(len(work.weights), math.ceil(sum(work.weights.values()) / shard))


def _jobs(work: Work, count: int, *, split: bool) -> list[dict[str, str]]:
    """The heaviest school first, always into the lightest shard: no shard is far above the mean, and it is always the same."""
    shards: list[list[str]] = [[] for _ in range(count)]
    loads = [0] * count
    for school in sorted(work.weights, key=lambda school: (-work.weights[school], school)) if split else ():
        lightest = loads.index(min(loads))
        shards[lightest].append(school)
        loads[lightest] += work.weights[school]
    return [
        {
            "id": "-".join(filter(None, (work.name, work.backend, str(number) if count > 1 else ""))),
            "organisation": work.name,
            "folder": work.folder,
            "environment": work.environment,
            "backend": work.backend,
            "schools": " ".join(sorted(schools)),
        }
        for number, schools in enumerate(shards, 1)
    ]
