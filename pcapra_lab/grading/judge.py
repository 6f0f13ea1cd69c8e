"""Facts against what a check expects: a result in the trainee's words."""

import hashlib
import re
import shlex
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from pcapra_lab.content.checks import (
    Check,
    CommandCheck,
    FileCheck,
    FileIdenticalCheck,
    PackageCheck,
    ScriptCheck,
)
from pcapra_lab.errors import LabError
from pcapra_lab.grading.compile import Parameters
from pcapra_lab.grading.facts import ErrorFact, Fact, FileFact, PackageFact, RunFact, explain
from pcapra_lab.grading.results import CheckResult, Outcome
from pcapra_lab.grading.text import clean, last_lines

_KINDS = {"directory": "un dossier", "other": "un fichier spécial", "file": "un fichier"}
_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.SKIP, Outcome.PENDING, Outcome.PASS)


class Unjudgeable(Exception):
    """The facts do not allow a verdict; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    ok: bool
    expected: str
    observed: str
    hint: str = ""


class _ScriptVerdict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    ok: bool
    expected: str
    observed: str
    hint: str = ""


def judge(check: Check, fact: Fact | None, parameters: Parameters) -> CheckResult:
    """The result of a bound check. ``fact`` is None when the agent left it out."""
    cost = fact.seconds if fact else 0.0
    try:
        verdict = _verdict(check, fact, parameters)
    except Unjudgeable as reason:
        return CheckResult(
            id=check.id,
            title=check.title,
            vm=check.vm,
            outcome=Outcome.ERROR,
            observed=str(reason),
            hint="Ce contrôle n'a pas pu être évalué : il ne vous pénalise pas. Relancez-le.",
            seconds=cost,
        )
    return CheckResult(
        id=check.id,
        title=check.title,
        vm=check.vm,
        outcome=Outcome.PASS if verdict.ok else Outcome.FAIL,
        expected=clean(check.expected or verdict.expected),
        observed=clean(verdict.observed),
        hint="" if verdict.ok else clean(verdict.hint or check.hint),
        seconds=cost,
    )


def unreachable(check: Check, error: LabError) -> CheckResult:
    """The result of a check whose VM did not answer."""
    return CheckResult(
        id=check.id,
        title=check.title,
        vm=check.vm,
        outcome=Outcome.ERROR,
        observed=clean(error.message),
        hint=error.hint,
    )


def skipped(check: Check, blocker: CheckResult) -> CheckResult:
    """The result of a check that needs ``blocker``, which has not passed."""
    return CheckResult(
        id=check.id,
        title=check.title,
        vm=check.vm,
        outcome=Outcome.SKIP,
        observed=f"non évalué : « {blocker.title} » doit d'abord réussir",
    )


def pending(check: Check) -> CheckResult:
    """The result of an acting check that nobody asked for."""
    return CheckResult(
        id=check.id,
        title=check.title,
        vm=check.vm,
        outcome=Outcome.PENDING,
        observed="agit sur la machine : évalué quand vous demandez la vérification",
    )


def root_cause_first(results: list[CheckResult]) -> tuple[CheckResult, ...]:
    """Failures first, in dependency order as given; what follows from them after."""
    return tuple(sorted(results, key=lambda result: _ORDER.index(result.outcome)))


def _verdict(check: Check, fact: Fact | None, parameters: Parameters) -> _Verdict:
    match check, fact:
        case _, None:
            raise Unjudgeable("l'agent de notation n'a rien dit de ce contrôle")
        case _, ErrorFact():
            raise Unjudgeable(explain(fact))
        case CommandCheck(), RunFact():
            return _command(check, fact)
        case ScriptCheck(), RunFact():
            return _script(check, fact)
        case PackageCheck(), PackageFact():
            return _package(check, fact)
        case FileCheck(), FileFact():
            return _file(check, fact)
        case FileIdenticalCheck(), FileFact():
            return _identical(check, fact, parameters[check.parameter])
    raise Unjudgeable("l'agent de notation a répondu à un autre contrôle")


def _command(check: CommandCheck, fact: RunFact) -> _Verdict:
    shown = clean(shlex.join(check.run), 200)
    if fact.timed_out:
        raise Unjudgeable(f"« {shown} » n'a pas fini en {check.timeout}")
    expected = [f"« {shown} » se termine avec le code {check.exit_code}"]
    if check.stdout_matches is not None:
        expected.append(f"affiche un texte qui correspond à « {check.stdout_matches} »")
    if check.stdout_lacks is not None:
        expected.append(f"n'affiche rien qui corresponde à « {check.stdout_lacks} »")
    problem = ""
    if fact.exit != check.exit_code:
        said = last_lines(fact.stderr) or last_lines(fact.stdout)
        problem = _ending(fact.exit) + (f" : {said}" if said else "")
    else:
        problem = _text_problem(
            fact.stdout, fact.truncated, check.stdout_matches, check.stdout_lacks, "la sortie"
        )
    observed = problem or f"code de sortie {fact.exit}"
    return _Verdict(not problem, ", et ".join(expected), observed)


def _ending(status: int) -> str:
    if status < 0:
        return f"arrêt par le signal {-status}"
    return f"code de sortie {status}" + (" (commande introuvable)" if status == 127 else "")


def _text_problem(
    text: str, truncated: bool, matches: str | None, lacks: str | None, what: str
) -> str:
    """What is wrong with ``text``, or nothing. Raises Unjudgeable when too little was read."""
    if lacks is not None and (found := _search(lacks, text)):
        return f"{what} contient « {clean(found[0], 120)} »"
    missing = matches is not None and not _search(matches, text)
    if truncated and (missing or lacks is not None):
        raise Unjudgeable(f"{what} dépasse ce qui peut être lu en entier")
    if missing:
        excerpt = last_lines(text)
        return f"{what} : {excerpt}" if excerpt else f"{what} est vide"
    return ""


def _search(pattern: str, text: str) -> re.Match[str] | None:
    try:
        return re.search(pattern, text, re.MULTILINE)
    except re.error as error:
        raise Unjudgeable(f"expression « {pattern} » invalide dans l'exercice ({error})") from error


def _script(check: ScriptCheck, fact: RunFact) -> _Verdict:
    if fact.timed_out:
        raise Unjudgeable(f"le script {check.run} n'a pas fini en {check.timeout}")
    if fact.exit != 0:
        said = last_lines(fact.stderr)
        ending = f"le script {check.run} a échoué, {_ending(fact.exit)}"
        raise Unjudgeable(f"{ending} : {said}" if said else ending)
    try:
        verdict = _ScriptVerdict.model_validate_json(fact.stdout)
    except ValidationError as error:
        said = last_lines(fact.stdout, 1)
        raise Unjudgeable(
            f"le script {check.run} n'a pas rendu un verdict lisible"
            + (f" : {said}" if said else "")
        ) from error
    return _Verdict(verdict.ok, verdict.expected, verdict.observed, verdict.hint)


def _package(check: PackageCheck, fact: PackageFact) -> _Verdict:
    expected = f"le paquet {check.name} est installé"
    match fact.status:
        case "installed":
            return _Verdict(True, expected, f"{check.name} {fact.version} est installé")
        case "absent" | "not-installed":
            return _Verdict(False, expected, f"le paquet {check.name} n'est pas installé")
        case "config-files":
            observed = f"{check.name} a été désinstallé ; il n'en reste que la configuration"
            return _Verdict(False, expected, observed)
    observed = f"l'installation de {check.name} n'est pas terminée (état dpkg : {fact.status})"
    return _Verdict(False, expected, observed)


def _file(check: FileCheck, fact: FileFact) -> _Verdict:
    if not check.exists:
        gone = fact.type == "absent"
        observed = f"{check.path} n'existe pas" if gone else f"{check.path} existe"
        return _Verdict(gone, f"{check.path} n'existe pas", observed)
    expected = [f"{check.path} existe"]
    if check.mode_max is not None:
        expected.append(f"droits {check.mode_max} au plus")
    if check.owner is not None:
        expected.append(f"propriétaire {check.owner}")
    if check.group is not None:
        expected.append(f"groupe {check.group}")
    if check.matches is not None:
        expected.append(f"contient un texte qui correspond à « {check.matches} »")
    if check.lacks is not None:
        expected.append(f"ne contient rien qui corresponde à « {check.lacks} »")
    problems = _missing(check.path, fact) or _file_problems(check, fact)
    observed = ", ".join(problems) or f"droits {fact.mode}, {fact.owner}:{fact.group}"
    return _Verdict(not problems, ", ".join(expected), observed)


def _missing(path: str, fact: FileFact) -> list[str]:
    if fact.type == "absent":
        return [f"{path} n'existe pas"]
    if fact.type == "broken-link":
        return [f"{path} est un lien symbolique vers un fichier qui n'existe pas"]
    return []


def _file_problems(check: FileCheck, fact: FileFact) -> list[str]:
    problems = []
    if check.mode_max is not None and int(fact.mode, 8) & ~int(check.mode_max, 8):
        problems.append(f"droits {fact.mode}")
    if check.owner not in (None, fact.owner):
        problems.append(f"propriétaire {fact.owner}")
    if check.group not in (None, fact.group):
        problems.append(f"groupe {fact.group}")
    if check.matches is None and check.lacks is None:
        return problems
    if fact.content is None:
        return [*problems, f"{check.path} est {_KINDS[fact.type]}, pas un fichier à lire"]
    try:
        text = _text_problem(fact.content, fact.truncated, check.matches, check.lacks, "le fichier")
    except Unjudgeable:
        # Enough is wrong already for a verdict.
        if not problems:
            raise
        text = ""
    if text and check.secret:
        text = "le fichier est vide" if not fact.content.strip() else "son contenu ne convient pas"
    return [*problems, text] if text else problems


def _identical(check: FileIdenticalCheck, fact: FileFact, planted: str) -> _Verdict:
    expected = f"{check.path} est identique, octet pour octet, au fichier d'origine"
    data = planted.encode("utf-8")
    problems = _missing(check.path, fact)
    if not problems and fact.type != "file":
        problems = [f"{check.path} est {_KINDS[fact.type]}"]
    if not problems and fact.size != len(data):
        problems = [f"{fact.size} octets au lieu de {len(data)}"]
    if not problems and fact.sha256 != hashlib.sha256(data).hexdigest():
        problems = ["la taille est la bonne, mais le contenu diffère"]
    observed = ", ".join(problems) or f"{fact.size} octets, même empreinte SHA-256"
    return _Verdict(not problems, expected, observed)
