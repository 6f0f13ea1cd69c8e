"""The availability client, run on this host, against services that are cut for known times."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cut_service import CutService, How
from local_machine import LocalMachine, wait_for

from pcapra_lab.content.availability import Availability
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.guest import availability
from pcapra_lab.drills.outages import Probed, cuts, outage, recovered
from pcapra_lab.drills.sounding import Sounding
from pcapra_lab.drills.stream import Stream, Try, look_line
from pcapra_lab.errors import VmError
from pcapra_lab.remote.result import CommandResult

HTTP = {"id": "page", "title": "Page", "type": "http", "every": "50ms"}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[LocalMachine]:
    made = LocalMachine(tmp_path)
    yield made
    made.end()


@pytest.fixture
def service() -> Iterator[CutService]:
    made = CutService()
    yield made
    made.end()


class Listener:
    """Follows a client as a session does."""

    def __init__(
        self,
        machine: LocalMachine,
        probes: list[dict[str, object]],
        states: list[dict[str, object]] | None = None,
    ) -> None:
        wanted = {"vm": "client", "hold": "1s", "probes": probes, "states": states or []}
        seen = Availability.model_validate(wanted)
        self.sounding = Sounding(machine, seen, "abc", dict, folder=str(machine.folder))
        self.stream = Stream()
        self.offset = 0
        self.sounding.start()

    def heard(self) -> Stream:
        heard = self.sounding.look("client", self.offset)
        self.offset = heard.offset
        self.stream.read(heard.lines + look_line(heard.sample))
        return self.stream

    def tries(self, probe: str = "page") -> list[Try]:
        return self.heard().tries.get(probe, [])

    def until(self, what: str, holds: Callable[[list[Try]], object], probe: str = "page") -> None:
        wait_for(what, 60, lambda: holds(self.tries(probe)))

    def probed(self, probe: str = "page") -> Probed:
        return Probed(probe, probe, 0.05, self.stream.tries[probe], self.stream.clock)


def successes(tries: list[Try], since: float = 0.0) -> int:
    return sum(one.up is True and one.began > since for one in tries)


def failures(tries: list[Try], since: float = 0.0) -> int:
    return sum(one.up is False and one.began > since for one in tries)


@pytest.mark.parametrize("how", list(How))
def test_a_cut_of_known_length_is_within_what_is_measured(
    machine: LocalMachine, service: CutService, how: How
) -> None:
    url = f"http://127.0.0.1:{service.port}/"
    listener = Listener(machine, [{**HTTP, "url": url, "timeout": "100ms"}])
    listener.until("the service", lambda tries: successes(tries) >= 5)
    gone = service.cut(how)
    listener.until("a cut", lambda tries: failures(tries, gone.high) >= 12)
    back = service.restore()
    listener.until("the return", lambda tries: successes(tries, back.high + 1.2) >= 1)
    listener.sounding.stop("client")
    probed = listener.probed()
    # A host as slow as a test's may be late with an answer: that one cut is longer than the rest.
    cut = max(cuts(probed.tries), key=lambda one: one.length.low)
    assert cut.length.low <= back.high - gone.low, (cut, gone, back)
    assert cut.length.high >= back.low - gone.high, (cut, gone, back)
    assert {one.why for one in probed.tries if one.up is False and one.began > gone.high} <= (
        {"refused"} if how is How.REFUSED else {"timeout", "reset"}
    )
    # Two intervals and two time-outs, and what the client says it was late by.
    around = [one for one in (cut.before, cut.first, cut.last, cut.after) if one is not None]
    late = sum(one.late for one in around) + sum(one.missed for one in around) * 0.05
    took = sum(one.ended - one.began for one in around)
    assert cut.length.uncertainty <= (0.1 + took + late) / 2 + 0.05, (cut, late)

    fault = Mark.between(gone.low, gone.high)
    measured = recovered([probed], fault, hold=1.0)
    assert measured is not None
    assert measured.low <= back.high and back.low <= measured.high, (measured, back)
    seen = outage(probed, fault)
    assert seen.longest.low == cut.length.low and seen.total.high >= cut.length.high
    assert seen.tries > 12 and 0 <= seen.usually_late <= seen.late


def test_a_dead_peer_delays_neither_the_next_probe_nor_another_one(
    machine: LocalMachine, service: CutService
) -> None:
    silent = CutService()
    silent.cut(How.SILENT)
    try:
        listener = Listener(
            machine,
            [
                {**HTTP, "url": f"http://127.0.0.1:{service.port}/"},
                {
                    "id": "mort", "title": "Mort", "type": "http", "every": "50ms",
                    "timeout": "2s", "url": f"http://127.0.0.1:{silent.port}/",
                },
            ],
        )  # fmt: skip
        listener.until("ends of what hangs", lambda tries: len(tries) >= 3, "mort")
        tries = listener.tries()
        hanging = list(listener.stream.tries["mort"])
        assert not any(one.up for one in hanging)
        assert all(one.ended - one.began >= 2 for one in hanging), "each was awaited to its end"
        during = [one for one in tries if hanging[0].began < one.began < hanging[0].ended]
        assert during and all(one.ended - one.began < 2 for one in during)
        begun = [one.began for one in hanging[:3]]
        assert begun[2] < hanging[0].ended, "the next ones began while the first hung"
        listener.sounding.stop("client")
    finally:
        silent.end()


@pytest.mark.parametrize(
    ("answer", "up", "why"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nsans longueur", True, ""),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", True, ""),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", False, "status-503"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", False, "cut"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", False, "no-answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", False, "cut"),
    ],
)
def test_only_a_whole_answer_with_the_right_status_is_a_success(
    machine: LocalMachine, service: CutService, answer: bytes, up: bool, why: str
) -> None:
    service.answer = answer
    url = f"http://127.0.0.1:{service.port}/x?y=1"
    listener = Listener(machine, [{**HTTP, "url": url, "timeout": "3s"}])
    listener.until("an answer", lambda tries: len(tries) >= 2)
    listener.sounding.stop("client")
    assert {(one.up, one.why) for one in listener.stream.tries["page"]} == {(up, why)}


def test_a_wanted_status_and_no_other(machine: LocalMachine, service: CutService) -> None:
    url = f"http://127.0.0.1:{service.port}/"
    listener = Listener(machine, [{**HTTP, "url": url, "timeout": "3s", "status": [401]}])
    listener.until("an answer", lambda tries: len(tries) >= 2)
    listener.sounding.stop("client")
    assert {one.why for one in listener.stream.tries["page"]} == {"status-200"}


def test_ports_and_commands_are_probed_too(
    machine: LocalMachine, service: CutService, tmp_path: Path
) -> None:
    flag = tmp_path / "drapeau"
    rows = tmp_path / "lignes"
    script = f'test -e {flag} && echo "$PCAPRA_NUMBER" >>{rows}'
    listener = Listener(
        machine,
        [
            {
                "id": "port", "title": "Port", "type": "tcp", "every": "50ms", "timeout": "3s",
                "address": "127.0.0.1", "port": service.port,
            },
            {
                "id": "ligne", "title": "Ligne", "type": "command", "every": "100ms",
                "timeout": "5s", "run": ["sh", "-c", script],
            },
            {
                "id": "absent", "title": "Absent", "type": "command", "every": "200ms",
                "run": ["/nulle/part"],
            },
        ],
    )  # fmt: skip
    listener.until("a port", lambda tries: successes(tries) >= 2, "port")
    listener.until("refusals", lambda tries: failures(tries) >= 2, "ligne")
    flag.touch()
    listener.until("rows", lambda tries: successes(tries) >= 2, "ligne")
    service.cut(How.REFUSED)
    listener.until("a closed port", lambda tries: failures(tries) >= 2, "port")
    listener.sounding.stop("client")
    told = listener.heard().tries
    assert {one.why for one in told["ligne"] if one.up is False} == {"exit-1"}
    assert {(one.up, one.why) for one in told["absent"]} == {(None, "not-run")}
    written = [int(line) for line in rows.read_text().split()]
    assert written == sorted(set(written)), "each try has a number of its own"


def test_a_command_that_hangs_is_killed_and_stops_nothing(
    machine: LocalMachine, tmp_path: Path
) -> None:
    listener = Listener(
        machine,
        [
            {
                "id": "lent", "title": "Lent", "type": "command", "every": "100ms",
                "timeout": "200ms", "run": ["sh", "-c", "sleep 600"],
            }
        ],
    )  # fmt: skip
    listener.until("ends", lambda tries: len(tries) >= 4, "lent")
    listener.sounding.stop("client")
    assert {one.why for one in listener.stream.tries["lent"]} <= {"timeout", "stalled"}


def test_states_are_followed_by_their_changes(
    machine: LocalMachine, service: CutService, tmp_path: Path
) -> None:
    said = tmp_path / "etat"
    said.write_text("streaming\nle reste\n")
    listener = Listener(
        machine,
        [{**HTTP, "url": f"http://127.0.0.1:{service.port}/", "timeout": "3s"}],
        [
            {
                "id": "vip", "title": "VIP", "type": "vip", "among": ["lb"],
                "address": "198.51.100.77",
            },
            {
                "id": "chef", "title": "Chef", "type": "answers", "every": "200ms",
                "timeout": "3s",
                "urls": {
                    "pg1": f"http://127.0.0.1:{service.port}/primary", "pg2": "http://127.0.0.1:1/",
                },
            },
            {
                "id": "repli", "title": "Réplication", "type": "output", "vm": "client",
                "every": "200ms", "timeout": "5s", "run": ["cat", str(said)],
            },
        ],
    )  # fmt: skip

    def told(state: str) -> list[str | None]:
        values: list[str | None] = []
        for sight in listener.heard().sights.get(state, []):
            if not values or values[-1] != sight.value:
                values.append(sight.value)
        return values

    wait_for("the leader", 60, lambda: told("chef")[-1:] == ["pg1"])
    wait_for("the replication", 60, lambda: told("repli")[-1:] == ["streaming"])
    service.cut(How.REFUSED)
    said.unlink()
    wait_for("no leader", 60, lambda: told("chef")[-1:] == [""])
    wait_for("no answer", 60, lambda: told("repli")[-1:] == [None])
    assert told("vip") == [""], "nobody has it here"
    listener.sounding.stop("client")


ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.1.100    0x1         0x2         52:54:00:aa:bb:01     *        eth0
192.168.1.101    0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.102    0x1         0x2         52:54:00:aa:bb:09     *        eth0
"""


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.168.1.100", "lb1"),
        ("192.168.1.101", ""),
        ("192.168.1.102", "52:54:00:aa:bb:09"),
        ("192.168.1.10", ""),
    ],
)
def test_who_has_an_address_is_read_in_the_neighbour_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, name: str
) -> None:
    table = tmp_path / "arp"
    table.write_text(ARP)
    monkeypatch.setattr(availability, "NEIGHBOURS", str(table))
    assert availability.owner(address, {"52:54:00:aa:bb:01": "lb1"}) == name


