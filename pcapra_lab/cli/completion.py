"""Shell completion, as Click generates it."""

import click
from click.shell_completion import get_completion_class

from pcapra_lab.i18n import _


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Le script de complétion : eval "$(pcapra-lab completion bash)"."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(_("shell inconnu : {shell}").format(shell=shell))
    root = context.find_root().command
    click.echo(kind(root, {}, "pcapra-lab", "_PCAPRA_LAB_COMPLETE").source())
