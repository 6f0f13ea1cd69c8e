"""What a schema cannot say about an exercise: names that must agree, files, wording."""

import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from pcapra_lab.content.base import PLACEHOLDER
from pcapra_lab.content.checks import BaseCheck, Effect, FileIdenticalCheck, is_pattern
from pcapra_lab.content.drawn import ANSWER
from pcapra_lab.content.lint_architecture import lint_architecture, lint_planning
from pcapra_lab.content.lint_drill import drill_machines, lint_drill
from pcapra_lab.content.lint_quiz import lint_quizzes
from pcapra_lab.content.lint_scripts import lint_scripts
from pcapra_lab.content.models import Exercise, Step
from pcapra_lab.content.problems import Loc, Problem, shown, suggestion
from pcapra_lab.content.references import exercise_files, missing
from pcapra_lab.content.strict_yaml import Loaded
from pcapra_lab.content.typography import sentence_faults, title_faults

MIN_MUTANTS = 2
"""Wrong states a step must ship: with fewer, its checks have not been proved to discriminate."""

_ALMOST = re.compile(r"\{\{([^{}]*)\}\}")


def twice(names: Iterable[str]) -> Iterator[int]:
    """The positions of the names that an earlier one already took."""
    seen = set()
    for position, name in enumerate(names):
        if name in seen:
            yield position
        seen.add(name)


