"""An exam in words, the same in every front."""

import time
from collections.abc import Mapping
from typing import Any

from pcapra_lab.i18n import _
from pcapra_lab.progress.exam_check import Checked
from pcapra_lab.progress.exam_entries import Entry, Kind
from pcapra_lab.session.exam_api import Counted, ExamPhase, ExamView, StepVerdict
from pcapra_lab.session.pace_words import minutes

RULES = (
    _("Les machines repartent de leur état préparé, la progression de la première étape."),
    _("Ni indice, ni solution, ni vérification, ni retour en arrière avant la fin."),
    _("La leçon reste ouverte, avec les commandes qu'elle donne."),
    _("« Rendre » une étape la note sans le dire et passe à la suivante ; terminer note tout."),
    _("Une étape est acquise si elle est juste quand vous la rendez, ou à la fin."),
    _("La pause endort les machines et arrête l'horloge ; elle est écrite au journal."),
)
"""What a trainee accepts."""

LIMITS = _(
    "Ce que l'examen n'empêche pas : vous êtes root sur les machines et chez vous sur cet "
    "ordinateur. Il ne prouve ni qui est au clavier, ni que l'horloge de l'ordinateur est juste, "
    "ni que personne n'a ouvert les fichiers du cours, solutions comprises. Le journal montre ce "
    "qui a été changé après coup si le formateur a noté les empreintes de début et de fin ; sans "
    "elles, qui a le fichier peut en écrire un autre."
)
"""What an exam does not prevent."""

PHASES = {
    ExamPhase.RUNNING: _("en cours"),
    ExamPhase.PAUSED: _("en pause"),
    ExamPhase.FINISHED: _("terminé"),
    ExamPhase.ABANDONED: _("abandonné, sans résultat"),
}

COUNTED = {
    Counted.FINAL: "",
    Counted.SUBMITTED: _("juste à sa remise, plus à la fin"),
    Counted.UNREACHED: _("pas atteinte"),
}


def fingerprint(digest: str) -> str:
    """What a trainer notes of a hash: sixteen digits in groups of four."""
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


def clock_words(exam: ExamView) -> str:
    """« reste 1 h 12 sur 2 h 30 », or by how much the time is over."""
    planned = minutes(exam.planned)
    if exam.left < 0:
        return _("temps dépassé de {late}, {planned} étaient prévues").format(
            late=minutes(-exam.left), planned=planned
        )
    return _("reste {left} sur {planned}").format(left=minutes(exam.left), planned=planned)


def verdict_words(one: StepVerdict) -> str:
    """« 4/4 contrôles, 10/10 points », and how it counts when it is not by the final grading."""
    said = _("{passed}/{count} contrôles, {earned}/{points} points").format(
        passed=one.passed, count=one.count, earned=one.earned, points=one.points
    )
    return f"{said} ({COUNTED[one.counted]})" if COUNTED[one.counted] else said


def exam_lines(exam: ExamView, titles: Mapping[str, str]) -> list[str]:
    """Where an exam stands, a sentence each.

    Args:
        exam: the exam.
        titles: of the steps, by id.
    """
    lines = [_("Examen {phase}.").format(phase=PHASES[exam.phase])]
    if exam.running:
        lines.append(_("Temps : {clock}.").format(clock=clock_words(exam)))
        handed = ", ".join(titles.get(step, step) for step in exam.submitted)
        lines.append(_("Étapes rendues : {handed}.").format(handed=handed or _("aucune")))
    if exam.phase is ExamPhase.FINISHED:
        lines.append(
            _("Résultat : {earned}/{total} points en {used} ({planned} prévues).").format(
                earned=exam.earned,
                total=exam.total,
                used=minutes(exam.used),
                planned=minutes(exam.planned),
            )
        )
    lines.append(_("Journal : {path}").format(path=exam.journal))
    lines.append(
        _("Empreinte à donner au formateur : {fingerprint}").format(
            fingerprint=fingerprint(exam.fingerprint)
        )
    )
    return lines


_KINDS = {
    Kind.START: _("début de l'examen"),
    Kind.OPEN: _("machines mises en route"),
    Kind.PAUSE: _("pause"),
    Kind.RESUME: _("reprise"),
    Kind.SLEEP: _("machines endormies"),
    Kind.LEAVE: _("programme quitté, machines en marche"),
    Kind.SUBMIT: _("étape rendue"),
    Kind.TORN: _("écriture interrompue, reprise"),
    Kind.FINISH: _("fin et notation"),
    Kind.ABANDON: _("abandon"),
    Kind.SEAL: _("signature"),
}


def legible(value: object) -> str:
    """What a file from elsewhere says, without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "�" for sign in str(value))[:200]


def story(checked: Checked) -> list[str]:
    """What happened, a line an entry, for a trainer."""
    return [
        f"{_when(entry)}  {_KINDS.get(entry.kind) or legible(entry.kind)}{_more(entry)}"
        for entry in checked.entries
    ]


def _when(entry: Entry) -> str:
    return time.strftime("%d/%m/%Y %H:%M:%S", time.localtime(entry.at))


def _more(entry: Entry) -> str:
    data: Mapping[str, Any] = entry.data
    if entry.kind == Kind.SUBMIT:
        return _(" : {step}").format(step=legible(data.get("step", "")))
    if entry.kind == Kind.RESUME and isinstance(data.get("paused"), int | float):
        return _(" après {pause}").format(pause=minutes(data["paused"]))
    return ""
