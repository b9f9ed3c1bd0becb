"""Whose lines the one .github/CODEOWNERS of a repository has: of its only municipality, or of all that share it.

GitHub reads the file at the top of a repository and nowhere else. Where a host's table (hosts.yaml) lists the folder, the file
is therefore the table's, with each municipality's lines under its own folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reconciler.load.hosts import HOSTS, Host, Hosts, read_hosts
from reconciler.load.repository import load
from reconciler.load.sources import Sources
from reconciler.load.tree import read_tree
from reconciler.model.finding import Finding
from reconciler.trust.codeowners import Part, part_of, write_codeowners, write_shared_codeowners
from reconciler.trust.refusal import Refusal

TOP: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Why a municipality's files say nothing of whose they are. `locate` gives the findings' lines."""

    findings: tuple[Finding, ...]
    locate: Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Owning:
    """`top`: where the file lies; `folder`: the municipality that was asked for, or TOP for all there are.

    `text` is None where nothing can be written. `refused`, `unread`: by folder, why a municipality has no lines. `hosted`: is there a
    table, by which the lines of `others` stand there too? `has_forge`: has the municipality said where on the forge it is?
    """

    top: Path
    folder: str = TOP
    hosted: bool = False
    others: frozenset[str] = frozenset()
    has_forge: bool = True
    text: str | None = None
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    unread: Mapping[str, Unread] = field(default_factory=dict)
    language: str | None = None


def read_owning(root: Path) -> Owning:
    """For a municipality's folder, or for the top of a repository that several share."""
    top, hosts = _table(root)
    if hosts is None:
        return _alone(root)
    folder = TOP if top == root.resolve() else root.resolve().relative_to(top).as_posix()
    if hosts.findings:
        unread = {folder: Unread(findings=hosts.findings, locate=hosts.locate)}
        return Owning(top=top, folder=folder, hosted=True, unread=unread)
    if folder != TOP and all(host.folder != folder for host in hosts.listed or ()):
        refusal = Refusal(code="HOSTS-NOT-LISTED", values={"folder": folder})
        return Owning(top=top, folder=folder, hosted=True, refused={folder: refusal})
    return _shared(top, folder, hosts.listed or ())


def lines_about(text: str, owning: Owning) -> list[str]:
    """What of a file is for this municipality to keep fresh: its own lines, and what is nobody's own. At the top all lines.

    Where another one's teams aren't known, what is nobody's own can't be judged, since all of them are told of that.
    """
    lines = text.splitlines()
    if owning.folder == TOP:
        return lines
    others = tuple(f"/{folder}/" for folder in owning.others)
    unknown = set(owning.refused) | set(owning.unread)
    kept = [line for line in lines if line.startswith(f"/{owning.folder}/" if unknown else "/")]
    return [" ".join(line.split()) for line in kept if not line.startswith(others)]


def _table(root: Path) -> tuple[Path, Hosts | None]:
    """The nearest table here or above, but not above the repository."""
    whole = root.resolve()
    for place in (whole, *whole.parents):
        if (place / HOSTS).is_file():
            return place, read_hosts(place)
        if (place / ".git").exists():
            break
    return whole, None


def _alone(root: Path) -> Owning:
    loaded = load(read_tree(root), digest=False)
    documents = loaded.documents
    if documents is None:
        return Owning(top=root, unread={TOP: Unread(findings=loaded.findings, locate=loaded.locate)})
    language, has_forge = documents.organisation.language, bool(documents.organisation.forge_owner)
    unread = loaded.why_unread("schools/")
    if unread:  # written without it, the file would take its app managers away
        return Owning(top=root, unread={TOP: Unread(findings=unread, locate=loaded.locate)}, language=language)
    text = write_codeowners(documents.organisation, documents.schools)
    if isinstance(text, Refusal):
        return Owning(top=root, refused={TOP: text}, language=language, has_forge=has_forge)
    return Owning(top=root, text=text, language=language)


def _shared(top: Path, folder: str, listed: tuple[Host, ...]) -> Owning:
    parts: dict[str, Part] = {}
    refused: dict[str, Refusal] = {}
    unread: dict[str, Unread] = {}
    language, has_forge = None, True
    for host in listed:
        loaded = load(read_tree(top / host.folder), digest=False)
        documents = loaded.documents
        findings = loaded.findings if documents is None else loaded.why_unread("schools/")
        if documents is None or findings:
            unread[host.folder] = Unread(findings=findings, locate=loaded.locate)
            continue
        if folder in (TOP, host.folder):
            language = language or documents.organisation.language
            has_forge = has_forge and bool(documents.organisation.forge_owner)
        part = part_of(documents.organisation, documents.schools)
        if isinstance(part, Refusal):
            refused[host.folder] = part
        else:
            parts[host.folder] = part
    text = write_shared_codeowners(parts) if parts else None
    if isinstance(text, Refusal):
        refused, text = {TOP: text}, None
    return Owning(
        top=top,
        folder=folder,
        hosted=True,
        others=frozenset(host.folder for host in listed) - {folder},
        has_forge=has_forge,
        text=text,
        refused=refused,
        unread=unread,
        language=language,
    )
