"""Time given away in pieces."""

from dataclasses import dataclass, field

from pcapra_lab.session.stopwatch import PIECE_SECONDS, Stopwatch


@dataclass
class Bench:
    now: float = 100.0
    spent: list[float] = field(default_factory=list)

    def watch(self) -> Stopwatch:
        return Stopwatch(self.spent.append, lambda: self.now)


def test_nothing_is_counted_before_the_start() -> None:
    bench = Bench()
    watch = bench.watch()
    bench.now += 100
    watch.tick()
    watch.stop()
    assert bench.spent == []


def test_ticks_hand_over_whole_pieces_and_stop_hands_over_the_rest() -> None:
    bench = Bench()
    watch = bench.watch()
    watch.start()
    bench.now += PIECE_SECONDS - 1
    watch.tick()
    assert bench.spent == []
    bench.now += 1
    watch.tick()
    assert bench.spent == [PIECE_SECONDS]
    bench.now += 3
    watch.stop()
    watch.stop()
    assert bench.spent == [PIECE_SECONDS, 3]


def test_starting_twice_loses_nothing_and_a_pause_is_not_counted() -> None:
    bench = Bench()
    watch = bench.watch()
    watch.start()
    bench.now += 4
    watch.start()
    bench.now += 4
    watch.stop()
    bench.now += 1000
    watch.start()
    bench.now += 2
    watch.stop()
    assert bench.spent == [8, 2]
