"""A surprise drill in the app: its watch, an accusation, and the grade."""

from dataclasses import dataclass, replace

from driver import Trainee, trainee
from fakes_session import FakeSession
from test_drills import STEP, FakeDrills, lines, offered, opened
from textual.widgets import Button, Select

from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.result import DrillResult, Judged
from pcapra_lab.drills.ribbon import Cell, Lane, Ribbon
from pcapra_lab.drills.surprises.assessment import Assessment, Incident, Lure
from pcapra_lab.drills.surprises.watch import Verdict
from pcapra_lab.session.drill_api import DrillPhase, DrillView, OnCall, Told
from pcapra_lab.ui.lesson.drill import DrillStrip

CAUSES = (("config", "Un réglage refusé a arrêté nginx"), ("gel", "La machine ne répond plus"))
ON_CALL = OnCall(130.0, ("lb1", "web1"), CAUSES)
RIBBON = Ribbon(-2.0, 1.0, (Lane("page", "La page", (Cell.UP,) * 40),), struck=True, back=0.0)
GRADED = Assessment(
    "promo",
    (
        Incident(
            "Un réglage collé", "web1", "Un réglage refusé a arrêté nginx", 0.0, Verdict.RIGHT,
            Measure(11.0, 12.0), Judged.of(Measure(20.0, 20.4), 60.0, None),
        ),
        Incident("Figée", "lb1", "La machine ne répond plus", 12.0, None, None, None),
    ),
    (Lure("Un journal bruyant", "web1", "Rien ne le lit.", True),),
    1,
    0.3,
)  # fmt: skip
START = DrillView(STEP, "Une garde", DrillPhase.TO_DECLARE, writes=False, on_call=OnCall())


@dataclass
class FakeWatch(FakeDrills):
    """A surprise drill, moved by the tests."""

    def declare(self, rto: float | None, rpo: float | None, seed: str | None = None) -> DrillView:
        self.calls.append(f"declare {rto} {rpo} {seed}")
        self.seen = replace(self.seen, phase=DrillPhase.DECLARED, rto_target=rto)
        return self.seen

    def accuse(self, machine: str, cause: str) -> DrillView:
        self.calls.append(f"accuse {machine} {cause}")
        told = Told(machine, dict(CAUSES)[cause], Verdict.RIGHT)
        assert self.seen.on_call is not None
        on_call = replace(self.seen.on_call, told=(*self.seen.on_call.told, told))
        self.seen = replace(self.seen, on_call=on_call)
        return self.seen

    def end(self) -> DrillView:
        self.calls.append("end")
        result = DrillResult(None, None, None, None, (), RIBBON)
        self.seen = replace(
            self.seen, phase=DrillPhase.ENDED, result=result, ribbon=RIBBON, assessment=GRADED
        )
        return self.seen


def on_call(view: DrillView = START) -> tuple[FakeSession, FakeWatch]:
    drills = FakeWatch(seen=view)
    return FakeSession(done=1, drills=drills), drills


def pressed(t: Trainee, name: str) -> None:
    t.app.screen.query_one(name, Button).press()


async def test_a_watch_goes_from_its_seed_to_its_grade() -> None:
    session, drills = on_call()
    async with trainee(session) as t:
        await t.open_lesson()
        strip = t.lesson.query_one(DrillStrip)
        await opened(t)
        await t.press(*"5m", "tab", *"promo", "enter")
        await t.until(lambda: offered(t) == {"drill-declare", "drill-start"}, "declared")
        assert drills.calls == ["declare 300.0 None promo"]
        assert "la garde commence" in lines(t)
        drills.seen = replace(drills.seen, phase=DrillPhase.ON_CALL, on_call=ON_CALL)
        strip.look()
        t.app.screen.show()  # type: ignore[attr-defined]
        assert offered(t) == {"drill-diagnose", "drill-end", "drill-give-up"}
        said = lines(t)
        for part in ("encore 2 min 10 s", "Cause 1", "La machine ne répond plus", "lb1, web1"):
            assert part in said, said
        assert "Horloge" not in said, "when it happened is not told"

        pressed(t, "#drill-diagnose")
        await t.until(lambda: "le diagnostic est incomplet" in t.text("#drill-said"), "refused")
        t.app.screen.query_one("#drill-machine", Select).value = "web1"
        t.app.screen.query_one("#drill-cause", Select).value = "config"
        pressed(t, "#drill-diagnose")
        await t.until(lambda: "juste : réparez" in lines(t), "judged")
        assert "accuse web1 config" in drills.calls
        pressed(t, "#drill-end")
        await t.until(lambda: "30 %" in lines(t), "graded")
        said = lines(t)
        for part in (
            "1 panne diagnostiquée sur 2", "1 diagnostic faux", "diagnostiquée en 11,5 s",
            "réparée en 20,2 s", "objectif tenu", "jamais diagnostiquée",
            "défaite par le laboratoire", "accusé à tort", "Rien ne le lit.", "promo",
            "une panne n'a pas été réparée avant la fin",
        ):  # fmt: skip
            assert part in said, said
        drawn = t.text("#drill-ribbon")
        assert "▼web1" in drawn and "▼lb1▒" in drawn, drawn


async def test_the_line_says_how_long_the_watch_lasts_and_when_it_is_over() -> None:
    session, drills = on_call(replace(START, phase=DrillPhase.ON_CALL, on_call=ON_CALL))
    async with trainee(session) as t:
        await t.open_lesson()
        assert "encore 2 min 10 s" in t.text("#drill")
        drills.seen = replace(drills.seen, on_call=replace(ON_CALL, left=0.0))
        t.lesson.query_one(DrillStrip)._ticked()
        await t.until(lambda: t.notified("La garde est finie"), "told")
        assert "il ne se passera plus rien" in t.text("#drill")


async def test_it_is_usable_on_a_small_terminal() -> None:
    view = replace(START, phase=DrillPhase.ON_CALL, on_call=ON_CALL)
    session, _drills = on_call(view)
    async with trainee(session, size=(80, 24)) as t:
        await t.open_lesson()
        await opened(t)
        _visible(t, "#drill-machine", "#drill-cause", "#drill-diagnose", "#drill-give-up")


def _visible(t: Trainee, *names: str) -> None:
    for name in names:
        region = t.app.screen.query_one(name).region
        assert region.width > 0 and region.bottom <= 24 and region.right <= 80, (name, region)


async def test_a_start_that_goes_on_here_is_cancelled_when_it_is_given_up() -> None:
    session, drills = on_call(replace(START, phase=DrillPhase.DECLARED))
    async with trainee(session) as t:
        await t.open_lesson()
        strip = t.lesson.query_one(DrillStrip)
        strip.start()
        await t.until(lambda: "start" in drills.calls, "started")
        drills.seen = replace(drills.seen, phase=DrillPhase.ON_CALL, on_call=ON_CALL)
        strip.look()
        strip.give_up()
        await t.until(drills.cancelled.is_set, "cancelled")
        assert "give up" not in drills.calls
