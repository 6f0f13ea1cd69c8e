"""What a schema cannot say about planned times and the target architecture."""

from collections.abc import Iterator

from pcapra_lab.content.architecture import Architecture, Probe
from pcapra_lab.content.base import seconds
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.problems import Loc, Problem, shown, suggestion
from pcapra_lab.content.strict_yaml import Loaded
from pcapra_lab.content.typography import title_faults

_NOT_DRAWABLE = "un lien joint deux cases d'une même rangée, ou de deux rangées qui se suivent"
BOXES = 6
"""Boxes of a row that can still be read side by side."""


def lint_planning(loaded: Loaded[Exercise]) -> Iterator[Problem]:
    """A pace needs the time of every step, and a whole that agrees with the exercise's own."""
    exercise = loaded.model
    silent = [i for i, step in enumerate(exercise.steps) if step.planned is None]
    if silent and len(silent) < len(exercise.steps):
        message = "« planned » manque : toutes les étapes disent leur temps prévu, ou aucune"
        for i in silent:
            yield loaded.problem(("steps", i, "id"), message)
    planned = exercise.planned
    if planned is not None and planned > seconds(exercise.duration):
        minutes = round(planned / 60)
        yield loaded.problem(
            ("duration",), f"les étapes prévoient {minutes} min en tout : c'est plus que la durée"
        )


def lint_architecture(loaded: Loaded[Exercise], vms: set[str] | None) -> Iterator[Problem]:
    """Names that must agree, and links that can be drawn.

    Args:
        loaded: the exercise.
        vms: the machines of its topology; None when the topology itself is wrong.
    """
    architecture = loaded.model.architecture
    if architecture is None:
        return
    for loc, message in (*_shape(architecture), *_probes(architecture, loaded.model, vms)):
        yield loaded.problem(("architecture", *loc), message)


def _shape(architecture: Architecture) -> Iterator[tuple[Loc, str]]:
    tiers = {one.id: one.tier for one in architecture.elements if one.tier is not None}
    seen: set[str] = set()
    for i, element in enumerate(architecture.elements):
        at: Loc = ("elements", i)
        if element.id in seen:
            yield (*at, "id"), f"élément {shown(element.id)} en double"
        seen.add(element.id)
        if element.part_of is not None and element.part_of not in tiers:
            message = f"aucune case {shown(element.part_of)}"
            yield (*at, "part_of"), message + suggestion(element.part_of, tiers)
        yield from (((*at, "title"), fault) for fault in title_faults(element.title))
    for tier in sorted(set(tiers.values())):
        count = sum(one == tier for one in tiers.values())
        if count > BOXES:
            yield ("elements",), f"{count} cases dans la rangée {tier} : {BOXES} au plus"
    for i, link in enumerate(architecture.links):
        here: Loc = ("links", i)
        if link.id in seen:
            yield (*here, "id"), f"élément {shown(link.id)} en double"
        seen.add(link.id)
        unknown = [j for j, end in enumerate(link.between) if end not in tiers]
        for j in unknown:
            end = link.between[j]
            yield (*here, "between", j), f"aucune case {shown(end)}" + suggestion(end, tiers)
        if not unknown and not _drawable(link.between, tiers):
            yield (*here, "between"), _NOT_DRAWABLE
        yield from (((*here, "title"), fault) for fault in title_faults(link.title))


def _drawable(between: list[str], tiers: dict[str, int]) -> bool:
    rows = sorted(set(tiers.values()))
    first, second = (rows.index(tiers[end]) for end in between)
    return between[0] != between[1] and abs(first - second) <= 1


def _probes(
    architecture: Architecture, exercise: Exercise, vms: set[str] | None
) -> Iterator[tuple[Loc, str]]:
    checks = {f"{step.id}/{check.id}" for step in exercise.steps for check in step.checks}
    for loc, probe in _all_probes(architecture):
        if probe.check is not None and probe.check not in checks:
            message = f"aucun contrôle {shown(probe.check)}" + suggestion(probe.check, checks)
            yield (*loc, "check"), message
        if vms is not None and probe.vm is not None and probe.vm not in vms:
            message = f"machine inconnue {shown(probe.vm)}" + suggestion(probe.vm, vms)
            yield (*loc, "vm"), message


def _all_probes(architecture: Architecture) -> Iterator[tuple[Loc, Probe]]:
    seen_by = {
        "elements": [one.seen_by for one in architecture.elements],
        "links": [one.seen_by for one in architecture.links],
    }
    for key, lists in seen_by.items():
        for i, probes in enumerate(lists):
            yield from (((key, i, "seen_by", j), probe) for j, probe in enumerate(probes))