def wrong_placeholders(text: str, parameters: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Placeholders that name no parameter, or nearly do: where in the text, and why."""
    known = set(parameters)
    for match in _ALMOST.finditer(text):
        name = match[1].strip().lower().replace("_", "-")
        exact = PLACEHOLDER.fullmatch(match[0])
        if exact and exact[1] not in known:
            yield match.start(), f"paramètre inconnu {shown(match[0])}" + suggestion(name, known)
        elif not exact and name in known:
            yield match.start(), f"{shown(match[0])} : écrivez {{{{{name}}}}}"


def lint_exercise(loaded: Loaded[Exercise], vms: set[str] | None) -> Iterator[Problem]:
    """Problems of one exercise.

    Args:
        loaded: the exercise.
        vms: the machines of its topology; None when the topology itself is wrong.
    """
    exercise = loaded.model
    if exercise.id != loaded.path.parent.name:
        yield loaded.problem(("id",), f"le dossier s'appelle {shown(loaded.path.parent.name)}")
    for i in twice(step.id for step in exercise.steps):
        yield loaded.problem(("steps", i, "id"), f"étape {shown(exercise.steps[i].id)} en double")
    steps = {step.id for step in exercise.steps}
    for i, settle in enumerate(exercise.settle):
        if settle.after is not None and settle.after not in steps:
            message = f"étape inconnue {shown(settle.after)}" + suggestion(settle.after, steps)
            yield loaded.problem(("settle", i, "after"), message)
        if vms is not None and settle.vm not in vms:
            message = f"machine inconnue {shown(settle.vm)}" + suggestion(settle.vm, vms)
            yield loaded.problem(("settle", i, "vm"), message)
    if exercise.topology is None and not all(step.is_quiz for step in exercise.steps):
        yield loaded.problem(("topology",), "une étape sans questions demande des machines")
    for i, step in enumerate(exercise.steps):
        for loc, message in _step(step):
            yield loaded.problem(("steps", i, *loc), message)
        yield from _parameters_of_checks(loaded, i)
    yield from lint_quizzes(loaded)
    yield from lint_planning(loaded)
    yield from lint_architecture(loaded, vms)
    if vms is not None:
        yield from _machines(loaded, vms)
    yield from _texts(loaded)
    absent = list(missing(loaded, exercise_files(exercise)))
    yield from absent or lint_scripts(loaded)


def _step(step: Step) -> Iterator[tuple[Loc, str]]:
    ids = [check.id for check in step.checks]
    for j in twice(ids):
        yield ("checks", j, "id"), f"contrôle {shown(ids[j])} en double dans l'étape"
    for j, check in enumerate(step.checks):
        for k, need in enumerate(check.needs):
            if need not in ids:
                yield ("checks", j, "needs", k), _unknown_check(need, ids)
        yield from ((("checks", j, key), message) for key, message in pattern_faults(check))
        yield from ((("checks", j, "title"), fault) for fault in title_faults(check.title))
        yield from ((("checks", j, "hint"), fault) for fault in sentence_faults(check.hint))
    try:
        TopologicalSorter({check.id: check.needs for check in step.checks}).prepare()
    except CycleError as error:
        yield ("checks",), f"contrôles qui s'attendent en rond : {' → '.join(error.args[1])}"
    yield from ((("title",), fault) for fault in title_faults(step.title))
    for j, hint in enumerate(step.hints):
        yield from ((("hints", j), fault) for fault in sentence_faults(hint))
    if not step.is_quiz:
        yield from _mutants(step, ids)
    yield from _failchecks(step, ids)
    if step.drill is not None:
        yield from ((("drill", *loc), message) for loc, message in lint_drill(step.drill))
    for j in twice(alternative.id for alternative in step.alternatives):
        name = shown(step.alternatives[j].id)
        yield ("alternatives", j, "id"), f"solution {name} en double dans l'étape"
    for j, alternative in enumerate(step.alternatives):
        faults = title_faults(alternative.title)
        yield from ((("alternatives", j, "title"), fault) for fault in faults)


def _failchecks(step: Step, checks: list[str]) -> Iterator[tuple[Loc, str]]:
    names = [*checks, *(one.check.id for one in step.failchecks)]
    for j, check in enumerate(one.check for one in step.failchecks):
        at: Loc = ("failchecks", j, "check")
        if names.index(check.id) != len(checks) + j:
            yield (*at, "id"), f"contrôle {shown(check.id)} en double dans l'étape"
        if check.effect is not Effect.OBSERVE:
            yield at, "un état sans retour s'observe : effect: act n'a pas de sens ici"
        for key in ("needs", "guard"):
            if getattr(check, key):
                yield (*at, key), "cette clé n'a pas de sens pour un état sans retour"
        yield from (((*at, key), message) for key, message in pattern_faults(check))
        yield from (((*at, "title"), fault) for fault in title_faults(check.title))
        yield from (((*at, "hint"), fault) for fault in sentence_faults(check.hint))


def _mutants(step: Step, checks: list[str]) -> Iterator[tuple[Loc, str]]:
    if len(step.mutants) < MIN_MUTANTS:
        yield ("mutants",), f"au moins {MIN_MUTANTS} mutants attendus, {len(step.mutants)} donné(s)"
    for j in twice(mutant.id for mutant in step.mutants):
        yield ("mutants", j, "id"), f"mutant {shown(step.mutants[j].id)} en double dans l'étape"
    killers = {killer for mutant in step.mutants for killer in mutant.killed_by}
    for j, check in enumerate(step.checks):
        if check.id not in killers:
            message = "aucun mutant ne fait échouer ce contrôle : nommez-le dans un killed_by"
            yield ("checks", j, "id"), message
    if all(check.guard for check in step.checks):
        yield ("checks",), "une étape faite de garde-fous seulement est réussie d'avance"
    for j, mutant in enumerate(step.mutants):
        for k, killer in enumerate(mutant.killed_by):
            if killer not in checks:
                yield ("mutants", j, "killed_by", k), _unknown_check(killer, checks)
        yield from ((("mutants", j, "title"), fault) for fault in title_faults(mutant.title))


def _unknown_check(name: str, known: Iterable[str]) -> str:
    return f"aucun contrôle {shown(name)} dans l'étape" + suggestion(name, known)


def pattern_faults(check: BaseCheck) -> Iterator[tuple[str, str]]:
    """The keys of a check that hold no regular expression where one is wanted, and why."""
    for key in filter(is_pattern, type(check).model_fields):
        try:
            re.compile(getattr(check, key) or "")
        except re.error as error:
            yield key, f"expression régulière incorrecte : {error}"


def _parameters_of_checks(loaded: Loaded[Exercise], i: int) -> Iterator[Problem]:
    known = loaded.model.parameters
    for j, check in enumerate(loaded.model.steps[i].checks):
        if isinstance(check, FileIdenticalCheck) and check.parameter not in known:
            yield loaded.problem(
                ("steps", i, "checks", j, "parameter"),
                f"paramètre inconnu {shown(check.parameter)}" + suggestion(check.parameter, known),
            )


def _machines(loaded: Loaded[Exercise], vms: set[str]) -> Iterator[Problem]:
    for loc, vm in _used_machines(loaded.model):
        if vm not in vms:
            where = f"la topologie {shown(loaded.model.topology)}"
            if loaded.model.topology is None:
                where = "l'exercice, sans topologie,"
            message = f"{where} n'a pas de machine {shown(vm)}" + suggestion(vm, vms)
            yield loaded.problem(loc, message)


def _used_machines(exercise: Exercise) -> Iterator[tuple[Loc, str]]:
    for i, script in enumerate(exercise.setup):
        yield ("setup", i, "vm"), script.vm
    for i, step in enumerate(exercise.steps):
        for key in ("setup", "solution", "mutants"):
            for j, item in enumerate(getattr(step, key)):
                yield ("steps", i, key, j, "vm"), item.vm
        for j, check in enumerate(step.checks):
            for vm in check.machines():
                at: Loc = ("steps", i, "checks", j)
                yield (*at, "vm") if vm == check.vm else at, vm
        if step.drill is not None:
            for loc, vm in drill_machines(step.drill):
                yield ("steps", i, "drill", *loc), vm
        for j, failcheck in enumerate(step.failchecks):
            here: Loc = ("steps", i, "failchecks", j)
            yield (*here, "broken_by", "vm"), failcheck.broken_by.vm
            for vm in failcheck.check.machines():
                yield (*here, "check", "vm"), vm
        for j, alternative in enumerate(step.alternatives):
            for k, script in enumerate(alternative.solution):
                yield ("steps", i, "alternatives", j, "solution", k, "vm"), script.vm


def _texts(loaded: Loaded[Exercise]) -> Iterator[Problem]:
    for loc, value in _strings(loaded.model.model_dump(mode="json")):
        known = loaded.model.placeholders | ({ANSWER} if loc[-1:] == ("explanation",) else set())
        for _, message in wrong_placeholders(value, known):
            yield loaded.problem(loc, message)


def _strings(data: object, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    if isinstance(data, str):
        yield loc, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(value, (*loc, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from _strings(value, (*loc, position))
