"""Search over the whole course, and its glossary, at any question of the plain mode."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from pcapra_lab.cli.plain_blocks import tell
from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.content.blocks import Block, LessonDocument, Prose
from pcapra_lab.content.folding import fold
from pcapra_lab.content.glossary import Lexicon, Term
from pcapra_lab.content.search import Hit
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _

HELP_WORDS = frozenset({"aide", "help", "h", "?"})
"""What asks for the list of answers, at any question."""
_MOST = 9
"""Results told at once: more would be read aloud in vain."""


class Course(Protocol):
    """What is searched, explained and read: a part of ``session.api.Application``."""

    def search(self, query: str) -> tuple[Hit, ...]:
        """See ``Application.search``."""
        ...

    def lexicon(self) -> Lexicon:
        """See ``Application.lexicon``."""
        ...

    def read_only(self, module: str, lesson: str) -> LessonDocument:
        """See ``Application.read_only``."""
        ...


class Library:
    """Answers ``/ WORDS`` and ``g [WORD]``.

    Args:
        course: where to look.
        voice: who is spoken with.
        open_lessons: by ``module/lesson``, lessons with their parameters filled in.
    """

    def __init__(
        self, course: Course, voice: Voice, open_lessons: Mapping[str, LessonDocument] | None = None
    ) -> None:
        self._course = course
        self._voice = voice
        self._open = dict(open_lessons or {})

    def serves(self, answer: str, reading: Iterable[Block] = ()) -> bool:
        """Do what ``answer`` asks for; False when that is nothing of the library's.

        Args:
            answer: as typed.
            reading: the blocks whose words ``g`` explains when none is given.

        Raises:
            EndOfInput: the trainee leaves when asked what to read.
        """
        word, __, rest = answer.partition(" ")
        try:
            if answer.startswith("/"):
                self._search(answer[1:].strip())
            elif word.lower() == "g":
                self._explain(rest.strip(), reading)
            else:
                return False
        except LabError as error:
            self._voice.problem(error)
        return True

    def _search(self, words: str) -> None:
        words = words or self._voice.ask(_("Mots à chercher dans tout le cours, Entrée renonce."))
        if not words:
            return
        hits = self._course.search(words)
        if not hits:
            self._voice.say(_("Rien de tel. Essayez un mot plus court, ou un seul mot."))
            return
        for number, hit in enumerate(hits[:_MOST], start=1):
            where = _(", « {section} »").format(section=hit.section) if hit.section else ""
            self._voice.say(
                _("{number} : {hit_number} {title}{where}. {excerpt}").format(
                    number=number,
                    hit_number=hit.number,
                    title=hit.title,
                    where=where,
                    excerpt=hit.excerpt,
                )
            )
        if len(hits) > _MOST:
            self._voice.say(
                _("{count} sections en tout : un mot de plus en laisserait moins.").format(
                    count=len(hits)
                )
            )
        self._read_one(hits[:_MOST])

    def _read_one(self, hits: tuple[Hit, ...]) -> None:
        while True:
            answer = self._voice.ask(_("Numéro de la section à lire, Entrée n'en lit aucune."))
            if not answer:
                return
            if answer.isdecimal() and 1 <= int(answer) <= len(hits):
                self._read(hits[int(answer) - 1])
                return
            self._voice.say(
                _("« {answer} » n'est pas un numéro : de 1 à {count}.").format(
                    answer=answer, count=len(hits)
                )
            )

    def _read(self, hit: Hit) -> None:
        document = self._open.get(f"{hit.module}/{hit.lesson}")
        if document is None:
            document = self._course.read_only(hit.module, hit.lesson)
        found = [s for s in document.sections if s.anchor == hit.anchor]
        self._voice.title(
            _("{number} {title} : {section}").format(
                number=hit.number, title=hit.title, section=hit.section or "introduction"
            )
        )
        for block in found[0].blocks if found else document.introduction:
            tell(block, self._voice)
        self._voice.say()
        self._voice.say(_("Fin de ce qui était à lire."))

    def _explain(self, word: str, reading: Iterable[Block]) -> None:
        lexicon = self._course.lexicon()
        if not lexicon.terms:
            self._voice.say(_("Ce cours n'a pas de glossaire."))
        elif word:
            self._define(
                _named(lexicon, word),
                _("« {word} » n'est pas dans le glossaire.").format(word=word),
                lexicon,
            )
        else:
            here = _used(lexicon, reading)
            self._define(here, _("Aucun mot du glossaire ici."), lexicon)

    def _define(self, terms: list[Term], none: str, lexicon: Lexicon) -> None:
        for term in terms:
            names = f", {', '.join(term.aliases)}" if term.aliases else ""
            self._voice.say(
                _("{term}{names} : {definition}").format(
                    term=term.term, names=names, definition=term.definition.strip()
                )
            )
        if not terms:
            names = ", ".join(term.term for term in lexicon.terms)
            self._voice.say(
                _("{none} g suivi d'un de ces mots l'explique : {names}.").format(
                    none=none, names=names
                )
            )


def _named(lexicon: Lexicon, word: str) -> list[Term]:
    """The term of that name; else those with a name that begins so, whatever the accents."""
    for name in (word, word.upper()):
        if (term := lexicon.named(name)) is not None:
            return [term]
    begin = fold(word)[0]
    return [t for t in lexicon.terms if any(fold(n)[0].startswith(begin) for n in t.names)]


def _used(lexicon: Lexicon, reading: Iterable[Block]) -> list[Term]:
    proses = [block.markdown for block in reading if isinstance(block, Prose)]
    used = frozenset[str]().union(*lexicon.first_uses(proses))
    return [term for term in lexicon.terms if term.term in used]
