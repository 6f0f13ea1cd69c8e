"""A step's drill in the app: declared, started, struck, diagnosed, and its verdict."""

import threading
from dataclasses import dataclass, field, replace

from driver import Trainee, trainee
from fakes_session import FakeSession
from no_drills import NoDrills
from textual.widgets import Button, Input

from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.measures import Loss
from pcapra_lab.drills.result import DrillResult, Judged
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.ui.dialogs.drill import DrillScreen
from pcapra_lab.ui.lesson.drill import DrillStrip
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.widgets.keybar import KeyBar

STEP = "restauration"
LOSS = Loss(340, 12, 3, 0, 0, Measure(58.0, 58.4), 325)
RESULT = DrillResult(
    Judged.of(Measure(70.0, 74.0), 900.0, (60.0, 600.0)),
    Judged.of(LOSS.age, 10.0, None),
    Measure(20.0, 20.1),
    LOSS,
)


TO_DECLARE = DrillView(STEP, "Un matin sur srv", DrillPhase.TO_DECLARE)


@dataclass
class FakeDrills(NoDrills):
    """The drill of the step « restauration », moved by the tests."""

    seen: DrillView = TO_DECLARE
    strikes: threading.Event = field(default_factory=threading.Event)
    """``start`` waits for it."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    calls: list[str] = field(default_factory=list)
    current: bool = True

    def view(self, step: str | None = None) -> DrillView | None:
        return self.seen if step == STEP or (step is None and self.current) else None

    def follow(self) -> DrillView | None:
        self.calls.append("follow")
        return self.view()

    def declare(self, rto: float | None, rpo: float | None, seed: str | None = None) -> DrillView:
        if rto is None and rpo is None:
            raise LabError("aucun objectif n'est déclaré", hint="par exemple : rto 15m")
        self.calls.append(f"declare {rto} {rpo}")
        self.seen = replace(self.seen, phase=DrillPhase.DECLARED, rto_target=rto, rpo_target=rpo)
        return self.seen

    def start(self, on_event: EventSink, cancel: threading.Event) -> DrillView:
        self.calls.append("start")
        self.seen = replace(self.seen, phase=DrillPhase.CALM, acknowledged=3, writing=True)
        on_event(LabEvent(Phase.PREPARE))
        while not self.strikes.wait(0.005):
            if cancel.is_set():
                self.seen = replace(self.seen, phase=DrillPhase.INTERRUPTED, problem="abandonné")
                self.cancelled.set()
                raise Cancelled
        self.seen = replace(self.seen, phase=DrillPhase.STRUCK, since_fault=0.0)
        return self.seen

    def diagnose(self, words: str) -> DrillView:
        if not words:
            raise LabError("le diagnostic est vide", hint="dites en une phrase ce qui arrive")
        self.calls.append(f"diagnose {words}")
        self.seen = replace(self.seen, detection=20.0, diagnosis=words)
        return self.seen

    def end(self) -> DrillView:
        self.calls.append("end")
        self.seen = replace(self.seen, phase=DrillPhase.ENDED, result=RESULT)
        return self.seen

    def give_up(self) -> DrillView:
        self.calls.append("give up")
        self.seen = replace(self.seen, phase=DrillPhase.INTERRUPTED, problem="abandonné")
        return self.seen


def with_drill(**seen: object) -> tuple[FakeSession, FakeDrills]:
    drills = FakeDrills()
    drills.seen = replace(drills.seen, **seen)  # type: ignore[arg-type]
    return FakeSession(done=1, drills=drills), drills


async def opened(t: Trainee) -> None:
    await t.press("d")
    await t.until(lambda: isinstance(t.app.screen, DrillScreen), "the drill")


async def test_why_a_diagnosis_was_refused_stays_to_be_read() -> None:
    session, _drills = with_drill(phase=DrillPhase.STRUCK, since_fault=10.0)
    async with trainee(session) as t:
        await t.open_lesson()
        await opened(t)
        await t.press("enter")
        await t.until(lambda: "le diagnostic est vide" in t.text("#drill-said"), "refused")
        screen = t.app.screen
        assert isinstance(screen, DrillScreen)
        screen.show()
        assert "dites en une phrase" in t.text("#drill-said"), "the clock goes on under it"


async def test_a_drill_started_twice_can_still_be_given_up() -> None:
    session, drills = with_drill(phase=DrillPhase.DECLARED, rto_target=900.0)
    async with trainee(session) as t:
        await t.open_lesson()
        strip = t.lesson.query_one(DrillStrip)
        strip.start()
        strip.start()
        await t.until(lambda: strip.drill and strip.drill.phase is DrillPhase.CALM, "calm")
        strip.give_up()
        await t.until(drills.cancelled.is_set, "cancelled")
        assert drills.calls.count("start") == 1


def lines(t: Trainee) -> str:
    return t.text("#drill-lines")


def offered(t: Trainee) -> set[str]:
    return {b.id or "" for b in t.app.screen.query(Button) if b.display}


async def test_a_step_without_a_drill_shows_nothing() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        assert not t.lesson.query_one(DrillStrip).display
        assert all(key.action != "screen.drill" for key in t.lesson.query_one(KeyBar).keys)
        await t.press("d")
        await t.until(lambda: t.notified("pas de drill"), "told")


async def test_a_drill_goes_from_its_targets_to_its_verdict() -> None:
    session, drills = with_drill()
    async with trainee(session) as t:
        await t.open_lesson()
        assert "objectifs à déclarer" in t.text("#drill")
        await opened(t)
        assert offered(t) == {"drill-declare"} and "Un matin sur srv" in lines(t)
        await t.press("enter")
        await t.until(lambda: "aucun objectif" in t.text("#drill-said"), "refused")
        await t.press(*"15 min", "tab", *"vite", "enter")
        await t.until(lambda: "« vite » n'est pas une durée" in t.text("#drill-said"), "refused")
        t.app.screen.query_one("#drill-rpo", Input).value = "10s"
        await t.press("enter")
        await t.until(lambda: offered(t) == {"drill-declare", "drill-start"}, "declared")
        assert drills.calls == ["declare 900.0 10.0"]
        assert "RTO 15 min, RPO 10 s" in lines(t)
        await t.press("enter")
        await t.until(lambda: "tout va bien" in lines(t), "calm")
        assert offered(t) == {"drill-give-up"}
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "back to work")
        assert "tout va bien" in t.text("#drill") and "3 écritures" in t.text("#drill")

        drills.strikes.set()
        await t.until(lambda: "panne en cours" in t.text("#drill"), "struck")
        assert t.notified("Quelque chose vient d'arriver")
        t.clock.now += 65
        t.lesson.query_one(DrillStrip)._ticked()
        assert "01:05" in t.text("#drill")
        await t.until(lambda: "follow" in drills.calls, "looked at")
        await opened(t)
        assert offered(t) == {"drill-diagnose", "drill-end", "drill-give-up"}
        assert isinstance(t.app.focused, Input)
        await t.press(*"disque chiffré", "enter")
        await t.until(lambda: "« disque chiffré »" in lines(t), "diagnosed")
        assert offered(t) == {"drill-end", "drill-give-up"}
        await t.press("escape")

        session.passing |= {"archive", "canari", "droits"}
        drills.seen = replace(drills.seen, phase=DrillPhase.ENDED, result=RESULT, fault="gel")
        drills.current = False
        await t.press("f5")
        await t.until(lambda: isinstance(t.app.screen, DrillScreen), "the verdict")
        said = lines(t)
        for part in (
            "✔ RTO", "1 min 12 s ± 2 s pour un objectif de 15 min : objectif tenu",
            "comme d'ordinaire (entre 1 min et 10 min)", "✘ RPO", "objectif manqué",
            "15 écritures acquittées sur 340, dont 3 faites après la panne", "Panne       gel",
        ):  # fmt: skip
            assert part in said, said
        assert offered(t) == set()
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "the lesson")
        assert not t.lesson.query_one(DrillStrip).display


async def test_a_start_that_is_given_up_is_cancelled() -> None:
    session, drills = with_drill(phase=DrillPhase.DECLARED, rto_target=60.0)
    async with trainee(session) as t:
        await t.open_lesson()
        await opened(t)
        await t.press("enter")
        await t.until(lambda: offered(t) == {"drill-give-up"}, "calm")
        await t.pilot.click("#drill-give-up")
        await t.until(lambda: "interrompu : rien n'a été mesuré" in lines(t), "interrupted")
        assert drills.calls == ["start"], "nothing else is asked of the session"
        assert offered(t) == {"drill-declare"}


async def test_leaving_the_lesson_cancels_a_start() -> None:
    session, drills = with_drill(phase=DrillPhase.DECLARED, rto_target=60.0)
    async with trainee(session) as t:
        await t.open_lesson()
        await opened(t)
        await t.press("enter")
        await t.until(lambda: offered(t) == {"drill-give-up"}, "calm")
    assert drills.cancelled.wait(10)


async def test_the_mouse_alone_opens_and_ends_it() -> None:
    session, drills = with_drill(
        phase=DrillPhase.STRUCK, since_fault=3.0, detection=2.0, diagnosis="feu", writing=True
    )
    async with trainee(session, size=(200, 60)) as t:
        await t.open_lesson()
        await t.pilot.click("#drill")
        await t.until(lambda: isinstance(t.app.screen, DrillScreen), "the drill")
        button = t.app.screen.query_one("#drill-end")
        await t.until(lambda: "drill-end" in offered(t) and button.region, "what can be clicked")
        await t.pilot.click("#drill-end")
        await t.until(lambda: "objectif tenu" in lines(t), "measured")
        assert drills.calls.count("end") == 1


async def test_what_is_refused_is_told_in_the_lesson_too() -> None:
    session, drills = with_drill(phase=DrillPhase.STRUCK, since_fault=3.0)

    def deaf() -> DrillView | None:
        raise LabError("le journal du drill n'a pas pu être écrit", hint="libérez de la place")

    drills.follow = deaf  # type: ignore[method-assign]
    async with trainee(session) as t:
        await t.open_lesson()
        t.lesson.query_one(DrillStrip).follow()
        await t.until(lambda: t.notified("n'a pas pu être écrit"), "told")
        assert "panne en cours" in t.text("#drill")


async def test_it_is_usable_on_a_small_terminal() -> None:
    session, _drills = with_drill(phase=DrillPhase.STRUCK, since_fault=3.0)
    async with trainee(session, size=(80, 24)) as t:
        await t.open_lesson()
        await opened(t)
        screen = t.app.screen
        for name in ("#drill-words", "#drill-diagnose", "#drill-end", "#drill-give-up"):
            region = screen.query_one(name).region
            assert region.width > 0 and region.bottom <= 24 and region.right <= 80, (name, region)


async def test_the_palette_has_it_where_there_is_one() -> None:
    session, _drills = with_drill()
    async with trainee(session) as t:
        await t.open_lesson()
        await t.press("ctrl+p", *"drill")
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.screen, DrillScreen), "the drill")


LOCKED = LabError("la progression est verrouillée", hint="fermez l'autre pcapra-lab")


async def test_a_drill_that_cannot_be_read_is_told_and_stays_as_it_was_seen() -> None:
    session, drills = with_drill(phase=DrillPhase.STRUCK, since_fault=3.0)

    def locked(step: str | None = None) -> DrillView | None:
        raise LOCKED

    async with trainee(session) as t:
        await t.open_lesson()
        drills.view = locked  # type: ignore[method-assign]
        t.session.become("srv", VmPower.STOPPED)
        await t.until(lambda: t.notified("verrouillée"), "told")
        assert "panne en cours" in t.text("#drill")


async def test_a_verdict_that_cannot_be_read_is_told() -> None:
    session, drills = with_drill(phase=DrillPhase.STRUCK, since_fault=3.0)
    seen = drills.view

    def locked(step: str | None = None) -> DrillView | None:
        if step is not None:
            raise LOCKED
        return seen()

    async with trainee(session) as t:
        await t.open_lesson()
        drills.view = locked  # type: ignore[method-assign]
        session.passing |= {"archive", "canari", "droits"}
        await t.press("f5")
        await t.until(lambda: t.notified("verrouillée"), "told")
