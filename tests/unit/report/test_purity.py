"""Reports are data in, text out: what they import costs every command that shows one."""

import subprocess
import sys
from pathlib import Path

import reconciler.report

MODULES = sorted(path.stem for path in Path(reconciler.report.__file__).parent.glob("*.py"))


def test_reports_need_no_terminal_library_no_http_and_no_diff() -> None:
    imports = "; ".join(f"import reconciler.report.{name}" for name in MODULES if name != "__init__")
    code = (
        f"import sys; {imports}; print(sorted({{'rich', 'click', 'httpx', 'deepdiff', 'jinja2'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
