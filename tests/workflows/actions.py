"""What `uses:` does, as far as our workflows lean on it. Any other action is refused: it would have to be looked at first."""

import os
import subprocess
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from tests.forge.forge import Forge
from tests.forge.jobs import Job
from tests.workflows.outside import Outside, RefusedError
from tests.workflows.reading import Step

if TYPE_CHECKING:
    from tests.workflows.runner import StepResult


def use(
    step: Step,
    given: Mapping[str, str],
    forge: Forge,
    job: Job,
    workspace: Path,
    uploads: dict[str, dict[str, bytes]],
    earlier: Mapping[str, Mapping[str, bytes]],
    outside: Outside,
) -> "StepResult":
    """`uploads` are this job's artifacts, `earlier` those of the run's jobs before it."""
    from tests.workflows.runner import StepResult

    action = step.uses.partition("@")[0]
    if action == "actions/checkout":
        code, said = _check_out(given, forge, job, workspace)
    elif action == "actions/upload-artifact":
        code, said = _upload(given, workspace, uploads)
    elif action == "actions/download-artifact":
        code, said = _download(given, workspace, earlier)
    elif action == "actions/upload-pages-artifact":
        code, said = _upload_pages(given, workspace, uploads)
    elif action in _SENT_OUT:
        code, said = _send(action, given, forge, job, workspace, earlier, outside)
    else:
        raise NotImplementedError(f"{action} is not stood in for")
    return StepResult(name=step.name, code=code, out=said)


_SENT_OUT = ("actions/deploy-pages", "actions/attest-build-provenance", "pypa/gh-action-pypi-publish")


def _send(
    action: str,
    given: Mapping[str, str],
    forge: Forge,
    job: Job,
    workspace: Path,
    earlier: Mapping[str, Mapping[str, bytes]],
    outside: Outside,
) -> tuple[int, str]:
    """To a service outside, with what the job's token may there."""
    token = forge.world.tokens[job.token]
    try:
        if action == "actions/deploy-pages":
            outside.show_pages(earlier, token.permissions)
        elif action == "actions/attest-build-provenance":
            outside.attest(workspace.glob(given["subject-path"]), job.run.workflow, token.permissions)
        else:
            folder = workspace / given.get("packages-dir", "dist")
            outside.publish(folder, job.run.workflow, token.environment or "", token.permissions)
    except RefusedError as refused:
        return 1, f"::error::{refused}\n"
    return 0, ""


def _upload_pages(given: Mapping[str, str], workspace: Path, uploads: dict[str, dict[str, bytes]]) -> tuple[int, str]:
    """By actions/upload-pages-artifact 5.0.0: the folder's files from it on, without those whose name begins with a dot."""
    folder = workspace / given["path"]
    files = [one for one in folder.rglob("*") if one.is_file()]
    found = {one.relative_to(folder): one for one in files}
    shown = {str(path): one for path, one in found.items() if not any(part.startswith(".") for part in path.parts)}
    if not shown:
        return 1, "tar: cannot make an archive of nothing\n"
    uploads[given.get("name", "github-pages")] = {path: one.read_bytes() for path, one in shown.items()}
    return 0, ""


def _check_out(given: Mapping[str, str], forge: Forge, job: Job, workspace: Path) -> tuple[int, str]:
    """By actions/checkout 7.0.1: the run's commit unless `ref` says another; a fork's never where a trusted token is."""
    if job.event.get("pull_request") and job.run.event == "pull_request_target":
        head = job.event["pull_request"]["head"]
        wanted = given.get("ref", "")
        if head["repo"]["full_name"] != forge.world.full_name and wanted in (head["sha"], head["ref"]):
            return 1, "Refusing to check out fork pull request code from a pull_request_target workflow.\n"
    place = workspace / given.get("path", ".")
    where = str(forge.git.path)
    ref = given.get("ref") or job.run.head
    depth = int(given.get("fetch-depth", "1"))
    refs = ["+refs/heads/*:refs/remotes/origin/*", f"+{ref}:refs/remotes/origin/checked-out"]
    if depth:
        refs = [f"--depth={depth}", refs[1]]
    steps = [
        ["init", "--quiet", str(place)],
        ["-C", str(place), "remote", "add", "origin", where],
        ["-C", str(place), "fetch", "--quiet", "--no-tags", f"file://{where}", *refs],
        ["-C", str(place), "checkout", "--quiet", "--detach", "refs/remotes/origin/checked-out"],
    ]
    config = ["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"]
    for words in steps:
        done = subprocess.run(["git", *config, *words], capture_output=True, text=True, check=False, timeout=60)
        if done.returncode:
            return done.returncode, done.stderr
    if given.get("persist-credentials", "true") != "false":
        settings = place / ".git" / "config"
        header = f"AUTHORIZATION: bearer {job.token}"
        settings.write_text(f'{settings.read_text()}[http "{forge.world.url}"]\n\textraheader = {header}\n')
    return 0, ""


def _upload(given: Mapping[str, str], workspace: Path, uploads: dict[str, dict[str, bytes]]) -> tuple[int, str]:
    found: dict[str, bytes] = {}
    for pattern in given["path"].split():
        for name in workspace.glob(pattern):
            files = [name] if name.is_file() else [one for one in name.rglob("*") if one.is_file()]
            found |= {str(one.relative_to(workspace)): one.read_bytes() for one in files}
    if not found and given.get("if-no-files-found") == "error":
        return 1, "No files were found with the provided path.\n"
    if found:
        uploads[given.get("name", "artifact")] = found
    return 0, ""


def _download(given: Mapping[str, str], workspace: Path, earlier: Mapping[str, Mapping[str, bytes]]) -> tuple[int, str]:
    """By actions/download-artifact 8.0.1: `name` alone into `path`, or all that fit `pattern`, in one folder if they are merged.

    An artifact holds its files from their least common folder on: `path: counts` with one file is that file alone.
    """
    named = given.get("name")
    found = {name: files for name, files in earlier.items() if fnmatch(name, named or given.get("pattern", "*"))}
    if named and not found:
        return 1, f"Unable to download artifact(s): Artifact not found for name: {named}\n"
    for name, files in found.items():
        place = workspace / given.get("path", ".")
        place = place if named or given.get("merge-multiple", "").lower() == "true" else place / name
        top = os.path.commonpath([str(Path(file).parent) for file in files])
        for file, data in files.items():
            (place / os.path.relpath(file, top)).parent.mkdir(parents=True, exist_ok=True)
            (place / os.path.relpath(file, top)).write_bytes(data)
    return 0, ""
