"""A group one of whose commands needs no name: ``report tp-final`` is ``report write tp-final``."""

from typing import Any

import click


class DefaultGroup(click.Group):
    """A group with a default command, for words that name no other of its commands.

    Args:
        default: its name.
    """

    def __init__(self, *args: Any, default: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the default command where none is named; the group's own help stays its own."""
        own_help = args and args[0] in ctx.help_option_names
        if not own_help and (not args or args[0] not in self.commands):
            args = [self._default, *args]
        return super().parse_args(ctx, args)
