"""Flags that several commands share, spelled and explained once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reconciler.model.documents import Documents
    from reconciler.model.finding import Finding

Command = TypeVar("Command", bound=Callable[..., Any])

ORGANISATION_FILE = "organisation.yaml"


class Day(click.ParamType[date]):
    """A date as people write it in the files: 2026-11-21."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2026-11-21.", param, ctx)


def find_root(_: click.Context, __: click.Parameter, value: Path | None) -> Path:
    """The folder that holds organisation.yaml: the one given, else this one or the nearest above."""
    if value is not None:
        return value
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ORGANISATION_FILE).is_file():
            return folder
    return here


def root(command: Command) -> Command:
    return click.option(
        "--root",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        callback=find_root,
        help="The repository. Default: this folder or the nearest above that has organisation.yaml.",
    )(command)


def today(command: Command) -> Command:
    return click.option(
        "--today",
        "as_of",
        type=Day(),
        default=date.today,
        show_default="the machine's date",
        help="The day that dated values and exceptions are judged by, as YYYY-MM-DD.",
    )(command)


def lang(command: Command) -> Command:
    return click.option(
        "--lang",
        type=click.Choice(["sv", "en"]),
        help="Language of texts. Default: the organisation's, else English.",
    )(command)


def sandbox(command: Command) -> Command:
    return click.option(
        "--sandbox",
        metavar="URL",
        envvar="RECONCILER_SANDBOX",
        help="Point every backend at a sandbox on this machine. Real credentials are then not even read.",
    )(command)


class Moment(click.ParamType[datetime]):
    """A moment by the clock in Sweden, as 2026-11-23T10:00."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        from reconciler.policy.calendar import ZONE

        if isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%dT%H:%M").replace(tzinfo=ZONE)
        except ValueError:
            self.fail(f"{value!r} is not a moment like 2026-11-23T10:00.", param, ctx)


def now(command: Command) -> Command:
    return click.option(
        "--now",
        "moment",
        type=Moment(),
        help="With --sandbox: the moment that the calendar is asked about, as 2026-11-23T10:00. "
        "A sandbox teaches nobody, so without this its calendar is not asked.",
    )(command)


def calendar_clock(moment: datetime | None, sandbox: str | None) -> Callable[[], datetime] | None:
    """What gives the moment that the calendar is asked about. Only a sandbox may be told another than the machine's."""
    if moment is None:
        return None if sandbox else lambda: datetime.now(UTC)
    if sandbox is None:
        raise click.UsageError("--now is for trying the calendar with --sandbox; real systems go by the clock.")
    return lambda: moment


def base(command: Command) -> Command:
    return click.option(
        "--base",
        metavar="REV",
        help="Compare with this Git revision (for a pull request: origin/main). "
        "What needs one is not evaluated without.",
    )(command)


def school(command: Command) -> Command:
    return click.option(
        "--school",
        metavar="ID",
        help="Only this school's changes. Where the system allows, only what concerns it is read; limits count what was read.",
    )(command)


def backend(command: Command) -> Command:
    return click.option("--backend", metavar="ID", help="Only this management system's changes.")(command)


def environments(command: Command) -> Command:
    """Of jobs on the forge. Not given, the host's table says which are this municipality's."""
    told = "of jobs that {}, on GitHub. Default: {}, and for one of several municipalities its own by hosts.yaml."
    write = click.option("--apply-environment", metavar="NAME", help=f"That {told.format('write', 'apply')}")
    return click.option("--plan-environment", metavar="NAME", help=f"That {told.format('read', 'plan')}")(
        write(command)
    )


def output_format(*choices: str) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        return click.option(
            "--format",
            "style",
            type=click.Choice(list(choices)),
            default=choices[0],
            show_default=True,
            help="How to print it.",
        )(command)

    return decorate


def named_environments(root: Path, plan: str | None, apply: str | None) -> tuple[str, str]:
    """Of jobs that read, and of jobs that write."""
    from reconciler.reconcile.hosting import environments_of

    known = environments_of(root) if plan is None or apply is None else ("", "")
    return (known[0] if plan is None else plan, known[1] if apply is None else apply)


def language(chosen: str | None, organisations: str | None) -> str:
    """The language of a run's texts."""
    return chosen or organisations or "en"


def check_places(lang: str, *places: Path | None) -> None:
    """End before anything is begun where a file that is to be written can't be, or is one that people wrote."""
    from reconciler.apply.files import check_place
    from reconciler.texts import render

    for place in filter(None, places):
        try:
            check_place(place)
        except FileExistsError:
            raise click.ClickException(render("CLI-FILE-NOT-OURS", {"file": str(place)}, lang).message) from None
        except OSError as problem:
            values = {"file": str(place), "reason": problem.strerror or ""}
            raise click.ClickException(render("CLI-FILE-UNWRITABLE", values, lang).message) from None


def environment() -> Mapping[str, str]:
    """The process's environment, read here and nowhere else."""
    import os

    return os.environ


def check_school(school: str | None, documents: "Documents", findings: Iterable["Finding"], lang: str) -> None:
    """A school that no file is about is a wrong option; one whose file can't be read has findings that say why."""
    from reconciler.texts import render

    known = {one.id for one in documents.schools}
    broken = {one.place.file for one in findings if one.place}
    if school and school not in known and f"schools/{school}.yaml" not in broken:
        raise click.UsageError(render("CLI-UNKNOWN-SCHOOL", {"id": school}, lang).message)
