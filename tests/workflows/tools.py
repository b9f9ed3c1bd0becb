"""What a runner brings along and a test machine stands in for: `python3 -m venv` without fetching anything.

The environment that it makes is a real one, but for pip: that notes how it was called and installs nothing, and the packages are
those of the tests' own environment. Whether `requirements.lock` can be installed is shown by `make runtime` wherever that is run.
"""

import sys
from pathlib import Path
from typing import Final

PIP_LOG: Final = "pip.log"

_PIP: Final = """import pathlib, sys
log = pathlib.Path(sys.prefix) / "pip.log"
with log.open("a", encoding="utf-8") as file:
    file.write(" ".join(sys.argv[1:]) + chr(10))
"""

_QUICK: Final = """import time
time.sleep = lambda seconds, sleep=time.sleep: sleep(seconds / 50)
"""
"""On these machines waiting is short: a forge that answers in a moment need not be given half a minute."""

_PYTHON: Final = """#!/bin/sh
set -e
if [ "$1 $2" = "-m venv" ]; then
  '{python}' -m venv --without-pip "$3"
  site="$('{python}' -c 'import sys; print(f"lib/python{{sys.version_info[0]}}.{{sys.version_info[1]}}/site-packages")')"
  mkdir "$3/$site/pip"
  cp '{pip}' "$3/$site/pip/__main__.py"
  touch "$3/$site/pip/__init__.py"
  cp '{quick}' "$3/$site/sitecustomize.py"
  echo '{packages}' > "$3/$site/packages.pth"
else
  exec '{python}' "$@"
fi
"""


def lay_out(folder: Path, packages: Path) -> Path:
    """A folder with `python3`. `packages`: where the tests' packages lie; ours among them is installed by a link, which isn't followed."""
    folder.mkdir()
    pip = folder / "pip.py"
    pip.write_text(_PIP, "utf-8")
    quick = folder / "quick.py"
    quick.write_text(_QUICK, "utf-8")
    python = folder / "python3"
    python.write_text(_PYTHON.format(python=sys.executable, pip=pip, quick=quick, packages=packages), "utf-8")
    python.chmod(0o755)
    return folder
