"""Outcomes and states in words and signs, never by colour alone."""

import click

from pcapra_lab.i18n import _, ngettext
from pcapra_lab.session.api import (
    Outcome,
    SessionState,
    StepReport,
    StepState,
    StepStatus,
    VmPower,
)
from pcapra_lab.session.exam_words import clock_words
from pcapra_lab.session.pace_words import minutes, pace_words

SIGNS = {
    Outcome.PASS: ("✔", "green"),
    Outcome.FAIL: ("✘", "red"),
    Outcome.ERROR: ("⚠", "yellow"),
    Outcome.SKIP: ("○", "bright_black"),
    Outcome.PENDING: ("…", "cyan"),
}
STEP_SIGNS = {
    StepState.DONE: _("✔ réussie"),
    StepState.HELPED: _("✔ aidée"),
    StepState.CURRENT: _("▶ en cours"),
    StepState.LOCKED: _("○ à venir"),
    StepState.SUBMITTED: _("▷ rendue"),
    StepState.UNGRADED: _("○ non notée"),
}
POWER = {
    VmPower.RUNNING: _("● en marche"),
    VmPower.PAUSED: _("◐ en pause"),
    VmPower.STOPPED: _("○ à l'arrêt"),
    VmPower.SAVED: _("○ en sommeil"),
    VmPower.ABSENT: _("○ pas créée"),
}


def show_report(report: StepReport) -> None:
    """A step's checks, with what was expected and seen of those that did not pass."""
    for result in report.results:
        sign, colour = SIGNS[result.outcome]
        click.secho(f" {sign} ", fg=colour, nl=False)
        click.echo(f"{result.title}  [{result.vm}]" if result.vm else result.title)
        if result.outcome is Outcome.PASS:
            continue
        for label, text in (
            (_("attendu"), result.expected),
            (_("vu"), result.observed),
            (_("piste"), result.hint),
            (_("conseil"), " ".join(result.advice)),
        ):
            if text:
                first, *rest = text.splitlines()
                click.echo(f"     {label:<8}: {first}")
                for line in rest:
                    click.echo(f"               {line}")
    if report.rto_seconds is not None and report.rto_target is not None:
        met = _("atteint") if report.rto_seconds <= report.rto_target else _("dépassé")
        click.echo(
            _(
                "   RTO mesuré : {rto_seconds:.0f} s pour un objectif de {rto_target:.0f} s ({met})"
            ).format(rto_seconds=report.rto_seconds, rto_target=report.rto_target, met=met)
        )


def show_way_back(report: StepReport, step: str | None) -> None:
    """The states that going on cannot repair, and the command that leads back."""
    for result in report.lost:
        click.secho(f" ✖ {result.title}", fg="red")
        click.echo(f"     {result.hint}")
    if report.lost:
        way = f"pcapra-lab rewind {step}" if step else "pcapra-lab reset"
        click.secho(_("  → continuer ne le réparera pas : {way}").format(way=way), fg="yellow")


def show_state(state: SessionState) -> None:
    """Machines and steps."""
    for vm in state.vms:
        click.echo(f"  {vm.name:<12} {vm.address:<15} {POWER[vm.power]:<14} {vm.title}")
    if state.vms:
        click.echo()
    for step in state.steps:
        used = step.hints_used
        hints = ngettext(", {count} indice", ", {count} indices", used) if used else ""
        points = _("({earned}/{points} points{hints})").format(
            earned=step.earned, points=step.points, hints=hints.format(count=used)
        )
        click.echo(f"  {STEP_SIGNS[step.state]:<12} {step.title}  {points}{_time(step)}")
    if state.ungraded:
        click.secho(f"\n  ○ {state.ungraded}", fg="yellow")
    click.echo(
        _("\n  Total : {earned}/{total} points, {seconds:.0f} min").format(
            earned=state.earned, total=state.total, seconds=state.seconds / 60
        )
    )
    if state.pace is not None:
        words = pace_words(state.pace, paused=state.paused)
        click.echo(_("  Rythme : {words}").format(words=words))
    elif state.paused:
        click.echo(_("  En pause"))
    if state.exam is not None and state.in_exam:
        click.secho(_("  Examen : {clock}").format(clock=clock_words(state.exam)), fg="yellow")


def _time(step: StepStatus) -> str:
    if step.planned is None:
        return ""
    return _("  {used}/{planned}").format(used=minutes(step.seconds), planned=minutes(step.planned))
