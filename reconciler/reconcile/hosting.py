"""One municipality among several in a repository: its own folder, the others' folders, and what its systems are called on the forge.

The table at the root (hosts.yaml) is read from Git's objects at a revision: which one counts is for the caller to say, and it
is never the one that a pull request brings itself.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from reconciler.forge.problems import ForgeProblem
from reconciler.load.hosts import HOSTS, LARGEST, Host, Hosts, read_table
from reconciler.load.revision import ask_git
from reconciler.model.documents import Backend

BETWEEN: Final = "_"
"""In no folder's or system's name, so that two different ones never come out the same."""

_TENANT: Final = {"google": "customer", "intune": "tenant", "zentral": "url"}
"""The option that names the tenant, by kind of backend."""


def folder_of(root: Path) -> str:
    """From the top of the repository, without a slash at either end; empty where `root` is the top, or in no repository."""
    return (ask_git(root, "rev-parse", "--show-prefix") or b"").decode().strip().strip("/")


def name_on_forge(folder: str, backend: str) -> str:
    """What locks, records and issues of a system are kept under: two municipalities of one repository may both have a `chrome`."""
    return BETWEEN.join((*filter(None, folder.split("/")), backend))


def hosts_at(root: Path, revision: str) -> Hosts | None:
    """The table at the top of the repository at a commit; None where there is none."""
    data = ask_git(root, "cat-file", "blob", f"{revision}:{HOSTS}")
    return None if data is None else read_table(data[:LARGEST])


def environments_of(root: Path) -> tuple[str, str]:
    """On the forge, of jobs that read and of jobs that write: this municipality's own where the table at HEAD names it.

    As the workflows put them together from what `ci matrix` answers.
    """
    table, folder = hosts_at(root, "HEAD"), folder_of(root) or "."
    name = next((host.environment for host in (table.listed or () if table else ()) if host.folder == folder), "")
    return (f"{name}-plan", f"{name}-apply") if name else ("plan", "apply")


def folders_of_others(root: Path, *revisions: str) -> tuple[str, ...]:
    """Folders that every one of these commits gives to another municipality than the one in `root`."""
    own = folder_of(root)
    if not own:
        return ()
    tables = [hosts_at(root, revision) for revision in revisions]
    listed = [{host.folder for host in table.listed or ()} if table else set() for table in tables]
    return tuple(sorted(set.intersection(*listed) - {own})) if listed else ()


def is_within(file: str, folders: Iterable[str]) -> bool:
    return any(file.startswith(f"{folder}/") for folder in folders)


def check_hosted(root: Path, revision: str, uid: str, backends: Iterable[Backend]) -> None:
    """Raises ForgeProblem where the table doesn't give this folder this uid and these tenants; without a table all is well."""
    table = hosts_at(root, revision)
    if table is None:
        return
    folder = folder_of(root) or "."
    host = next((one for one in table.listed or () if one.folder == folder), None)
    if host is None:
        raise ForgeProblem("HOSTS-NOT-LISTED", {"folder": folder})
    for code, values in unbound(host, uid, backends):
        raise ForgeProblem(code, values)


def unbound(host: Host, uid: str, backends: Iterable[Backend]) -> list[tuple[str, Mapping[str, str]]]:
    """Where what a municipality writes is not what the host has bound its folder to: codes with their values."""
    if uid != host.uid:
        return [("HOSTS-OTHER-UID", {"folder": host.folder})]
    return [
        ("HOSTS-OTHER-TENANT", {"folder": host.folder, "backend": backend.id})
        for backend in backends
        if host.tenants.get(backend.id, "").lower() != _tenant(backend).lower() or not _tenant(backend)
    ]


def _tenant(backend: Backend) -> str:
    return str(backend.options.get(_TENANT.get(backend.kind, "tenant"), ""))
