"""How machines are, as their reports tell: strict on the way in, never an exception."""

import subprocess
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.errors import VmError
from pcapra_lab.lab.faults.model import parse_fault
from pcapra_lab.lab.faults.record import MANUAL, Active, FaultState, Moment
from pcapra_lab.lab.power import VmPower
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.health import (
    DEADLINE,
    REPORT_LIMIT,
    LinkState,
    Listener,
    Service,
    ServiceState,
    Vitals,
    examine,
    read,
)

FACTS = {
    "load": "load 0.12",
    "uptime": "uptime 7500.25",
    "memory": "memory 400000 100000",
    "disk": "disk 4000 1000 2000",
    "link": "link up",
    "addresses": "address 192.168.1.10/24\naddress 192.168.1.100/32\nseen addresses",
    "units": "unit nginx.service active running\nseen units",
    "listeners": 'listen 0.0.0.0:80 users:(("nginx",pid=1,fd=6))\nseen listeners',
}
UNKNOWN = Vitals()


def report(**changes: str) -> bytes:
    facts = [value for value in {**FACTS, **changes}.values() if value]
    return "\n".join(["pcapra-health 1", *facts, "end", ""]).encode()


def told(**changes: str) -> Vitals:
    vitals = read(report(**changes))
    assert vitals is not None
    return vitals


class Link:
    """A machine that answers always the same."""

    def __init__(self, stdout: bytes = b"", status: int = 0, error: VmError | None = None) -> None:
        self._result = CommandResult(status, stdout, b"")
        self._error = error
        self.calls: list[tuple[Sequence[str], bytes, float]] = []

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = 0.0
    ) -> CommandResult:
        self.calls.append((argv, stdin, timeout))
        if self._error is not None:
            raise self._error
        return self._result


def fault(**spec: Any) -> Active:
    parsed = parse_fault(spec)
    return Active(
        id="panne-1",
        spec=parsed,
        owner=MANUAL,
        state=FaultState.ACTIVE,
        vms=list(parsed.vms),
        armed=Moment.now(),
    )


def test_a_whole_report_is_read() -> None:
    vitals = told()
    assert (vitals.load, vitals.uptime, vitals.link) == (0.12, 7500.25, LinkState.UP)
    assert vitals.memory is not None and vitals.memory.fraction == 0.75
    assert vitals.memory.used_kib == 300_000
    # 1000 blocks reserved for root: a third is used, as df says.
    assert vitals.disk is not None and vitals.disk.fraction == pytest.approx(1 / 3)
    assert vitals.addresses == ("192.168.1.10", "192.168.1.100")
    assert vitals.services == (Service("nginx", ServiceState.ACTIVE),)
    assert vitals.listeners == (Listener(80, "nginx"),)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"end\n",
        b"pcapra-health 2\nend\n",
        b"pcapra-health 1\nload 0.12\n",
        b"pcapra-health 1\nweather fine\nend\n",
        b"motd\n" + report(),
        report() + b"bash: warning\n",
        report()[:-3],
        report(units="seen units\n" + "unit a.service active running\n" * REPORT_LIMIT),
    ],
    ids=["empty", "end", "version", "cut", "word", "before", "after", "cut-end", "too-long"],
)
def test_what_is_no_whole_report_is_refused(raw: bytes) -> None:
    assert read(raw) is None


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("load", "load"),
        ("load", "load 1e9"),
        ("load", "load nan"),
        ("load", "load ٠.١٢"),
        ("load", "load 0.12\nload 0.13"),
        ("uptime", "uptime -1"),
        ("uptime", "uptime 99999999999"),
        ("memory", "memory 100"),
        ("memory", "memory 100 200"),
        ("memory", "memory 0 0"),
        ("memory", "memory ²00 1"),
        ("disk", "disk 100 50"),
        ("disk", "disk 100 200 0"),
        ("disk", "disk 100 0 0"),
        ("link", "link"),
        ("link", "link sideways"),
        ("link", "link up\nlink off"),
        ("addresses", "address 192.168.1.300/24\nseen addresses"),
        ("addresses", "address ::1\nseen addresses"),
        ("addresses", "address 192.168.1.10/24"),
        ("units", "unit \x1b[2J active running\nseen units"),
        ("units", "unit nginx.service active\nseen units"),
        ("units", ""),
        ("listeners", "listen 0.0.0.0:99999\nseen listeners"),
        ("listeners", "listen everywhere\nseen listeners"),
        ("listeners", ""),
    ],
)
def test_a_fact_out_of_its_format_is_unknown_alone(fact: str, value: str) -> None:
    vitals = told(**{fact: value})
    field = {"units": "services"}.get(fact, fact)
    assert getattr(vitals, field) is None
    others = set(Vitals.__dataclass_fields__) - {field}
    assert all(getattr(vitals, name) is not None for name in others)


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    assert read(raw) is None
    read(b"pcapra-health 1\n" + raw + b"\nend\n")


