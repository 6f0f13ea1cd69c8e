"""A lesson read and done from top to bottom, one block after the other."""

import difflib
from collections.abc import Callable, Mapping
from enum import Enum, auto
from functools import partial

from pcapra_lab.cli.plain_blocks import tell
from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.cli.plain_drill import HELP as DRILL_HELP
from pcapra_lab.cli.plain_library import HELP_WORDS, Library
from pcapra_lab.cli.plain_quiz import ask_questions
from pcapra_lab.cli.plain_voice import EndOfInput, Voice
from pcapra_lab.content.blocks import (
    Block,
    CommandBlock,
    FileBlock,
    LessonDocument,
    Section,
)
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import StepState

_KEYS = _("p passer, s terminal, c vérifier, i indice, sol solution, r revenir, aide, q quitter")
_HELP = (
    _("Entrée : fait ce que la question propose."),
    _("p : passe à la suite sans le faire."),
    _(
        "! COMMANDE : exécute votre propre commande dans le même terminal ; !VM COMMANDE : "
        "ailleurs."
    ),
    _("s, ou s VM : donne le terminal de la machine ; F12 en revient."),
    _("ed : devant un fichier, l'ouvre dans l'éditeur de la machine, nano ou $EDITOR."),
    _("c : vérifie l'étape en cours et dit ce qui manque."),
    _("i : l'indice suivant, 20 % des points de l'étape."),
    _("sol : applique la solution, pour zéro point."),
    _("r : ramène toutes les machines au début d'une étape."),
    _("l : relit la section depuis son début."),
    _("e : l'état des machines et des étapes."),
    _("t : l'architecture visée, ce qui est en place."),
    _("pause : arrête le temps compté ; Entrée reprend."),
    _("x : l'examen ; x commencer, x rendre, x finir, x abandonner."),
    _("w, ou w CONSOLE : l'adresse d'une console web de la leçon, ouverte dans votre navigateur."),
    _("/ MOTS : cherche dans tout le cours, et lit une section trouvée."),
    _("g, ou g MOT : explique les mots du glossaire employés ici, ou celui-là."),
    _("q : quitte ; la progression est gardée."),
)
_NOWHERE: Mapping[str, Callable[[], None]] = {}

_TRANSLATION = _(
    "En mode texte : là où la leçon dit « F5 », répondez c ; chaque machine a son terminal, là où "
    "elle dit « onglet ». / suivi de mots les cherche dans le cours, g explique les mots du "
    "métier. aide dit tout le reste."
)


class Go(Enum):
    """What comes after a block."""

    ACT = auto()
    ON = auto()
    AGAIN = auto()
    """The section from its beginning."""
    ELSEWHERE = auto()
    """The current step is another one now."""


def read(document: LessonDocument, voice: Voice, library: Library) -> None:
    """A lesson without machines, to be read only."""
    voice.title(
        _("Leçon {number} : {title}").format(number=document.meta.number, title=document.meta.title)
    )
    reading = document.introduction
    for block in reading:
        tell(block, voice)
    for section in document.sections:
        while answer := voice.ask(
            _("[Entrée] lire « {title} », q quitter").format(title=section.title)
        ):
            if answer.lower() in {"q", "quitter"}:
                return
            if not library.serves(answer, reading):
                voice.say(_("/ suivi de mots les cherche dans le cours, g explique ceux d'ici."))
        reading = section.blocks
        voice.title(section.title)
        for block in reading:
            tell(block, voice)


