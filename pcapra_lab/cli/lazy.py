"""A group whose commands are imported when they are asked for.

As Click documents it (« Lazily Loading Subcommands »): the program starts without what the other
commands need. Their help still lists all of them, by importing them all.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """Commands by name, each as ``module:attribute``; those added the usual way come too.

    Args:
        lazy: where each command is.
        loaded: called with each command once it is imported, before it is used.
    """

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, str],
        loaded: Callable[[click.Command], None],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = dict(lazy)
        self._loaded = loaded

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in alphabetical order."""
        return sorted({*super().list_commands(ctx), *self._lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported at the first call."""
        place = self._lazy.pop(cmd_name, None)
        if place is not None:
            module, _, attribute = place.partition(":")
            command = getattr(import_module(module), attribute)
            if not isinstance(command, click.Command):
                raise TypeError(f"{place} is not a command")
            self._loaded(command)
            self.add_command(command, cmd_name)
        return super().get_command(ctx, cmd_name)
