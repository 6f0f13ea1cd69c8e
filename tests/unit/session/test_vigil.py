"""The vigil on a hypervisor that a test can make fall, lie late, or lose."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from pcapra_lab.errors import EnvironmentProblem, VmError
from pcapra_lab.lab.hypervisor import Hypervisor, PowerListener
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.vigil import Vigil

SRV, SAUVEGARDE = "pcapra-panne-srv", "pcapra-panne-sauvegarde"
NAMES = {SRV: "srv", SAUVEGARDE: "sauvegarde"}
DEADLINE = 10.0

Told = tuple[str, VmPower]


class FakeHost:
    """What a vigil needs of ``Hypervisor``, and its daemon's life."""

    def __init__(self) -> None:
        self.powers = dict.fromkeys(NAMES, VmPower.RUNNING)
        self.watches: list[tuple[PowerListener, Callable[[], None]]] = []
        self.answers = True
        self.asked = 0
        self.deaf = 0
        """How many watches will fail first."""
        self.looked = 0
        self.before_answer: Callable[[], None] = lambda: None

    def connect(self) -> Hypervisor:
        self.asked += 1
        if not self.answers:
            raise EnvironmentProblem("libvirt ne répond pas", hint="-")
        return cast(Hypervisor, self)

    def watch(self, listener: PowerListener, lost: Callable[[], None]) -> Callable[[], None]:
        if self.deaf:
            self.deaf -= 1
            raise VmError("libvirt", "impossible de suivre les machines", hint="-")
        entry = (listener, lost)
        self.watches.append(entry)
        return lambda: self.watches.remove(entry)

    def power(self, domain: str) -> VmPower:
        if not self.answers:
            raise VmError(domain, "libvirt ne répond plus", hint="-")
        self.before_answer()
        power = self.powers[domain]
        self.looked += 1
        return power

    def say(self, domain: str, power: VmPower) -> None:
        """An event, true or late."""
        for listener, _ in list(self.watches):
            listener(domain, power)

    def become(self, domain: str, power: VmPower) -> None:
        self.powers[domain] = power
        self.say(domain, power)

    def cut(self) -> None:
        """The daemon dies."""
        self.answers = False
        for _, lost in list(self.watches):
            lost()


class Watched:
    """A vigil under way, and what it told."""

    def __init__(self, host: FakeHost, vigil: Vigil) -> None:
        self.host = host
        self.vigil = vigil
        self.told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self.unfollow = vigil.follow(lambda vm, power: self.told.put((vm, power)))

    def next(self) -> Told:
        return self.told.get(timeout=DEADLINE)

    def nothing_else(self) -> None:
        """Whatever was to be told has been: what is told next is what happens now."""
        self.host.become(SAUVEGARDE, VmPower.ABSENT)
        assert self.next() == ("sauvegarde", VmPower.ABSENT)


def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"never came: {what}"
        threading.Event().wait(0.005)


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.fixture
def watched(host: FakeHost) -> Iterator[Watched]:
    watched = Watched(host, Vigil(host.connect, retry=0.01))
    watched.vigil.start(NAMES)
    until(lambda: host.watches, "the watch")
    yield watched
    watched.vigil.stop()
    assert not host.watches


def test_a_fall_and_a_return_are_told_by_the_machine_s_name(watched: Watched) -> None:
    for power in (VmPower.PAUSED, VmPower.RUNNING, VmPower.STOPPED, VmPower.RUNNING):
        watched.host.become(SRV, power)
        assert watched.next() == ("srv", power)
    watched.nothing_else()


def test_what_is_told_is_the_present_and_once(watched: Watched) -> None:
    watched.host.say(SRV, VmPower.STOPPED)
    watched.host.say(SRV, VmPower.PAUSED)
    watched.host.become(SRV, VmPower.STOPPED)
    watched.host.say(SRV, VmPower.STOPPED)
    watched.host.say(SRV, VmPower.RUNNING)
    assert watched.next() == ("srv", VmPower.STOPPED)
    watched.nothing_else()


def test_other_labs_are_none_of_its_business(watched: Watched) -> None:
    watched.host.say("pcapra-autre-srv", VmPower.STOPPED)
    watched.nothing_else()


def test_a_fall_before_the_watch_is_told(host: FakeHost) -> None:
    watched = Watched(host, Vigil(host.connect))
    host.powers[SRV] = VmPower.STOPPED
    watched.vigil.start(NAMES)
    assert watched.next() == ("srv", VmPower.STOPPED)
    watched.vigil.stop()


def test_silence_while_the_lab_acts(watched: Watched) -> None:
    with watched.vigil.expected(), watched.vigil.expected():
        for power in (VmPower.STOPPED, VmPower.PAUSED, VmPower.RUNNING):
            watched.host.become(SRV, power)
    watched.host.say(SRV, VmPower.PAUSED)
    watched.nothing_else()


def test_a_fallen_machine_brought_back_by_the_lab_is_no_news(watched: Watched) -> None:
    watched.host.become(SRV, VmPower.STOPPED)
    assert watched.next() == ("srv", VmPower.STOPPED)
    with watched.vigil.expected():
        watched.host.become(SRV, VmPower.RUNNING)
    watched.nothing_else()
    watched.host.become(SRV, VmPower.PAUSED)
    assert watched.next() == ("srv", VmPower.PAUSED), "and it is watched again"


