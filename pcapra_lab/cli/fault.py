"""Commands on faults: inject one, see those in effect, lift them."""

import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

import click

from pcapra_lab.cli.common import EXERCISE, JSON, cancellable, guarded, print_json, session
from pcapra_lab.content.base import seconds
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _, pgettext
from pcapra_lab.lab.faults.errors import FaultsLeft
from pcapra_lab.lab.faults.injector import FaultInjector
from pcapra_lab.lab.faults.model import FaultSpec, duration_words, parse_fault
from pcapra_lab.lab.faults.record import Active, FaultState, Lifted, Moment, Owner

STATES = {
    FaultState.ARMED: _("injection en cours"),
    FaultState.ACTIVE: pgettext("fault", "en cours"),
    FaultState.LIFTING: _("levée en cours"),
}


def _length(_context: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    """Seconds of ``30s``, ``10m`` or ``4h``."""
    try:
        return None if value is None else seconds(value)
    except ValueError as error:
        raise click.BadParameter(
            _("« {value} » : attendu 30s, 10m ou 4h, par exemple").format(value=value)
        ) from error


VM = click.argument("vm")
FOR = click.option(
    "--for",
    "length",
    metavar=_("DURÉE"),
    callback=_length,
    help=_("Attend ce temps (30s, 10m…) puis lève la panne ; Ctrl-C la lève plus tôt."),
)


@click.group()
def fault() -> None:
    """Les pannes : en injecter, les voir, les lever.

    Une panne injectée est datée à la milliseconde, notée sur cet ordinateur, et défaite quand on
    la lève : machine rallumée, câble rebranché, octets remis. Ces commandes marchent à côté de
    l'application ouverte : un formateur provoque la panne depuis un autre terminal.

    \b
      pcapra-lab fault inject power-cut srv            coupe le courant de srv
      pcapra-lab fault inject netem srv --delay 200 --for 5m
      pcapra-lab fault list                            les pannes en cours
      pcapra-lab fault lift --all                      tout remettre en état

    Revenir à un état enregistré (reset, rewind) met fin aux pannes des machines ramenées.
    """


@fault.command("list")
@EXERCISE
@JSON
@guarded
def list_faults(exercise: str | None, as_json: bool) -> None:
    """Les pannes en cours : lesquelles, depuis quand, au nom de qui."""
    with session(exercise, exclusive=False) as opened:
        active = opened.faults.active()
    if as_json:
        print_json([_as_json(one) for one in active])
        return
    if not active:
        click.echo(_("Aucune panne en cours."))
        return
    width = max(len(one.id) for one in active)
    now = Moment.now()
    for one in active:
        since = one.at or one.armed
        click.echo(f"  {one.id:{width}}  {one.label}")
        click.echo(
            _(
                "  {value:{width}}  depuis {clock_words} ({duration_words}) · {state} · {label}"
            ).format(
                width=width,
                value="",
                clock_words=since.clock_words,
                duration_words=duration_words(since.until(now)),
                state=_state(one),
                label=_(one.owner.label),
            )
        )


@fault.command()
@click.argument("fault_id", metavar=_("[PANNE]"), required=False)
@EXERCISE
@click.option("--all", "everything", is_flag=True, help=_("Toutes les pannes du laboratoire."))
@guarded
def lift(fault_id: str | None, exercise: str | None, everything: bool) -> None:
    """Lève une panne, ou toutes.

    PANNE est le nom donné par pcapra-lab fault list, comme netem-3. Ce que le stagiaire a réparé
    lui-même n'est pas touché. Une panne qui ne peut pas être levée (machine éteinte, injoignable)
    reste notée : la commande peut être relancée.

    \b
      pcapra-lab fault lift netem-3
      pcapra-lab fault lift --all
    """
    if everything:
        # Only one word can follow: the exercise.
        fault_id, exercise = None, exercise or fault_id
    elif fault_id is None:
        raise LabError(
            _("quelle panne ?"), hint=_("pcapra-lab fault list les nomme ; --all les lève toutes")
        )
    with session(exercise, exclusive=False) as opened:
        try:
            if fault_id is None:
                lifted = opened.faults.lift_all()
            else:
                one = opened.faults.lift(fault_id)
                lifted = [one] if one else []
        except FaultsLeft as error:
            _show_lifted(error.lifted)
            raise
    _show_lifted(lifted)
    if not lifted:
        click.echo(
            _("Aucune panne en cours.")
            if fault_id is None
            else _("{fault_id} : déjà levée.").format(fault_id=fault_id)
        )


@fault.group()
def inject() -> None:
    """Provoque une panne. Chaque sorte a son aide : pcapra-lab fault inject netem --help.

    Sans --for, la panne reste jusqu'à « pcapra-lab fault lift » ; la commande dit son nom.
    """


@inject.command("power-cut")
@VM
@EXERCISE
@FOR
@guarded
def power_cut(vm: str, exercise: str | None, length: float | None) -> None:
    """Coupe le courant de la machine.

    Sa mémoire est perdue, son disque garde ce qui y était arrivé. La lever rallume la machine et
    attend qu'elle réponde.
    """
    _inject(exercise, length, kind="power-cut", vm=vm)


@inject.command()
@VM
@EXERCISE
@FOR
@guarded
def freeze(vm: str, exercise: str | None, length: float | None) -> None:
    """Fige la machine, mémoire comprise.

    Elle ne répond plus à rien, et ne sait pas que le temps passe. C'est la panne des grappes : le
    nœud que l'on croyait mort revient et se croit toujours maître. La lever la fait repartir où
    elle en était, et remet son horloge à l'heure.
    """
    _inject(exercise, length, kind="freeze", vm=vm)


@inject.command("link-down")
@VM
@EXERCISE
@FOR
@guarded
def link_down(vm: str, exercise: str | None, length: float | None) -> None:
    """Débranche le câble de la machine.

    Elle voit son lien tomber (NO-CARRIER sur eth0).
    """
    _inject(exercise, length, kind="link-down", vm=vm)


@inject.command()
@VM
@EXERCISE
@click.option("--loss", type=float, default=0.0, help=_("Pourcentage de paquets perdus."))
@click.option("--delay", type=int, default=0, help=_("Retard de chaque paquet, en ms."))
@click.option("--jitter", type=int, default=0, help=_("Variation du retard, en ms."))
@FOR
@guarded
def netem(
    vm: str, exercise: str | None, loss: float, delay: int, jitter: int, length: float | None
) -> None:
    """Perd ou retarde ce que la machine envoie.

    La panne porte sur eth0 (tc netem). Ce qu'elle reçoit n'est pas touché : pour un trajet
    dégradé dans les deux sens, injectez la panne sur les deux machines.
    """
    _inject(exercise, length, kind="netem", vm=vm, loss=loss, delay_ms=delay, jitter_ms=jitter)


@inject.command("service-kill")
@VM
@click.argument("unit", metavar="SERVICE")
@EXERCISE
@FOR
@guarded
def service_kill(vm: str, unit: str, exercise: str | None, length: float | None) -> None:
    """Tue d'un coup les processus d'un service.

    C'est un kill -9 de tous les processus de l'unité, comme « cron ». systemd le relance s'il est
    réglé pour (Restart=). La lever ne le démarre que s'il n'est pas déjà reparti.
    """
    _inject(exercise, length, kind="service-kill", vm=vm, unit=unit)


@inject.command("disk-full")
@VM
@EXERCISE
@click.option("--path", default="/", show_default=True, help=_("Un dossier du disque à remplir."))
@FOR
@guarded
def disk_full(vm: str, exercise: str | None, path: str, length: float | None) -> None:
    """Remplit un disque jusqu'au dernier bloc.

    Même root ne peut plus rien y écrire. La lever supprime le fichier qui prend la place.
    """
    _inject(exercise, length, kind="disk-full", vm=vm, path=path)


@inject.command("file-corruption")
@VM
@click.argument("path", metavar=_("FICHIER"))
@EXERCISE
@click.option(
    "--bytes", "count", type=int, default=64, show_default=True, help=_("Octets changés.")
)
@click.option("--seed", type=int, default=0, help=_("Graine : où dans le fichier, et en quoi."))
@FOR
@guarded
def file_corruption(
    vm: str, path: str, exercise: str | None, count: int, seed: int, length: float | None
) -> None:
    """Corrompt un fichier sans que rien ne le dise.

    Des octets changent quelque part dans le fichier ; sa taille et ses dates restent. La lever
    remet les octets d'origine, mais seulement là où la corruption est encore : un fichier
    restauré entre-temps n'est pas touché.
    """
    _inject(exercise, length, kind="file-corruption", vm=vm, path=path, length=count, seed=seed)


@inject.command("clock-jump")
@VM
@EXERCISE
@click.option(
    "--forward", metavar=_("DURÉE"), callback=_length, help=_("De combien l'horloge avance.")
)
@click.option(
    "--back", metavar=_("DURÉE"), callback=_length, help=_("De combien l'horloge recule.")
)
@FOR
@guarded
def clock_jump(
    vm: str,
    exercise: str | None,
    forward: float | None,
    back: float | None,
    length: float | None,
) -> None:
    """Fait sauter l'horloge de la machine.

    La lever la remet à l'heure de cet ordinateur.

    \b
      pcapra-lab fault inject clock-jump srv --back 2h
    """
    if (forward is None) == (back is None):
        raise LabError(
            _("un seul de --forward et --back est attendu"), hint=_("par exemple --back 30m")
        )
    jump = round(forward if forward is not None else -(back or 0.0))
    _inject(exercise, length, kind="clock-jump", vm=vm, seconds=jump)


@inject.command()
@click.argument("group_a", metavar="VM,VM…")
@click.argument("group_b", metavar="VM,VM…")
@EXERCISE
@FOR
@guarded
def partition(group_a: str, group_b: str, exercise: str | None, length: float | None) -> None:
    """Coupe le réseau entre deux groupes de machines.

    Dans chaque groupe tout marche encore : chacun peut croire que l'autre est mort. ARP et VRRP
    sont coupés aussi.

    \b
      pcapra-lab fault inject partition lb1 lb2,web1,web2
    """
    sides = {"a": group_a.split(","), "b": group_b.split(",")}
    _inject(exercise, length, kind="partition", **sides)


def _inject(exercise: str | None, hold: float | None, **fields: object) -> None:
    spec = parse_fault(fields)
    with session(exercise, exclusive=False) as opened:
        if hold is not None:
            _hold(opened.faults, spec, hold)
            return
        injected = opened.faults.inject(spec)
        _show_injected(injected)
        click.echo(
            _("  Pour la lever : pcapra-lab fault lift {id} {exercise_id}").format(
                id=injected.id, exercise_id=opened.exercise.id
            )
        )


def _hold(faults: FaultInjector, spec: FaultSpec, length: float) -> None:
    """Inject, wait, lift. Killed meanwhile, it leaves a fault that the next start undoes."""
    with cancellable() as cancel:
        injected = faults.inject(spec, Owner.current("pcapra-lab fault inject --for"))
        try:
            _show_injected(injected)
            _count_down(faults, injected, length, cancel)
        finally:
            lifted = faults.lift(injected.id)
        if lifted is None:
            click.echo(
                _("  {id} a été levée entre-temps par une autre commande.").format(id=injected.id)
            )
        else:
            _show_lifted([lifted])


def _count_down(
    faults: FaultInjector, injected: Active, length: float, cancel: threading.Event
) -> None:
    end = time.monotonic() + length
    live = sys.stderr.isatty()
    if not live:
        click.echo(
            _("  Levée dans {duration_words}.").format(duration_words=duration_words(length)),
            err=True,
        )
    while (left := end - time.monotonic()) > 0:
        if live:
            text = _("  Levée dans {duration_words} (Ctrl-C : tout de suite)").format(
                duration_words=duration_words(left)
            )
            click.echo(f"\r{text:<60}", err=True, nl=False)
        if cancel.wait(min(1.0, left)) or injected.id not in {f.id for f in faults.active()}:
            break
    if live:
        click.echo(f"\r{'':<60}\r", err=True, nl=False)


def _show_injected(injected: Active) -> None:
    at = injected.at or injected.armed
    click.echo(f"✘ {at.clock_words}  {injected.label}  [{injected.id}]")


def _show_lifted(lifted: Iterable[Lifted]) -> None:
    for one in lifted:
        click.echo(
            _("✔ {clock_words}  levée : {label}").format(
                clock_words=one.at.clock_words, label=one.fault.label
            )
        )
        if one.note:
            click.echo(f"  {one.note}")


def _state(one: Active) -> str:
    if not one.orphan:
        return STATES[one.state]
    if one.state is FaultState.ACTIVE:
        return _("abandonnée (son programme s'est arrêté)")
    return (
        _("à lever (levée inachevée)")
        if one.state is FaultState.LIFTING
        else _("à lever (inachevée)")
    )


def _as_json(one: Active) -> dict[str, Any]:
    """Without what undoing needs: it would give the answer away."""
    fields = one.model_dump(mode="json", exclude={"undo", "by"})
    return {**fields, "kind": one.spec.kind, "label": one.label, "orphan": one.orphan}
