"""The web command: a lesson's web consoles in the browser of this computer."""

import sys
from dataclasses import asdict

import click

from pcapra_lab.cli.common import EXERCISE, JSON, cancellable, guarded, print_json, session
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import WebConsole
from pcapra_lab.session.browser import show_page


@click.command()
@click.argument("console", required=False, metavar="[CONSOLE]")
@EXERCISE
@click.option(
    "--browser/--no-browser", default=True, help=_("Ouvre aussi le navigateur, s'il y a un écran.")
)
@JSON
@guarded
def web(console: str | None, exercise: str | None, browser: bool, as_json: bool) -> None:
    """Ouvre une console web de la leçon (statistiques HAProxy, Grafana, Prometheus…).

    Sans console : les montre. Avec --json : les montre aussi, pour un programme. L'adresse est
    sur cet ordinateur (127.0.0.1) et mène à la machine par SSH ; elle vit jusqu'à Ctrl-C.

    \b
      pcapra-lab web                  les consoles de la leçon
      pcapra-lab web statistiques     ouvre celle-ci
    """
    with session(exercise, exclusive=False) as opened:
        consoles = opened.web.listed()
        if as_json:
            print_json([asdict(one) for one in consoles])
        elif console is None:
            _list(consoles)
        else:
            _serve(opened.web.open(console), browser=browser)


def _list(consoles: tuple[WebConsole, ...]) -> None:
    if not consoles:
        click.echo(_("Cette leçon n'a pas de console web."))
        return
    width = max(len(one.id) for one in consoles)
    for one in consoles:
        click.echo(f"  {one.id:{width}}  {one.title} ({one.vm}, port {one.port})")


def _serve(console: WebConsole, *, browser: bool) -> None:
    if console.url is None:
        raise LabError(
            _("la console « {id} » s'est refermée").format(id=console.id),
            hint=_("relancez la commande"),
        )
    with cancellable() as cancel:
        click.echo(console.url)
        sys.stdout.flush()
        if browser and show_page(console.url):
            click.echo(_("Le navigateur s'ouvre sur cette adresse."), err=True)
        click.echo(
            _("« {title} » reste ouverte jusqu'à Ctrl-C.").format(title=console.title), err=True
        )
        cancel.wait()
