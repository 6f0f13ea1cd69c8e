"""Outcomes and states in words and signs, never by colour alone."""

import click

from pcapra_lab.session.api import Outcome, SessionState, StepReport, StepState, VmPower

SIGNS = {
    Outcome.PASS: ("✔", "green"),
    Outcome.FAIL: ("✘", "red"),
    Outcome.ERROR: ("⚠", "yellow"),
    Outcome.SKIP: ("○", "bright_black"),
    Outcome.PENDING: ("…", "cyan"),
}
STEP_SIGNS = {
    StepState.DONE: "✔ réussie",
    StepState.HELPED: "✔ aidée",
    StepState.CURRENT: "▶ en cours",
    StepState.LOCKED: "○ à venir",
}
POWER = {
    VmPower.RUNNING: "● en marche",
    VmPower.PAUSED: "◐ en pause",
    VmPower.STOPPED: "○ à l'arrêt",
    VmPower.SAVED: "○ en sommeil",
    VmPower.ABSENT: "○ pas créée",
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
            ("attendu", result.expected),
            ("vu", result.observed),
            ("piste", result.hint),
            ("conseil", " ".join(result.advice)),
        ):
            if text:
                first, *rest = text.splitlines()
                click.echo(f"     {label:<8}: {first}")
                for line in rest:
                    click.echo(f"               {line}")
    if report.rto_seconds is not None and report.rto_target is not None:
        met = "atteint" if report.rto_seconds <= report.rto_target else "dépassé"
        click.echo(
            f"   RTO mesuré : {report.rto_seconds:.0f} s pour un objectif de "
            f"{report.rto_target:.0f} s ({met})"
        )


def show_way_back(report: StepReport, step: str | None) -> None:
    """The states that going on cannot repair, and the command that leads back."""
    for result in report.lost:
        click.secho(f" ✖ {result.title}", fg="red")
        click.echo(f"     {result.hint}")
    if report.lost:
        way = f"pcapra-lab rewind {step}" if step else "pcapra-lab reset"
        click.secho(f"  → continuer ne le réparera pas : {way}", fg="yellow")


def show_state(state: SessionState) -> None:
    """Machines and steps."""
    for vm in state.vms:
        click.echo(f"  {vm.name:<12} {vm.address:<15} {POWER[vm.power]:<14} {vm.title}")
    if state.vms:
        click.echo()
    for step in state.steps:
        used = step.hints_used
        hints = f", {used} indice{'s' if used > 1 else ''}" if used else ""
        points = f"({step.earned}/{step.points} points{hints})"
        click.echo(f"  {STEP_SIGNS[step.state]:<12} {step.title}  {points}")
    click.echo(f"\n  Total : {state.earned}/{state.total} points, {state.seconds / 60:.0f} min")
