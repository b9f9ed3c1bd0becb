"""A group of commands found by name and imported only when used, so that `--version` and `--help` stay fast."""

import importlib
from collections.abc import Mapping
from keyword import iskeyword

import click


class LazyGroup(click.Group):
    """`commands_in` names the module that holds each command and its one line of help; nothing is imported to list them."""

    def __init__(self, *args: object, commands_in: Mapping[str, tuple[str, str]], **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]  # click's own arguments, passed on as they are
        self.commands_in = commands_in

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands_in)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in self.commands_in:
            return None
        module = importlib.import_module(f"reconciler.cli.{self.commands_in[cmd_name][0]}")
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(module, f"{name}_" if iskeyword(name) else name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands_in and not args[0].startswith("-"):
            raise click.UsageError(_unknown_command(args[0], self.commands_in, ctx.command_path), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands, in the order of the work"):
            formatter.write_dl([(name, line) for name, (_, line) in self.commands_in.items()])


def _unknown_command(name: str, commands: Mapping[str, object], group: str) -> str:
    import difflib  # only when something is misspelt

    near = difflib.get_close_matches(name, commands, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else f" '{group} --help' lists the commands."
    return f"There is no command '{name}'.{hint}"