class Teacher:
    """Leads a trainee through a lesson's sections, from the current step's on."""

    def __init__(self, desk: Desk, library: Library) -> None:
        self._desk = desk
        self._library = library
        self._reading: tuple[Block, ...] = ()
        self._voice = desk.voice
        self._lesson = desk.session.lesson
        self._vm = next((vm.name for vm in desk.session.topology.vms), "")
        """The machine of the last command: where `!` and `s` go. Empty where there is none."""
        blocks = [b for s in self._lesson.sections for b in s.blocks]
        self._numbers: dict[str, int] = {}
        for kind in (CommandBlock, FileBlock):
            ours = [b for b in (*self._lesson.introduction, *blocks) if isinstance(b, kind)]
            self._numbers |= {b.key: number for number, b in enumerate(ours, start=1)}

    def teach(self) -> bool:
        """Until the lesson's end or the trainee's leave; whether every step is done."""
        meta = self._lesson.meta
        self._voice.title(
            _("Leçon {number} : {title}").format(number=meta.number, title=meta.title)
        )
        if self._vm:
            self._voice.say(_TRANSLATION)
        self._desk.tell_state()
        if self._desk.current() is None:
            self._voice.say(_("Exercice déjà terminé. pcapra-lab reset le recommence."))
            return True
        try:
            self._sections()
        except (EndOfInput, KeyboardInterrupt):
            self._voice.say(_("Vous quittez la leçon. La progression est gardée."))
        if (left := self._desk.current()) is not None:
            self._voice.say(_("Il reste à faire : {title}.").format(title=left.title))
        return left is None

    def _sections(self) -> None:
        position = self._start()
        if position == 0:
            while (go := self._blocks(None, self._lesson.introduction)) is Go.AGAIN:
                pass
            if go is Go.ELSEWHERE:
                position = self._start()
        while position < len(self._lesson.sections):
            section = self._lesson.sections[position]
            match self._section(section):
                case Go.ELSEWHERE:
                    position = self._start()
                case Go.AGAIN:
                    continue
                case _:
                    position += 1
        self._voice.say(_("Fin de la leçon."))

    def _start(self) -> int:
        """The current step's section; the first one, when nothing is done yet."""
        state = self._desk.session.state()
        if state.steps and state.steps[0].state is StepState.CURRENT:
            return 0
        places = [
            place
            for place, section in enumerate(self._lesson.sections)
            if section.step is not None and section.step == state.current_step
        ]
        return places[0] if places else 0

    def _section(self, section: Section) -> Go:
        self._voice.title(section.title)
        current = self._desk.current()
        if section.step is not None and current is not None and section.step != current.id:
            self._voice.say(_("L'étape en cours est : {title}.").format(title=current.title))
        if self._graded_here(section):
            self._desk.drill.introduce()
        go = self._blocks(section, section.blocks)
        if go is Go.ON and self._graded_here(section) and self._desk.session.questions():
            return Go.ON if ask_questions(self._desk) else Go.AGAIN
        while go is Go.ON and self._graded_here(section):
            go = self._choose(_("Fin de la section. [Entrée] vérifier l'étape"))
            if go is Go.ON:
                return go
            if go is Go.ACT:
                self._try(self._desk.check)
                go = Go.ON
        return go

    def _blocks(self, section: Section | None, blocks: tuple[Block, ...]) -> Go:
        self._reading = blocks
        for block in blocks:
            tell(block, self._voice, self._numbers.get(getattr(block, "key", ""), 0))
            go = Go.ON
            if isinstance(block, CommandBlock):
                self._vm = block.vm
                go = self._command(section, block)
            elif isinstance(block, FileBlock):
                self._vm = block.vm
                go = self._file(section, block)
            if go is not Go.ON:
                return go
        return Go.ON

    def _command(self, section: Section | None, block: CommandBlock) -> Go:
        while (go := self._choose(_("[Entrée] exécuter"))) is Go.ACT:
            if self._try(lambda: self._desk.run(block.vm, block.code)):
                self._watch(section)
                return Go.ON
        return go

    def _file(self, section: Section | None, block: FileBlock) -> Go:
        if not self._try(lambda: self._tell_difference(block)):
            self._voice.say(_("Le fichier de la machine n'a pas pu être comparé."))

        def edit() -> None:
            if self._try(lambda: self._desk.edit(block.vm, block.path)):
                self._watch(section)

        proposal = _("[Entrée] écrire ce fichier, ed l'ouvrir dans l'éditeur")
        while (go := self._choose(proposal, {"ed": edit})) is Go.ACT:
            if self._try(
                lambda: self._desk.write_file(block.vm, block.path, block.content, block.mode)
            ):
                self._watch(section)
                return Go.ON
        return go

    def _tell_difference(self, block: FileBlock) -> None:
        there = self._desk.session.read_file(block.vm, block.path).content
        if there is None:
            self._voice.say(_("Ce fichier n'existe pas encore sur {vm}.").format(vm=block.vm))
        elif there == block.content:
            self._voice.say(_("Le fichier de {vm} a déjà ce contenu.").format(vm=block.vm))
        else:
            lines = difflib.ndiff(there.splitlines(), block.content.splitlines())
            words = {"- ": _("retirée"), "+ ": _("ajoutée")}
            changed = [
                _("  {change} : {line}").format(change=words[x[:2]], line=x[2:])
                for x in lines
                if x[:2] in words
            ]
            self._voice.show(
                _("Différence avec le fichier de {vm}, ligne à ligne :").format(vm=block.vm)
            )
            self._voice.show("\n".join(changed))

    def _watch(self, section: Section | None) -> None:
        if section is not None and self._graded_here(section):
            self._try(self._desk.watch)

    def _graded_here(self, section: Section) -> bool:
        current = self._desk.current()
        return current is not None and section.step == current.id

    def _choose(self, proposal: str, here: Mapping[str, Callable[[], None]] = _NOWHERE) -> Go:
        """Answer requests until one of them moves the lesson on.

        Args:
            proposal: what can be done at this place.
            here: requests that only mean something at this place.

        Raises:
            EndOfInput: the trainee leaves.
        """
        while True:
            self._desk.tell_news()
            answer = self._voice.ask(f"{proposal}, {_KEYS}")
            word, __, rest = answer.partition(" ")
            match word.lower():
                case "":
                    return Go.ACT
                case "p":
                    return Go.ON
                case "l":
                    return Go.AGAIN
                case "q":
                    raise EndOfInput
                case "r":
                    if self._try(self._desk.rewind):
                        return Go.ELSEWHERE
                case "x":
                    if self._try(partial(self._desk.exam.serve, rest.strip())):
                        return Go.ELSEWHERE
                case special if special in here:
                    here[special]()
                case _:
                    self._serve(word.lower(), rest.strip(), answer)

    def _serve(self, word: str, rest: str, answer: str) -> None:
        simple = {
            "c": self._desk.check,
            "i": self._desk.hint,
            "sol": self._desk.solve,
            "e": self._desk.tell_state,
            "pause": self._desk.pause,
            "t": self._desk.tell_target,
        }
        if word in simple:
            self._try(simple[word])
        elif word == "s":
            if self._try(lambda: self._desk.join(rest or self._vm)):
                self._try(self._desk.watch)
        elif word == "w":
            self._try(lambda: self._desk.web(rest))
        elif word == "d":
            self._try(lambda: self._desk.drill.serve(rest))
        elif word.startswith("!"):
            vm, code = word[1:] or self._vm, rest
            if self._try(lambda: self._desk.run(vm, code)):
                self._try(self._desk.watch)
        else:
            if self._library.serves(answer, self._reading):
                return
            if word not in HELP_WORDS:
                self._voice.say(
                    _("« {answer} » n'est pas une réponse connue.").format(answer=answer)
                )
            for line in (*_HELP, *(DRILL_HELP if self._desk.session.drills.view() else ())):
                self._voice.say(line)

    def _try(self, act: Callable[[], object]) -> bool:
        """Do something that may fail; whether it did not, and did not say no."""
        try:
            return act() is not False
        except LabError as error:
            self._voice.problem(error)
            return False