def test_what_the_client_was_late_by_is_told_and_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client itself does not run for a while: a service that answers is not called down."""
    service = CutService()
    try:
        monkeypatch.setattr(availability, "boot", lambda: "a")
        request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        job = {
            "journal": str(tmp_path / "j"),
            "probes": [
                {
                    "id": "page", "type": "http", "every": 0.1, "timeout": 0.1,
                    "host": "127.0.0.1", "port": service.port, "request": request, "status": None,
                }
            ],
        }  # fmt: skip
        client = availability.Client(job)

        def told() -> list[Try]:
            stream = Stream()
            stream.read((tmp_path / "j").read_text())
            return stream.tries.get("page", [])

        while not client._under_way:
            client.turn()
        stalled = time.monotonic()
        # Held up here: a busy machine in small.
        wait_for("a stall", 20, lambda: time.monotonic() - stalled > 0.4)
        while not told():
            client.turn()
        first = told()[0]
        assert first.up is True and first.why == ""
        while len(told()) < 2:
            client.turn()
        assert told()[1].late > 0.1 or told()[1].missed >= 2, told()[1]
        assert max(one.late for one in told()) < 20
    finally:
        service.end()


def test_turns_that_were_missed_are_not_made_up_for() -> None:
    begun: list[tuple[int, float, int]] = []
    rhythm = availability.Rhythm(0.1, 10.0, lambda *said: begun.append(said))
    for now in (9.99, 10.0, 10.05, 10.1, 10.55, 10.59, 10.6):
        rhythm.beat(now)
    assert [(number, round(due, 6), missed) for number, due, missed in begun] == [
        (1, 10.0, 0),
        (2, 10.1, 0),
        (3, 10.5, 3),
        (4, 10.6, 0),
    ]


def test_a_client_that_was_killed_says_no_more_and_a_new_one_takes_its_place(
    machine: LocalMachine, service: CutService
) -> None:
    probes: list[dict[str, object]] = [
        {**HTTP, "url": f"http://127.0.0.1:{service.port}/", "timeout": "3s"}
    ]
    listener = Listener(machine, probes)
    listener.until("tries", lambda tries: len(tries) >= 2)
    machine.kill("pcapra-sonde")
    last = len(listener.tries())
    listener.sounding.start()
    listener.until("more", lambda tries: len(tries) > last + 1)
    listener.sounding.stop("client")
    assert machine.output("pcapra-sonde") == ""


@pytest.mark.parametrize(
    "answer", [CommandResult(127, b"", b"sh: not found"), CommandResult(0, b"bonjour\n", b"")]
)
def test_a_look_that_makes_no_sense_is_said(answer: CommandResult) -> None:
    def run(vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return answer

    probe = {**HTTP, "url": "http://192.168.1.100/"}
    seen = Availability.model_validate({"vm": "client", "probes": [probe]})
    with pytest.raises(VmError, match="n'a pas répondu") as caught:
        Sounding(run, seen, "abc", dict).look("client", 0)
    assert "client" in caught.value.hint


def test_a_look_takes_whole_lines_and_knows_when_it_read_the_clock() -> None:
    ticks = iter([100.0, 100.3])

    def run(vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        assert argv[-2] == "8", "from where the last one ended"
        return CommandResult(0, b'b00t 50.00\n{"a":1}\n{"b":\n50.21\n', b"")

    probe = {**HTTP, "url": "http://192.168.1.100/"}
    seen = Availability.model_validate({"vm": "client", "probes": [probe]})
    heard = Sounding(run, seen, "abc", dict, clock=lambda: next(ticks)).look("client", 7)
    assert (heard.lines, heard.offset) == ('{"a":1}\n', 15)
    assert heard.sample.boot == "b00t" and heard.sample.guest == 50.0
    assert heard.sample.before == pytest.approx(99.99)
    assert heard.sample.after == pytest.approx(100.1), "what followed the reading is taken off"
