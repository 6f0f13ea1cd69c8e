"""What a schema cannot say about a checklist: what its lines name, and their wording."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from pcapra_lab.content.checklist import ChecklistLine, split_reference
from pcapra_lab.content.lint_exercise import pattern_faults, twice
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.problems import Loc, shown, suggestion
from pcapra_lab.content.typography import sentence_faults, title_faults

Fault = tuple[Loc, str]


def lint_checklist(exercise: Exercise, vms: set[str] | None) -> Iterator[Fault]:
    """Problems of an exercise's checklist, each with the way to its value.

    Args:
        exercise: the exercise.
        vms: the machines of its topology; None when the topology itself is wrong.
    """
    lines = exercise.checklist
    if lines and exercise.topology is None:
        yield ("checklist",), "une checklist se sonde sur des machines : il faut une topologie"
        return
    for i in twice(line.id for line in lines):
        yield ("checklist", i, "id"), f"ligne {shown(lines[i].id)} en double"
    seen: list[str] = []
    for i, line in enumerate(lines):
        at: Loc = ("checklist", i)
        if line.category in seen[:-1]:
            message = f"la catégorie {shown(line.category)} revient : groupez ses lignes"
            yield (*at, "category"), message
        elif line.category not in seen:
            seen.append(line.category)
        for key in ("category", "title"):
            yield from (((*at, key), fault) for fault in title_faults(getattr(line, key)))
        for fault in sentence_faults(line.not_applicable) if line.not_applicable else ():
            yield (*at, "not_applicable"), fault
        yield from (((*at, *loc), message) for loc, message in _references(line, exercise))
        yield from (((*at, *loc), message) for loc, message in _own(line, exercise, vms))


def _references(line: ChecklistLine, exercise: Exercise) -> Iterator[Fault]:
    steps = {step.id: step for step in exercise.steps}
    for j in twice(line.proved_by):
        yield ("proved_by", j), f"contrôle {shown(line.proved_by[j])} en double dans la ligne"
    for j, reference in enumerate(line.proved_by):
        name, check = split_reference(reference)
        if name not in steps:
            yield ("proved_by", j), f"étape inconnue {shown(name)}" + suggestion(name, steps)
            continue
        step = steps[name]
        known = [one.id for one in step.checks]
        if step.is_quiz:
            message = f"l'étape {shown(name)} pose des questions : rien n'y est sondé"
            yield ("proved_by", j), message
        elif check not in known:
            message = f"l'étape {shown(name)} n'a pas de contrôle {shown(check)}"
            yield ("proved_by", j), message + suggestion(check, known)


def _own(line: ChecklistLine, exercise: Exercise, vms: set[str] | None) -> Iterator[Fault]:
    ids = [check.id for check in line.checks]
    for j in twice(ids):
        yield ("checks", j, "id"), f"contrôle {shown(ids[j])} en double dans la ligne"
    for j, check in enumerate(line.checks):
        at: Loc = ("checks", j)
        for k, need in enumerate(check.needs):
            if need not in ids:
                message = f"aucun contrôle {shown(need)} dans la ligne" + suggestion(need, ids)
                yield (*at, "needs", k), message
        if check.guard:
            yield (*at, "guard"), "cette clé n'a pas de sens dans une checklist"
        yield from (((*at, key), message) for key, message in pattern_faults(check))
        yield from (((*at, "title"), fault) for fault in title_faults(check.title))
        yield from (((*at, "hint"), fault) for fault in sentence_faults(check.hint))
        parameter = getattr(check, "parameter", None)
        if parameter is not None and parameter not in exercise.parameters:
            message = f"paramètre inconnu {shown(parameter)}"
            yield (*at, "parameter"), message + suggestion(parameter, exercise.parameters)
        for vm in check.machines():
            if vms is not None and vm not in vms:
                message = f"la topologie {shown(exercise.topology)} n'a pas de machine {shown(vm)}"
                yield (*at, "vm") if vm == check.vm else at, message + suggestion(vm, vms)
    try:
        TopologicalSorter({check.id: check.needs for check in line.checks}).prepare()
    except CycleError as error:
        yield ("checks",), f"contrôles qui s'attendent en rond : {' → '.join(error.args[1])}"
