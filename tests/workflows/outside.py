"""What lies outside the forge and a workflow sends things to: the pages, the register of attestations, and the index of packages.

Each lets in only a job that may: which permissions it needs, and which environment, is what the services themselves ask for.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from pathlib import Path
from typing import Final

PUBLISHER: Final = ("release", "pypi")
"""The workflow and the environment that the index trusts instead of a token (docs.pypi.org/trusted-publishers, 2026-11-22)."""

PROJECT: Final = "skolenheter"


class RefusedError(Exception):
    """The service says no, as its action would."""


@dataclass(slots=True, kw_only=True)
class Outside:
    """`pages`: the site as visitors get it, by path. `attested`: by SHA-256, which workflow made it. `index`: a folder of packages."""

    index: Path
    pages: dict[str, bytes] = field(default_factory=dict)
    attested: dict[str, str] = field(default_factory=dict)

    def show_pages(self, artifacts: Mapping[str, Mapping[str, bytes]], permissions: Mapping[str, str]) -> None:
        """actions/deploy-pages 5.0.0: the one artifact `github-pages` of the run."""
        _need(permissions, "pages", "id_token")
        if "github-pages" not in artifacts:
            raise RefusedError("No artifacts named github-pages were found for this workflow run.")
        self.pages = dict(artifacts["github-pages"])

    def attest(self, files: Iterable[Path], workflow: str, permissions: Mapping[str, str]) -> None:
        """actions/attest-build-provenance 4.1.0: every subject by its hash."""
        _need(permissions, "attestations", "id_token")
        found = {hashlib.sha256(file.read_bytes()).hexdigest(): workflow for file in files}
        if not found:
            raise RefusedError("Could not find subject at path.")
        self.attested |= found

    def publish(self, folder: Path, workflow: str, environment: str, permissions: Mapping[str, str]) -> None:
        """pypa/gh-action-pypi-publish 1.13.0: all of `dist`, checked as twine and the index do, and never one in place of another."""
        _need(permissions, "id_token")
        if (workflow, environment) != PUBLISHER:
            raise RefusedError("invalid-publisher: valid token, but no corresponding publisher")
        files = sorted(folder.glob("*")) if folder.is_dir() else []
        if not files:
            raise RefusedError("It looks like there are no Python distribution packages to publish")
        self.index.mkdir(exist_ok=True)
        for file in files:
            _check_package(file)
            if (self.index / file.name).exists():
                raise RefusedError(f"File already exists ({file.name!r})")
            (self.index / file.name).write_bytes(file.read_bytes())


def _need(permissions: Mapping[str, str], *names: str) -> None:
    missing = [name for name in names if permissions.get(name) != "write"]
    if missing:
        raise RefusedError(f"Resource not accessible by integration: {', '.join(missing)}: write is missing")


def _check_package(file: Path) -> None:
    """A wheel whose name and metadata say the same, of the project that the publisher is for."""
    named = re.fullmatch(r"([A-Za-z0-9_.]+)-([A-Za-z0-9_.!+]+)-py3-none-any\.whl", file.name)
    if named is None:
        raise RefusedError(f"InvalidDistribution: {file.name}")
    with zipfile.ZipFile(file) as wheel:
        metadata = BytesParser().parsebytes(wheel.read(f"{named[1]}-{named[2]}.dist-info/METADATA"))
    if (metadata["Name"], metadata["Version"]) != (named[1], named[2]) or named[1] != PROJECT:
        raise RefusedError(f"400 {metadata['Name']} {metadata['Version']}: not the project {PROJECT}")
