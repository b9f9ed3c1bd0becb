"""`reconciler catalogue`: the council's work, from a wish to a released app. Each command is imported only when used."""

import click

from reconciler.cli.lazy import LazyGroup

COMMANDS = {
    "intake": ("catalogue_intake", "Take wishes from a CSV file; a second run updates."),
    "request": ("catalogue_request", "Turn a wish from the issue form into a proposal."),
    "compare": ("catalogue_compare", "Show candidates side by side."),
    "meeting": ("catalogue_meeting", "Prepare the agenda, write the protocol."),
    "decide": ("catalogue_decide", "Record the decisions of a meeting."),
    "release": ("catalogue_release", "Give approved apps to baselines on a day, in rings."),
    "ages": ("catalogue_ages", "Report how long wishes have waited, and how long it took."),
    "add-to-school": ("catalogue_add_to_school", "Add an approved app to one school's group."),
    "export": ("catalogue_export", "Write records and decisions for other municipalities."),
    "import": ("catalogue_import", "Take another municipality's records as input to vetting."),
}


@click.group(cls=LazyGroup, commands_in=COMMANDS)
def catalogue() -> None:
    """The app catalogue: wishes, meetings, decisions, releases, sharing.

    \b
    Wishes gathered in a spreadsheet become proposals:
      reconciler catalogue intake onskemal.csv
    Prepare the council's meeting, and record what it decided:
      reconciler catalogue compare --subject svenska --grades 4-6
      reconciler catalogue meeting --date 2026-12-09 --out dagordning.md
      reconciler catalogue decide --meeting 2026-12-09 beslut.csv
    A school takes an approved app:
      reconciler catalogue add-to-school --school norrskolan --group elever-4-6 --app scratch
    """
