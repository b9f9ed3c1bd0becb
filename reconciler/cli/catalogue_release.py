"""`reconciler catalogue release`: approved apps into a baseline, from a day on, in rings."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import council, options

if TYPE_CHECKING:
    from reconciler.reconcile.releasing import Released


class RingDay(click.ParamType[tuple[str, date]]):
    """`pilot=2026-12-01`: a ring and its own first day."""

    name = "ring=date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, date]:
        if isinstance(value, tuple):
            return value
        ring, _, day = str(value).rpartition("=")
        if not ring:
            self.fail(f"{value!r} is not a ring and its day, like pilot=2026-12-01.", param, ctx)
        return ring, options.Day().convert(day, param, ctx)


@click.command()
@click.option("--baseline", required=True, metavar="ID", help="The baseline that gives the apps.")
@click.option("--app", "apps", required=True, multiple=True, metavar="ID", help="An approved app; may be repeated.")
@click.option("--from", "start", type=options.Day(), help="The first day, for every ring that --ring doesn't name.")
@click.option(
    "--ring",
    "rings",
    multiple=True,
    type=RingDay(),
    help="A ring's own first day, as pilot=2026-12-01; may be repeated.",
)
@click.option(
    "--as",
    "mode",
    type=click.Choice(["required", "available"]),
    default="available",
    show_default=True,
    help="Installed for everyone, or there to be chosen.",
)
@click.option(
    "--notices",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one notice for each school into this folder.",
)
@click.option(
    "--decision",
    "reference",
    default="",
    metavar="REF",
    help="The decision to change the baseline, as 'BUN 2026/301 § 12'.",
)
@click.option("--decided", type=options.Day(), help="The day of that decision.")
@click.option("--body", default="", help="Who decided. Default: who decided on the baseline before.")
@click.option("--check", "only_check", is_flag=True, help="Show what it would mean, and write nothing.")
@options.root
@options.today
@options.lang
def release(
    baseline: str,
    apps: Sequence[str],
    start: date | None,
    rings: Sequence[tuple[str, date]],
    mode: str,
    notices: Path | None,
    reference: str,
    decided: date | None,
    body: str,
    only_check: bool,
    root: Path,
    as_of: date,
    lang: str | None,
) -> None:
    """Give approved apps to everyone whom a baseline is for, from a day on, ring by ring.

    Adds dated lines to the baseline's file, and by which decision, where the baseline is one that somebody decided on; comments and layout stay. A ring without a day doesn't get the apps yet. Each
    school that gets something has a notice: what, when, and what is asked of it. Nothing reaches a device before the
    change has been reviewed and applied.

    \b
    To the pilot schools before Christmas, to all others after:
      reconciler catalogue release --baseline grundskola --app kami --ring pilot=2026-12-01 --ring rest=2027-01-11 \\
        --decision "BUN 2026/301 § 12" --decided 2026-11-18 --notices utskick
    """
    from reconciler.catalogue.release import Release
    from reconciler.model.mgn import Decided
    from reconciler.reconcile.releasing import release_apps

    if start is None and not rings:
        raise click.UsageError("Say when: --from DATE, or --ring RING=DATE.")
    if bool(reference) != bool(decided):
        raise click.UsageError("--decision and --decided belong together.")
    wish = Release(
        baseline=baseline,
        apps=tuple(dict.fromkeys(apps)),
        mode=mode,
        start=start,
        rings=dict(rings),
        decision=Decided(body=body, day=decided, reference=reference) if reference else None,
    )
    found = release_apps(root, wish, as_of)
    language = options.language(lang, found.documents.organisation.language if found.documents else None)
    if found.after is None:
        council.refuse_with(found.findings, language, found.sources)
    _tell(root, found, notices, language, only_check=only_check)


def _tell(root: Path, found: "Released", notices: Path | None, lang: str, *, only_check: bool) -> None:
    from reconciler.reconcile.would_be import save_files
    from reconciler.report import release_notice
    from reconciler.report.council_words import CouncilWords

    assert found.after is not None and found.documents is not None  # noqa: PT018, S101 - nothing was refused
    texts = release_notice.notices(found.documents, found.gains, CouncilWords(lang=lang))
    if notices is None:
        click.echo("\n".join(texts.values()), nl=False)
    elif not only_check:
        _write(notices, texts, lang)
    if not only_check:
        with council.writing(lang):
            save_files(root, found.after, [found.file])
        council.say("RELEASE-WRITTEN", lang, err=True, file=found.file)
    groups = len({gain.group for gain in found.gains})
    council.say("RELEASE-REACHES", lang, err=True, schools=str(len(texts)), groups=str(groups))


def _write(folder: Path, texts: Mapping[str, str], lang: str) -> None:
    with council.writing(lang):
        folder.mkdir(parents=True, exist_ok=True)
        for school, text in texts.items():
            (folder / f"{school}.md").write_text(text, encoding="utf-8")
    council.say("RELEASE-NOTICES", lang, err=True, n=str(len(texts)), folder=str(folder))
