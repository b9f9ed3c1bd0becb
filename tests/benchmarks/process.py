"""Whole processes, measured: wall time, processor time with that of their children, what they say. Pairs run in turns."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figure import NotMeasured


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds; `output` is what the process wrote to stdout."""

    wall: float
    cpu: float
    output: str = ""


Run = Callable[[], Cost]


def run_process(
    command: Sequence[str], *, folder: Path, good: Sequence[int] = (0,), environment: Mapping[str, str] | None = None
) -> Cost:
    """Run a command to its end. Raises NotMeasured where it ends with a code that isn't good, with the end of what it said.

    Output goes to files, for a pipe that nobody reads in time would be measured too.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=errors, env=environment)
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - started
        process.returncode = code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        text, said = out.read().decode("utf-8", "replace"), errors.read().decode("utf-8", "replace")
    if code not in good:
        last = " ".join((said or text).split())[-400:]
        raise NotMeasured(f"{_name(command)} ended with {code}: {last}")
    return Cost(wall=wall, cpu=used.ru_utime + used.ru_stime, output=text)


def _name(command: Sequence[str]) -> str:
    return " ".join([Path(command[0]).name, *command[1:4]])


def in_turns(first: Run, second: Run, rounds: int) -> Iterator[tuple[Cost, Cost]]:
    """Pairs, with the order changed each time: what drifts while they run falls on both."""
    for number in range(rounds):
        if number % 2:
            later = second()
            yield first(), later
        else:
            yield first(), second()


def wall_ratio(pairs: Sequence[tuple[Cost, Cost]]) -> float:
    """The median of the pairs' ratios: first over second."""
    return statistics.median(a.wall / b.wall for a, b in pairs)


def cpu_ratio(pairs: Sequence[tuple[Cost, Cost]]) -> float:
    return statistics.median(a.cpu / b.cpu for a, b in pairs)


def shown(pairs: Sequence[tuple[Cost, Cost]], *, of: str = "wall") -> str:
    """Both medians, for the remark beside a ratio."""
    first, second = (statistics.median(getattr(pair[side], of) for pair in pairs) for side in (0, 1))
    return f"{of} time: {first:.3g} s against {second:.3g} s, median of {len(pairs)}"


def peak_megabytes() -> float:
    """The most memory that this very program has held. The kernel's figure for a child includes its parent's, so it is no use."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource  # where there is no /proc; not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