@given(st.lists(st.tuples(st.sampled_from(["load", "disk", "unit", "listen", "seen"]), st.text())))
def test_no_fact_raises(facts: list[tuple[str, str]]) -> None:
    lines = "".join(f"{word} {value}\n" for word, value in facts)
    read(f"pcapra-health 1\n{lines}end\n".encode("utf-8", "surrogatepass"))


def test_failed_units_come_first_and_quiet_services_are_left_out() -> None:
    units = (
        "unit ssh.service active running\n"
        "unit keepalived.service activating start\n"
        "unit postgresql.service active exited\n"
        "unit postgresql@15-main.service inactive dead\n"
        "unit srv-data.mount failed failed\n"
        "unit logrotate.service failed failed\n"
        "seen units"
    )
    assert told(units=units).services == (
        Service("logrotate", ServiceState.FAILED),
        Service("srv-data.mount", ServiceState.FAILED),
        Service("keepalived", ServiceState.CHANGING),
        Service("postgresql@15-main", ServiceState.INACTIVE),
    )


def test_ports_are_told_once_without_the_lab_s_own_and_hostile_names() -> None:
    listeners = (
        'listen 127.0.0.1:5432 users:(("postgres",pid=9,fd=5))\n'
        'listen [::1]:5432 users:(("postgres",pid=9,fd=6))\n'
        'listen 0.0.0.0:1022 users:(("sshd",pid=3,fd=3))\n'
        "listen 0.0.0.0:443\n"
        'listen *:443 users:(("haproxy",pid=4,fd=3),("haproxy",pid=5,fd=3))\n'
        'listen 127.0.0.1:8080 users:(("\x1b]0;x\x07",pid=4,fd=3))\n'
        "listen 0.0.0.0%eth0:8080\n"
        "seen listeners"
    )
    assert told(listeners=listeners).listeners == (
        Listener(443, "haproxy"),
        Listener(5432, "postgres", loopback=True),
        Listener(8080),
    )


def ask(link: Link, *faults: Active, power: VmPower = VmPower.RUNNING) -> Any:
    (health,) = examine(["srv"], {"srv": power}, faults, lambda _vm: link)
    return health


def test_one_round_trip_a_machine_bounded_on_both_sides() -> None:
    link = Link(report())
    health = ask(link)
    assert (health.vm, health.power, health.problem) == ("srv", VmPower.RUNNING, "")
    assert health.vitals == told()
    ((argv, script, timeout),) = link.calls
    assert timeout == DEADLINE
    assert list(argv) == ["nice", "timeout", "-k", "1", "6", "sh"]
    assert script.endswith(b"head -c 65536\n")


@pytest.mark.parametrize("power", [p for p in VmPower if p is not VmPower.RUNNING])
def test_a_machine_that_does_not_run_is_not_asked(power: VmPower) -> None:
    link = Link(report())
    health = ask(link, power=power)
    assert (health.power, health.vitals, link.calls) == (power, None, [])


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (Link(b"nonsense"), "réponse illisible à la mesure (code de sortie 0)"),
        (Link(status=124), "n'a pas fini en 6 s"),
        (Link(error=VmError("srv", "pas de réponse SSH")), "pas de réponse SSH"),
    ],
    ids=["nonsense", "timeout", "unreachable"],
)
def test_a_machine_that_does_not_answer_says_why(link: Link, words: str) -> None:
    health = ask(link)
    assert health.vitals is None and words in health.problem


def test_faults_are_told_on_their_machines_even_off() -> None:
    out, cut = fault(kind="link-down", vm="srv"), fault(kind="power-cut", vm="web")
    powers = {"srv": VmPower.RUNNING, "web": VmPower.STOPPED}
    links = {"srv": Link(report()), "web": Link(report())}
    find: Callable[[str], Link] = links.__getitem__
    srv, web = examine(["srv", "web"], powers, [out, cut], find)
    assert (srv.faults, srv.cable_out) == (("câble réseau de srv débranché",), True)
    assert (web.faults, web.cable_out) == (("coupure de courant de web",), False)
    assert links["web"].calls == []


def test_the_script_reports_in_its_own_format() -> None:
    script = files("pcapra_lab.session.guest").joinpath("health.sh").read_bytes()
    done = subprocess.run(["sh"], input=script, capture_output=True, timeout=30, check=False)
    vitals = read(done.stdout)
    assert vitals is not None and done.stderr == b""
    # Any Linux has these; what this host lacks is told as unknown, not as nothing.
    assert vitals.load is not None and vitals.memory is not None and vitals.disk is not None
    assert vitals.uptime is not None and vitals.uptime > 0
