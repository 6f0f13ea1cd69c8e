"""« Procédures »: the lesson's commands, and how each step really went."""

from itertools import groupby

from pcapra_lab.content.blocks import FileBlock
from pcapra_lab.grading.results import Outcome
from pcapra_lab.i18n import _
from pcapra_lab.progress.records import Attempt
from pcapra_lab.progress.store import END
from pcapra_lab.report.document import Block, Cell, Code, Note, Paragraph, Section, Table, Tone
from pcapra_lab.session.drill_words import duration
from pcapra_lab.session.reporting.facts import Facts, StepFacts
from pcapra_lab.session.reporting.words import STEPS, hour

MOST_ATTEMPTS = 20
"""Checks told of one step: the last."""


def procedures(facts: Facts) -> Section:
    """The section."""
    blocks: list[Block] = [
        Paragraph(
            _(
                "Pour chaque étape atteinte : ce que la leçon fait taper et écrire, puis comment "
                "l'étape s'est réellement passée, d'après ce que le laboratoire a enregistré."
            )
        ),
        Note(
            _(
                "Ce qui a été tapé dans les terminaux n'est pas enregistré : les commandes sont "
                "celles de la leçon. Les corrigés n'y figurent jamais. Les secrets du laboratoire "
                "sont remplacés par leur nom entre doubles accolades."
            )
        ),
        _timings(facts),
    ]
    if facts.position is not None:
        blocks.append(Note(_rewound(facts)))
    for one in facts.reached:
        blocks.append(Section(f"etape-{one.step.id}", one.step.title, tuple(_step(one))))
    return Section("procedures", _("Procédures exécutées"), tuple(blocks))


def _timings(facts: Facts) -> Table:
    head = (
        _("Étape"),
        _("État"),
        _("Commencée"),
        _("Réussie"),
        _("Temps passé"),
        _("Vérifications"),
        _("Indices"),
        _("Points"),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for one in facts.steps:
        record = one.record
        rows.append(
            (
                one.step.title,
                STEPS[one.status.state],
                hour(record.entered_at) if record else "—",
                hour(record.finished_at) if record and record.finished_at else "—",
                duration(record.seconds) if record else "—",
                str(len(one.attempts)),
                f"{one.status.hints_used}/{one.status.hints_total}",
                f"{one.status.earned}/{one.status.points}",
            )
        )
    return Table.of(head, rows)


def _rewound(facts: Facts) -> str:
    titles = {one.step.id: one.step.title for one in facts.steps}
    place = _("la fin") if facts.position == END else titles.get(facts.position or "", "")
    return _(
        "Les machines ont été ramenées en arrière pendant ce parcours ; il en est à « {place} ». "
        "Les points gagnés avant restent acquis."
    ).format(place=place)


def _step(one: StepFacts) -> list[Block]:
    blocks: list[Block] = []
    if one.record is not None and one.record.helped:
        blocks.append(Note(_("Étape aidée : le corrigé a été montré ou appliqué.")))
    for block in one.blocks:
        if isinstance(block, FileBlock):
            caption = _("Fichier {path} sur {vm}").format(path=block.path, vm=block.vm)
            blocks.append(Code(block.content, block.language, caption))
        else:
            caption = _("Sur {vm}").format(vm=block.vm)
            blocks.append(Code(block.code, block.language, caption))
    if not one.blocks and not one.step.is_quiz:
        blocks.append(
            Paragraph(_("La leçon n'impose pas de commande à cette étape : la méthode est libre."))
        )
    if one.attempts:
        blocks += _attempts(one)
    else:
        blocks.append(Paragraph(_("Aucune vérification n'a été demandée.")))
    return blocks


def _attempts(one: StepFacts) -> list[Block]:
    blocks: list[Block] = []
    if len(one.attempts) > MOST_ATTEMPTS:
        said = _("{count} vérifications ; voici les {last} dernières.")
        blocks.append(Paragraph(said.format(count=len(one.attempts), last=MOST_ATTEMPTS)))
    head = (_("Vérification du"), _("Résultat"), _("Ce qui n'était pas encore vrai"), _("Durée"))
    rows: list[tuple[str | Cell, ...]] = [
        (
            hour(attempt.at),
            Cell(_("✔ tout est vert"), Tone.GOOD) if attempt.green else _result(attempt),
            ", ".join(one.titles.get(name, name) for name in _failed(attempt)),
            duration(attempt.seconds),
        )
        for attempt in one.attempts[-MOST_ATTEMPTS:]
    ]
    return [*blocks, Table.of(head, rows)]


def _failed(attempt: Attempt) -> list[str]:
    return [name for name, outcome in attempt.outcomes.items() if outcome == Outcome.FAIL.value]


def _result(attempt: Attempt) -> Cell:
    by_outcome = sorted(attempt.outcomes.values())
    counts = {outcome: len(list(same)) for outcome, same in groupby(by_outcome)}
    failed = counts.get(Outcome.FAIL.value, 0)
    if failed:
        return Cell(_("✘ {count} en échec").format(count=failed), Tone.BAD)
    return Cell(_("⚠ non évaluée"), Tone.DOUBT)
