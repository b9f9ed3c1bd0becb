"""`reconciler ci matrix` and `ci report`: the work split over the forge's runners, and brought together again."""

import json
from pathlib import Path
from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.exits import DONE, REFUSED


def _part(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, int]:
    if value is None:
        return 1, 1
    number, _slash, parts = value.partition("/")
    if not (number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts)):
        raise click.BadParameter("as 1/2: the first of two parts")
    return int(number), int(parts)


@click.command()
@click.option("--shard", type=click.IntRange(1, 10_000), help="For reading: split each system by schools, with at most so many device groups in a job.")  # fmt: skip
@click.option("--most", type=click.IntRange(1, 256), default=256, show_default=True, help="Jobs at most.")
@click.option("--part", metavar="N/M", callback=_part, help="Only the Nth of M parts, where one matrix is too small.")
@click.option("--proposal", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A pull request's checkout: one job for each municipality that it concerns. The table is still that of --root.")  # fmt: skip
@click.option("--base", metavar="REV", help="With --proposal: what it is compared with.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), envvar="GITHUB_OUTPUT", help="Add `matrix` and `count` to this file too. In a workflow GitHub names it.")  # fmt: skip
@options.root
@options.lang
def matrix(
    shard: int | None,
    most: int,
    part: tuple[int, int],
    proposal: Path | None,
    base: str | None,
    output: Path | None,
    root: Path,
    lang: str | None,
) -> None:
    """Print one line of JSON for a job matrix: a job for each municipality and system, by hosts.yaml.

    A municipality whose files can't be read, or don't match what hosts.yaml binds its folder to, is left out and said
    on stderr; the command then exits with 1 after printing the jobs of the others.

    \b
    What is written is read by the next job, which is left out where there is nothing to do:
      if: "!cancelled() && needs.split.outputs.count > 0"
      strategy: {fail-fast: false, matrix: "${{ fromJSON(needs.split.outputs.matrix) }}"}
    A pull request is planned for the municipalities whose files it has, or for all if it has other files too:
      reconciler ci matrix --root main --proposal proposal --base origin/main
    """
    from reconciler.cli.show_findings import refuse, show_beside
    from reconciler.load.hosts import read_hosts
    from reconciler.load.repository import in_order
    from reconciler.reconcile.matrix import MatrixTooLarge, concerned, gather, jobs_of, matrix_json, part_of

    language = options.language(lang, None)
    hosts = read_hosts(root)
    gathered = concerned(proposal, hosts, _files(proposal, base, language)) if proposal else gather(root, hosts)
    findings = in_order([*hosts.findings, *gathered.findings], hosts.locate)
    show_beside(findings, hosts.locate, language)
    try:
        jobs = jobs_of(part_of(gathered.work, *part), shard=shard, most=most)
    except MatrixTooLarge as large:
        refuse("MATRIX-TOO-LARGE", {"jobs": str(large.jobs), "parts": str(large.parts)}, language)
    line = matrix_json(jobs)
    click.echo(line)
    if output is not None:
        with output.open("a", encoding="utf-8") as file:
            file.write(f"matrix={line}\ncount={len(jobs)}\n")
    raise SystemExit(REFUSED if findings else DONE)


def _files(proposal: Path, base: str | None, lang: str) -> tuple[str, ...]:
    """What a pull request changes, since it left its base."""
    from reconciler.cli.ci_forge import told
    from reconciler.reconcile.ci_checkout import branched_from, changed_files, commit_of

    if base is None:
        raise click.UsageError("--proposal needs --base: what the pull request is compared with.")
    with told(lang):
        head = commit_of(proposal)
        return changed_files(proposal, branched_from(proposal, base, head), head)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--matrix", "expected", metavar="JSON|FILE", help="What ci matrix printed, or a file with it: jobs without an answer are named.")  # fmt: skip
@options.lang
def report(files: tuple[Path, ...], expected: str | None, lang: str | None) -> None:
    """Merge what many jobs came to (FILES named <id>.json, or folders of them) into one Markdown report, with a line for each municipality and system.

    A file is what a job wrote with --counts, or what plan or apply printed with --format json. Exits with 1 where a job is
    missing, can't be read, or came to an error.

    \b
      reconciler ci report counts --matrix "$MATRIX" >> "$GITHUB_STEP_SUMMARY"
    """
    from reconciler.cli.show_findings import refuse
    from reconciler.report.merged import merge, merged_markdown
    from reconciler.report.words import words_of

    # A folder that isn't there is one into which no job has written: the matrix tells who should have.
    jobs = _expected(expected)
    if not files and not jobs:
        raise click.UsageError("Name the files to merge, or what --matrix has to have answered.")
    found = [each for file in files for each in (sorted(file.glob("*.json")) if not file.suffix else [file])]
    if not found and not jobs:
        refuse("CI-REPORT-NOTHING", {"files": " ".join(map(str, files))}, options.language(lang, None))
    merged = merge({file.stem: _json(file) for file in found}, jobs)
    click.echo(merged_markdown(merged, words_of(lang)), nl=False)
    raise SystemExit(DONE if merged.in_order else REFUSED)


def _expected(given: str | None) -> dict[str, str]:
    """The municipality by the id of each job of the matrix."""
    if not given:
        return {}
    data = _parsed(given) if given.startswith("{") else _json(Path(given))
    jobs = data.get("include") if isinstance(data, dict) else None
    if not isinstance(jobs, list) or not all(
        isinstance(job, dict) and {"id", "organisation"} <= set(job) for job in jobs
    ):
        raise click.BadParameter("not what ci matrix prints", param_hint="--matrix")
    return {str(job["id"]): str(job["organisation"]) for job in jobs}


def _json(file: Path) -> Any:
    try:
        return _parsed(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
