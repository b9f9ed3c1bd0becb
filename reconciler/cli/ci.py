"""`reconciler ci`: the steps of the workflows, each of which also works by hand."""

import importlib

import click

COMMANDS = {
    "comment": ("ci_comment", "Keep one comment in a pull request up to date."),
    "record": ("ci_comment", "Show a plan in its pull request, signed, so that an apply knows what was approved."),
    "unplanned": ("ci_comment", "Say in a pull request that its newest commit could not be planned."),
    "next-day": ("ci_next_day", "Print the first day on which a saved plan would be another one."),
    "apply": ("ci_apply", "Apply what was approved and merged, and show what is held."),
    "converge": (
        "ci_apply",
        "The same on a schedule: what had to wait, and new devices to the groups of their patterns.",
    ),
    "drift": ("ci_drift", "Keep one issue for each system with what differs from the files."),
    "lock": ("ci_lock", "Keep every apply away from a management system for a while."),
    "unlock": ("ci_lock", "Let go of a management system's lock."),
    "codeowners": ("ci_codeowners", "Write .github/CODEOWNERS from organisation.yaml, or check that it is fresh."),
    "setup": ("ci_setup", "Print how to set up sign-in without secrets at Google and Entra."),
    "matrix": ("ci_matrix", "Split the work over the forge's runners, as JSON for a job matrix."),
    "report": ("ci_matrix", "Merge the results of many jobs into one report."),
    "seal": ("ci_seal", "Encrypt full plans and journals to the organisation's keys."),
    "unseal": ("ci_seal", "Open a sealed file with a secret key."),
}
"""The module of each, and its line of help: nothing is imported to list them."""


class CiGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"reconciler.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=CiGroup)
def ci() -> None:
    """The steps of the workflows, each of which also works by hand."""
