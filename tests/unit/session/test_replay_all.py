"""Every exercise replayed: in which order, past which failures, and resumed from where."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_playground import Desk, open_desk
from quiz_course import plant_quiz

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.progress import EventSink
from pcapra_lab.session.journal import Row
from pcapra_lab.session.replay import Replay, ReplayResult
from pcapra_lab.session.replay_all import Line, WholeReplay, shared

NOBODY = threading.Event()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An exercise on machines (30 min declared) and a quiz (15 min)."""
    with open_desk(tmp_path, monkeypatch) as opened:
        root = opened.installation.catalogue.root
        depot, image = root / "vm-images/depot.yaml", root / "vm-images/images/base.yaml"
        kept = depot.read_text(), image.read_text()
        plant_quiz(root)
        depot.write_text(kept[0])
        image.write_text(kept[1])
        opened.installation.catalogue = Catalogue.load(root)
        yield opened


class Play:
    """One run of ``replay --all``."""

    def __init__(
        self,
        desk: Desk,
        *,
        seed: str | None = None,
        restart: bool = False,
        proof: bool = False,
        stop_at: str = "",
        mutants: int | None = None,
        drafts: bool = False,
        jobs: int = 1,
        on_begin: Callable[[str], object] = lambda _name: None,
    ) -> None:
        self._on_begin = on_begin
        self.events: list[LabEvent] = []
        self.begun: list[str] = []
        self.rows: list[str] = []
        self.cancel = threading.Event()
        self._stop_at = stop_at
        self.whole = WholeReplay(
            desk.installation,
            seed=seed,
            fresh_seed=lambda: "tirée",
            mutants=mutants,
            proof=proof,
            restart=restart,
            drafts=drafts,
            jobs=jobs,
            on_begin=self._begin,
            on_row=self._row,
        )

    def _begin(self, name: str) -> None:
        self.begun.append(name)
        self._on_begin(name)

    def _row(self, _name: str, row: Row) -> None:
        self.rows.append(f"{row.step} {row.stage}")
        if self.rows[-1] == self._stop_at:
            self.cancel.set()

    def run(self) -> list[Line]:
        return self.whole.run(self.events.append, self.cancel)


def test_the_cheapest_comes_first_and_all_are_proved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.session.replay_all.world_of", lambda _run: {})
    play = Play(desk, proof=True)
    lines = play.run()
    assert play.begun == ["theorie", "panne"], "15 min are declared, then 30"
    assert [line.ok for line in lines] == [True, True]
    assert [(line.mutants, line.killed) for line in lines] == [(11, 11), (3, 3)]
    root = desk.installation.catalogue.root
    assert (root / "exercises/theorie/proof.json").exists()
    assert (root / "exercises/panne/proof.json").exists()


def test_the_order_is_what_was_measured_where_it_was(desk: Desk) -> None:
    folder = desk.installation.catalogue.exercise_folder("panne")
    (folder / "proof.json").write_text('{"seconds": 12.5}')
    assert Play(desk).whole.order() == ["panne", "theorie"]


def test_what_is_proved_is_not_played_again(desk: Desk) -> None:
    Play(desk).run()
    again = Play(desk)
    lines = again.run()
    assert again.begun == [] and [line.ok for line in lines] == [True, True]
    assert Play(desk, restart=True).whole.missing() == Play(desk, restart=True).whole.order()
    assert len(Play(desk, seed="autre").whole.missing()) == 2, "another seed proves anew"
    assert Play(desk, seed="tirée").whole.missing() == []
    assert len(Play(desk, mutants=0).whole.missing()) == 2


def test_what_changed_since_is_played_again(desk: Desk) -> None:
    Play(desk).run()
    script = desk.installation.catalogue.exercise_folder("panne") / "solution/10-srv.sh"
    script.write_text(script.read_text() + "# plus loin\n")
    again = Play(desk)
    again.run()
    assert again.begun == ["panne"]


