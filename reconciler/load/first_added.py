"""The day on which a word first came into schools' and baselines' files, by Git's history. Read in one pass."""

import re
import subprocess
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Final

_WHERE: Final = ("schools", "policies/baselines")
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_COMMIT: Final = "\x1f"


def first_added(root: Path, words: Collection[str]) -> Mapping[str, date] | None:
    """By word, the day of the first commit that added a line with it; what the history begins with isn't in it.

    None where there is no history, or one that was cut off (a shallow clone): its first commit is not the first.
    """
    if _git(root, "rev-parse", "--is-shallow-repository") != "false\n":
        return None
    roots = (_git(root, "rev-list", "--max-parents=0", "HEAD") or "").split()
    command = [
        *("git", "-C", str(root), "--no-replace-objects", "log", "--reverse", "--no-color", "--no-ext-diff"),
        *("--no-textconv", "--no-renames", "-p", "-U0", f"--format={_COMMIT}%H %cs", "--", *_WHERE),
    ]
    wanted, before = set(words), set[str]()
    found: dict[str, date] = {}
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as log:  # noqa: S603 - a list, no shell
            assert log.stdout is not None  # noqa: S101 - it was asked for
            commit, day = "", date.min
            for raw in log.stdout:
                line = raw.decode("utf-8", "replace")
                if line.startswith(_COMMIT):
                    commit, _, written = line[1:].strip().partition(" ")
                    day = date.fromisoformat(written)
                elif line.startswith("+") and not line.startswith("+++"):
                    new = {word for word in _WORD.findall(_content(line[1:])) if word in wanted and word not in found}
                    if commit in roots:
                        before |= new
                    found |= dict.fromkeys(new - before, day)
    except OSError:
        return None
    return found if log.returncode == 0 else None


def _content(line: str) -> str:
    """Without a comment. A `#` within a text is cut too: no app's id stands behind it."""
    return line.partition("#")[0]


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            ["git", "-C", str(root), *arguments],  # noqa: S607 - git as everywhere else
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout
