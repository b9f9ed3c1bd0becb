"""The entry point: commands found by name and imported only when used; every way to end has its exit code."""

import os
import sys
from collections.abc import Sequence

import click

from reconciler import __version__
from reconciler.cli.exits import BUG, USAGE
from reconciler.cli.lazy import LazyGroup
from reconciler.cli.runtime import leave, suit_one_command

COMMANDS = {
    "validate": ("validate", "Check the files: YAML, schema, references, catalogue, layers."),
    "check": ("check", "Ask guardrails and MGN of what the files add up to."),
    "policy": ("policy", "Run the cases that guardrails are tested by."),
    "compile": ("compile", "Print the desired state that the files add up to."),
    "explain": ("explain", "Show which files and lines made a value so."),
    "plan": ("plan", "Read the live state; save and print what would change."),
    "show": ("show", "Render a saved plan or result as text, Markdown or JSON."),
    "apply": ("apply", "Do what a saved plan says, and nothing else."),
    "drift": ("drift", "Say what the systems have otherwise than the files say."),
    "doctor": ("doctor", "Check reachability, identity, rights, hosts and clock."),
    "mgn": ("mgn", "Compare, change and print the minimum common denominator."),
    "shared": ("shared", "Baselines and catalogues in common with others, pinned by hash."),
    "catalogue": ("catalogue", "Wishes, meetings, decisions and sharing of the app catalogue."),
    "review": ("review", "Say what differs between two revisions, in plain words."),
    "site": ("site", "Write the static web site of the catalogue and the schools."),
    "ci": ("ci", "The steps of the workflows, each of which also works by hand."),
    "init": ("init", "Write a new municipality's repository."),
    "sandbox": ("sandbox", "Run the emulators of the vendors' APIs on this machine."),
}


@click.group(
    cls=LazyGroup,
    commands_in=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 refused or not met, 2 usage, 3 changes exist (plan, drift --exit-code), "
    "4 apply incomplete, 70 a bug in this program.",
)
@click.version_option(__version__, prog_name="reconciler")
def cli() -> None:
    """Desired state in Git for the school devices of a municipality.

    People edit YAML in pull requests; this validates it, shows in plain words what would change for whom,
    and applies exactly what was approved.

    \b
    A first round, without any credential:
      reconciler validate
      reconciler sandbox serve --port 8765 --seed sample &
      reconciler plan --sandbox http://127.0.0.1:8765 --out plan.json
      reconciler show plan.json --format markdown
      reconciler apply plan.json --sandbox http://127.0.0.1:8765

    \b
    Completion of commands and flags, for bash (zsh and fish likewise):
      eval "$(_RECONCILER_COMPLETE=bash_source reconciler)"
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and end the process. A failure that nobody foresaw is said to be ours, with exit code 70."""
    suit_one_command()
    try:
        cli.main(args=list(args) if args is not None else None, prog_name="reconciler", standalone_mode=True)
    except SystemExit as end:
        if isinstance(end.code, int):
            leave(end.code)
        raise
    except BrokenPipeError:
        # The reader of a pipe went away (`| head`): nothing more to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(USAGE)
    except Exception as failure:
        if os.environ.get("RECONCILER_DEBUG"):
            raise
        # The message may hold anything that a server or a file sent, so only its type is shown.
        click.echo(
            f"This is a bug in reconciler {__version__} ({type(failure).__name__}), not in your files. "
            "Nothing more was done. Run again with RECONCILER_DEBUG=1 for the trace, and report it.",
            err=True,
        )
        sys.exit(BUG)