def test_drafts_are_played_only_if_asked(desk: Desk) -> None:
    catalogue = desk.installation.catalogue
    module = catalogue.root / "modules/0-introduction/module.yaml"
    text = module.read_text()
    assert text.count("}") == 1
    module.write_text(text.replace("}", ", ready: false}"))
    desk.installation.catalogue = Catalogue.load(catalogue.root)
    assert Play(desk).whole.order() == ["panne"]
    assert Play(desk, drafts=True).whole.order() == ["theorie", "panne"]


def test_two_at_once(desk: Desk) -> None:
    meeting = threading.Barrier(2, timeout=30)
    play = Play(desk, jobs=2, on_begin=lambda _name: meeting.wait())
    first, second = play.run()
    assert (first.exercise, first.ok) == ("theorie", True), "in order, whoever ends first"
    assert (second.exercise, second.ok) == ("panne", True)
    assert sorted(play.begun) == ["panne", "theorie"]
    assert Play(desk, seed="tirée").whole.missing() == []


def test_several_share_what_is_to_be_played_from_both_ends() -> None:
    names = ["quiz", "court", "moyen", "long"]
    assert [list(one) for one in shared(names, 1)] == [names]
    first, second, last = shared(names, 3)
    assert (next(first), next(last), next(second)) == ("quiz", "long", "court")
    assert (list(last), list(first), list(second)) == (["moyen"], [], [])


@pytest.mark.parametrize(
    ("jobs", "names"), [(1, {"srv", None}), (2, {"panne/srv", "panne", "theorie/srv", "theorie"})]
)
def test_machines_of_two_labs_are_told_apart(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, jobs: int, names: set[str | None]
) -> None:
    real = Replay.run

    def run(self: Replay, sink: EventSink, *args: Any, **keys: Any) -> ReplayResult:
        for vm in ("srv", None):
            sink(LabEvent(Phase.READY, vm, 1.0, 0.0, None, ""))
        return real(self, sink, *args, **keys)

    monkeypatch.setattr(Replay, "run", run)
    play = Play(desk, jobs=jobs)
    play.run()
    assert {event.vm for event in play.events} == names


def test_two_at_once_are_both_interrupted(desk: Desk) -> None:
    meeting = threading.Barrier(2, timeout=30)
    play = Play(desk, jobs=2, on_begin=lambda _name: meeting.wait(), stop_at="avant mutant vide")
    with pytest.raises(Cancelled):
        play.run()
    again = Play(desk, jobs=2)
    assert "panne" in again.begun or "panne" in again.whole.missing()
    assert all(line.ok for line in again.run())


def test_a_failure_is_a_line_and_does_not_stop_the_others(desk: Desk) -> None:
    desk.ground.failing_scripts["solution/10-srv.sh"] = LabError("plus de réseau")
    folder = desk.installation.catalogue.exercise_folder("panne")
    (folder / "proof.json").write_text('{"seconds": 1}')
    play = Play(desk)
    bad, good = play.run()
    assert play.begun == ["panne", "theorie"]
    assert (bad.exercise, bad.ok, good.ok) == ("panne", False, True)
    assert "plus de réseau" in bad.detail
    desk.ground.failing_scripts.clear()
    again = Play(desk)
    assert all(line.ok for line in again.run())
    assert again.begun == ["panne"], "only what is missing"


def test_a_lab_that_breaks_is_a_line_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Replay.run

    def run(self: Replay, *args: object, **keys: object) -> object:
        if self.playground.machines:
            raise ValueError("un défaut")
        return real(self, *args, **keys)  # type: ignore[arg-type]

    monkeypatch.setattr(Replay, "run", run)
    good, bad = Play(desk).run()
    assert good.ok and not bad.ok
    assert bad.detail == "erreur interne : ValueError('un défaut')"


def test_an_interrupted_one_goes_on_in_the_middle_of_an_exercise(desk: Desk) -> None:
    play = Play(desk, seed="graine", stop_at="avant mutant vide")
    with pytest.raises(Cancelled):
        play.run()
    again = Play(desk)
    assert again.whole.seed == "graine" and again.whole.resumed
    assert all(line.ok for line in again.run())
    assert again.begun == ["panne"]
    assert desk.ground.ran.count("solution/10-srv.sh") == 1, "the step done was not redone"
