"""What a trainee can ask for at any moment of a lesson in plain mode."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from pcapra_lab.cli.plain_drill import PlainDrill
from pcapra_lab.cli.plain_exam import PlainExam
from pcapra_lab.cli.plain_shell import COLUMNS, ROWS, PlainShell
from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.cli.plain_words import POWERS, tell_lost, tell_report, tell_state
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import Outcome, StepReport, StepStatus, TraineeSession, VmPower
from pcapra_lab.session.blueprint_words import plan_lines
from pcapra_lab.session.browser import show_page
from pcapra_lab.session.editing import edit_command

Cancellable = Callable[[], AbstractContextManager[threading.Event]]


class Desk:
    """A session's acts, told in words.

    Args:
        session: open; ``start`` is called from here.
        voice: who is spoken with.
        cancellable: gives an event that Ctrl-C sets while machines are moved.
    """

    def __init__(self, session: TraineeSession, voice: Voice, cancellable: Cancellable) -> None:
        self.session = session
        self.voice = voice
        self._cancellable = cancellable
        self._shells: dict[str, PlainShell] = {}
        self._news: deque[tuple[str, VmPower]] = deque()
        self.drill = PlainDrill(session, voice)
        """The current step's drill."""
        self.exam = PlainExam(session, voice, cancellable, lambda: self._drop(list(self._shells)))
        """The exam that this run may be."""

    @contextmanager
    def opened(self) -> Iterator[None]:
        """The machines up, watched, and shells kept until the end."""
        if self.session.topology.vms:
            self.voice.say(_("Mise en route des machines."))
        with self._cancellable() as cancel:
            self.session.start(self.voice.progress, cancel)
        unfollow = self.session.follow(lambda vm, power: self._news.append((vm, power)))
        try:
            yield
        finally:
            self.drill.close()
            unfollow()
            for shell in self._shells.values():
                shell.close()

    def tell_news(self) -> None:
        """Say which machines stopped or came back by themselves."""
        while self._news:
            vm, power = self._news.popleft()
            self.voice.say(
                _("Attention : la machine {vm} est {power}.").format(vm=vm, power=POWERS[power]),
                "yellow",
            )
        self.drill.tell_news()

    def current(self) -> StepStatus | None:
        """The current step; None once all are done."""
        state = self.session.state()
        return next((step for step in state.steps if step.id == state.current_step), None)

    def run(self, vm: str, code: str) -> None:
        """Run commands in the machine's shell, relaying what they say.

        Raises:
            LabError: the shell could not be opened, is not at its prompt, or was lost.
        """
        shell = self._shell(vm)
        if shell.run(code):
            self.voice.say(
                _("Commande finie. Invite de {vm} : {prompt}").format(vm=vm, prompt=shell.prompt)
            )
        else:
            self.voice.say(_("La commande continue sur {vm} ; s {vm} y retourne.").format(vm=vm))

    def join(self, vm: str) -> None:
        """Give the terminal to the machine's shell.

        Raises:
            LabError: there is no terminal, no such machine, or its shell could not be opened.
        """
        if not self.voice.live:
            raise LabError(
                _("s demande un terminal"),
                hint=_("! suivi d'une commande l'exécute, sans terminal"),
            )
        shell = self._shell(vm)
        self.voice.say(_("Terminal de {vm}. F12 revient à la leçon.").format(vm=vm))
        shell.join()
        self.voice.say(_("Retour à la leçon. Le terminal de {vm} reste ouvert.").format(vm=vm))

    def edit(self, vm: str, path: str) -> None:
        """Give the terminal to the machine's editor, on a file as it is there.

        Raises:
            LabError: there is no terminal, or the machine's shell cannot run it.
        """
        if not self.voice.live:
            raise LabError(
                _("ed demande un terminal"),
                hint=_("Entrée écrit le fichier tel que la leçon le donne"),
            )
        shell = self._shell(vm)
        command = edit_command(path)
        self.voice.say(
            _("{command}, sur {vm}. Quittez l'éditeur, puis F12 revient à la leçon.").format(
                command=command, vm=vm
            )
        )
        shell.join(command)
        self.voice.say(_("Retour à la leçon. Le terminal de {vm} reste ouvert.").format(vm=vm))

    def write_file(self, vm: str, path: str, content: str, mode: str) -> None:
        """Write a file of the lesson."""
        self.session.write_file(vm, path, content, mode)
        self.voice.say(
            _("Réussi : {path} est écrit sur {vm}, mode {mode}.").format(
                path=path, vm=vm, mode=mode
            ),
            "green",
        )

    def web(self, wanted: str) -> None:
        """Open a web console by its id, or the only one; tell those there are.

        Raises:
            LabError: there is no such console, or its machine does not run.
        """
        consoles = self.session.web.listed()
        if not consoles:
            self.voice.say(_("Cette leçon n'a pas de console web."))
        elif wanted or len(consoles) == 1:
            opened = self.session.web.open(wanted or consoles[0].id)
            self.voice.say(
                _("{title}, dans le navigateur de cet ordinateur :").format(title=opened.title)
            )
            self.voice.show(f"    {opened.url}")
            if opened.url and show_page(opened.url):
                self.voice.say(_("Le navigateur s'ouvre sur cette adresse."))
        else:
            for one in consoles:
                state = _("pas encore ouverte")
                if one.url:
                    state = _("ouverte, {url}").format(url=one.url)
                self.voice.say(
                    _("w {id} : {title}, sur {vm}, {state}").format(
                        id=one.id, title=one.title, vm=one.vm, state=state
                    )
                )

    def check(self) -> None:
        """Grade the current step and tell everything."""
        if self.current() is None:
            self.voice.say(_("Toutes les étapes sont déjà réussies."))
            return
        if self.session.state().in_exam:
            self.voice.say(_("Pendant un examen : x rendre rend l'étape, x finir note tout."))
            return
        with self._cancellable() as cancel:
            report = self.session.check(on_event=self.voice.progress, cancel=cancel)
        tell_report(self.voice, report)
        self._conclude(report)

    def watch(self) -> None:
        """Grade without acting, as the full application does once the terminal is quiet.

        A step that turns green is passed at once: the lesson may undo next what it looked at.
        """
        if self.current() is None or self.session.questions() or self.session.state().in_exam:
            return
        report = self.session.check(observe_only=True)
        tell_lost(self.voice, report)
        if report.green:
            report = self.session.check(on_event=self.voice.progress)
            tell_report(self.voice, report)
            self._conclude(report)
            return
        passed = sum(result.outcome is Outcome.PASS for result in report.results)
        self.voice.say(
            _("Étape en cours, vérifications réussies : {passed} sur {count}.").format(
                passed=passed, count=len(report.results)
            )
        )
        if {result.outcome for result in report.results} <= {Outcome.PASS, Outcome.PENDING}:
            self.voice.say(_("La dernière agit sur les machines : c la lance."))

    def hint(self) -> None:
        """Tell the next hint; the solution is never given unasked."""
        step = self.current()
        if step is None:
            self.voice.say(_("Toutes les étapes sont déjà réussies."))
        elif step.hints_used >= step.hints_total:
            self.voice.say(_("Il n'y a plus d'indice pour cette étape. sol applique la solution."))
        else:
            given = self.session.hint()
            self.voice.say(
                _("Indice {hints_used} sur {hints_total} : {text}").format(
                    hints_used=step.hints_used + 1, hints_total=step.hints_total, text=given.text
                )
            )

    def solve(self) -> None:
        """Apply the current step's solution, if that is really wanted."""
        if self.current() is None:
            self.voice.say(_("Toutes les étapes sont déjà réussies."))
            return
        if self.voice.agrees(_("Appliquer la solution ? L'étape ne rapportera aucun point.")):
            with self._cancellable() as cancel:
                report = self.session.solve(self.voice.progress, cancel)
            tell_report(self.voice, report)
            self._conclude(report)

    def rewind(self) -> bool:
        """Go back to the beginning of a step; whether that was done."""
        known = self.session.checkpoints()
        if not known:
            self.voice.say(_("Aucun point de retour : chaque étape réussie en laisse un."))
            return False
        for number, one in enumerate(known, start=1):
            self.voice.say(_("{number} : {title}").format(number=number, title=one.title))
        answer = self.voice.ask(
            _(
                "Numéro de l'étape où revenir (Entrée renonce). "
                "Ce qui a été fait depuis sur les machines sera perdu, pas les points."
            )
        )
        if not answer.isdecimal() or not 1 <= int(answer) <= len(known):
            self.voice.say(_("Rien n'a changé."))
            return False
        # Their links die with the machines' present.
        self._drop(list(self._shells))
        with self._cancellable() as cancel:
            self.session.rewind(known[int(answer) - 1].step, self.voice.progress, cancel)
        return True

    def pause(self) -> None:
        """Stop the clock, until an empty answer; in an exam the machines sleep meanwhile."""
        state = self.session.state()
        if state.in_exam:
            # Their links die with the machines' present.
            self._drop(list(self._shells))
        # Paused from elsewhere, or its resumption failed: what is left is to resume.
        if not state.paused:
            self.session.pause(self.voice.progress)
        self.voice.ask(_("En pause : le temps n'est pas compté. [Entrée] reprendre"))
        with self._cancellable() as cancel:
            self.session.resume(self.voice.progress, cancel)
        self.voice.say(_("Reprise."))

    def tell_target(self) -> None:
        """The target architecture, with the machines as they are now."""
        blueprint = self.session.blueprint
        if blueprint is None:
            self.voice.say(_("Cet exercice ne dessine pas d'architecture."))
            return
        self.session.survey()
        health = self.session.health([vm.name for vm in self.session.topology.vms])
        seen = {one.vm: one for one in health}
        for line in plan_lines(blueprint.plan(seen, hidden=self.session.state().in_exam)):
            self.voice.say(line)

    def tell_state(self) -> None:
        """Machines, steps and points."""
        tell_state(self.voice, self.session.state())

    def _conclude(self, report: StepReport) -> None:
        tell_lost(self.voice, report)
        if not report.green:
            self.voice.say(_("L'étape n'est pas encore réussie."))
            self.drill.remind()
            return
        self.drill.concluded(report.step)
        following = self.current()
        said = (
            _("Étape suivante : {title}.").format(title=following.title)
            if following
            else _("Exercice terminé, bravo !")
        )
        self.voice.say(_("Étape réussie. {said}").format(said=said), "green")

    def _shell(self, vm: str) -> PlainShell:
        shell = self._shells.get(vm)
        if shell is not None and shell.alive:
            return shell
        self._drop([vm])
        self._shells[vm] = PlainShell(vm, self.session.open_shell(vm, COLUMNS, ROWS), self.voice)
        return self._shells[vm]

    def _drop(self, vms: list[str]) -> None:
        for vm in vms:
            if (shell := self._shells.pop(vm, None)) is not None:
                shell.close()
