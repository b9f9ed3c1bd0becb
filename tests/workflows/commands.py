"""The files by which a step tells the runner something: `name=value`, or `name<<WORD`, lines, `WORD`.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands, 2026-11-22.
"""

from pathlib import Path


def read(file: Path) -> dict[str, str]:
    """Raises ValueError for a line that GitHub refuses."""
    found: dict[str, str] = {}
    lines = iter(file.read_text("utf-8").splitlines())
    for line in lines:
        name, equals, value = line.partition("=")
        before, mark, word = line.partition("<<")
        if mark and (not equals or len(before) < len(name)):
            found[before] = "\n".join(iter(lambda: next(lines), word))
        elif equals:
            found[name] = value
        elif line:
            raise ValueError(f"Invalid format {line!r}")
    return found