def test_a_machine_still_down_after_the_lab_acted_on_others_is_not_told_again(
    watched: Watched,
) -> None:
    watched.host.become(SRV, VmPower.STOPPED)
    assert watched.next() == ("srv", VmPower.STOPPED)
    with watched.vigil.expected():
        watched.host.become(SAUVEGARDE, VmPower.PAUSED)
        watched.host.become(SAUVEGARDE, VmPower.RUNNING)
    watched.nothing_else()


def test_a_fall_during_the_silence_is_told_after_it(watched: Watched) -> None:
    with watched.vigil.expected():
        watched.host.become(SRV, VmPower.PAUSED)
        watched.host.become(SAUVEGARDE, VmPower.STOPPED)
        watched.host.become(SRV, VmPower.RUNNING)
    assert watched.next() == ("sauvegarde", VmPower.STOPPED)


def test_a_power_cut_that_was_asked_is_no_news_but_another_fall_is(watched: Watched) -> None:
    with watched.vigil.expected("srv"):
        watched.host.become(SRV, VmPower.STOPPED)
    watched.host.say(SRV, VmPower.STOPPED)
    watched.nothing_else()
    watched.host.become(SRV, VmPower.RUNNING)
    assert watched.next() == ("srv", VmPower.RUNNING)
    with watched.vigil.expected():
        watched.host.become(SRV, VmPower.STOPPED)
    assert watched.next() == ("srv", VmPower.STOPPED), "excused once only"


def test_the_silence_ends_with_an_error_too(watched: Watched) -> None:
    with pytest.raises(VmError), watched.vigil.expected():
        raise VmError("srv", "coincée", hint="-")
    watched.nothing_else()


def test_a_look_begun_before_the_lab_acts_is_forgotten(watched: Watched) -> None:
    looking, go_on, looked = threading.Event(), threading.Event(), watched.host.looked

    def hold() -> None:
        looking.set()
        go_on.wait(DEADLINE)

    watched.host.before_answer = hold
    watched.host.say(SRV, VmPower.RUNNING)
    assert looking.wait(DEADLINE)
    with watched.vigil.expected():
        watched.host.powers[SRV] = VmPower.STOPPED
        go_on.set()
        until(lambda: watched.host.looked > looked, "the look")
        watched.host.powers[SRV] = VmPower.RUNNING
    watched.nothing_else()


def test_a_fall_while_the_daemon_was_away_is_told_when_it_is_back(watched: Watched) -> None:
    host = watched.host
    host.cut()
    host.powers[SRV] = VmPower.STOPPED
    tries = host.asked + 2
    until(lambda: host.asked >= tries, "new tries")
    assert watched.told.empty()
    host.answers = True
    assert watched.next() == ("srv", VmPower.STOPPED)
    until(lambda: len(host.watches) == 1, "one watch again")
    watched.nothing_else()


def test_a_restarted_daemon_alone_is_no_news(watched: Watched) -> None:
    watched.host.cut()
    watched.host.answers = True
    until(lambda: watched.host.asked == 2 and watched.host.watches, "linked again")
    watched.nothing_else()


def test_a_watch_that_fails_is_tried_again(host: FakeHost) -> None:
    host.deaf = 2
    watched = Watched(host, Vigil(host.connect, retry=0.01))
    watched.vigil.start(NAMES)
    until(lambda: host.watches, "the watch")
    watched.nothing_else()
    watched.vigil.stop()


def test_stopping_does_not_wait_for_the_next_try(host: FakeHost) -> None:
    host.answers = False
    watched = Watched(host, Vigil(host.connect, retry=3600))
    watched.vigil.start(NAMES)
    until(lambda: host.asked == 1, "the first try")
    began = time.monotonic()
    watched.vigil.stop()
    assert time.monotonic() - began < 1.0
    assert not [t for t in threading.enumerate() if t.name == "vigil"]


def test_nothing_runs_unless_somebody_follows(host: FakeHost) -> None:
    vigil = Vigil(host.connect)
    vigil.start(NAMES)
    with vigil.expected():
        pass
    assert host.asked == 0
    watched = Watched(host, vigil)
    until(lambda: host.watches, "the watch, once followed")
    watched.unfollow()
    watched.unfollow()
    until(lambda: not host.watches, "the end")
    vigil.stop()


def test_it_can_be_stopped_from_what_it_tells_and_started_again(host: FakeHost) -> None:
    vigil = Vigil(host.connect)
    stopped = threading.Event()

    def stop(_vm: str, _power: VmPower) -> None:
        vigil.stop()
        stopped.set()

    unfollow = vigil.follow(stop)
    host.powers[SRV] = VmPower.STOPPED
    vigil.start(NAMES)
    assert stopped.wait(DEADLINE)
    unfollow()
    until(lambda: not host.watches, "the end")
    watched = Watched(host, vigil)
    host.powers[SRV] = VmPower.RUNNING
    vigil.start(NAMES)
    until(lambda: host.watches, "the new watch")
    watched.nothing_else()
    vigil.stop()
