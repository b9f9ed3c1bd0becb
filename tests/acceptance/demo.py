"""`make demo`: the main job on the sample municipality, with the real command as a process against the sandbox.

Validates, asks the rules, plans, shows the plan, applies it, plans again. The last line says how many changes were applied and that the
second plan is empty; anything else ends with an exit code that is not 0.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = Path("build") / "demo"
TODAY = ("--today", "2026-11-21")
"""The sample has dated values; on another day there would be other changes."""

COMMAND = (sys.executable, "-m", "reconciler")


def main() -> int:
    (ROOT / OUT).mkdir(parents=True, exist_ok=True)
    with sandbox("sample", "--option", "policy_quota=newer") as url:
        say("The sandbox plays the municipality's Google and Microsoft tenants. Real credentials are not even read.")
        run("validate", *TODAY)
        check(url)
        plan = OUT / "plan.json"
        run("plan", "--sandbox", url, "--out", str(plan), *TODAY)
        run("apply", str(plan), "--sandbox", url, "--out", str(OUT / "result.json"), *TODAY)
        second = OUT / "second.json"
        run("plan", "--sandbox", url, "--out", str(second), *TODAY, quiet=True)
    applied = sum(r["outcome"] == "applied" for r in shown(OUT / "result.json")["results"])
    left = len(shown(second)["changes"])
    if left:
        say(f"{applied} changes applied, and the second plan is NOT empty: {left} changes.")
        return 1
    say(f"{applied} changes applied, and the second plan is empty.")
    return 0


@contextmanager
def sandbox(seed: str, *switches: str, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """A sandbox as a process of its own, gone when the block ends; gives its address."""
    command = [*COMMAND, "sandbox", "serve", "--port", "0", "--seed", seed, *switches]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment or dict(os.environ))
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        if not ready:
            raise SystemExit("The sandbox did not start.")
        yield json.loads(ready)["url"]
    finally:
        process.terminate()
        process.wait(timeout=10)


def run(*arguments: str, quiet: bool = False) -> None:
    say(f"$ reconciler {' '.join(Path(a).name if a.endswith('.json') else a for a in arguments)}")
    output = subprocess.DEVNULL if quiet else None
    code = subprocess.run([*COMMAND, *arguments], cwd=ROOT, stdout=output, check=False).returncode
    if code:
        raise SystemExit(f"reconciler {arguments[0]} ended with {code}.")


def check(url: str) -> None:
    """How many verdicts came out which way, and the MGN's: what each breach says takes pages. Warnings don't end it."""
    words = ("check", "--live", "--sandbox", url, *TODAY)
    say(f"$ reconciler {' '.join(words)}")
    done = subprocess.run([*COMMAND, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    findings, *tables = done.stdout.split("\n\n")
    if done.returncode or len(tables) < 2:
        say(findings)
        raise SystemExit(f"reconciler check ended with {done.returncode}.")
    sys.stdout.write("\n\n".join(tables[:2]) + "\n")


def shown(path: Path) -> dict[str, list[dict[str, str]]]:
    """The public JSON form of a plan or a result."""
    done = subprocess.run(
        [*COMMAND, "show", str(path), "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    data: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return data


def say(line: str) -> None:
    sys.stdout.write(f"\n{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
