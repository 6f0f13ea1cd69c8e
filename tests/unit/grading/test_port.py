"""``port``: the kernel's tables, real sockets, and the verdict on several machines."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from local_guest import LocalGuest, item, make_check, make_step

from pcapra_lab.content.checks import Check
from pcapra_lab.grading.compile import check_items
from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.guest.port import listening
from pcapra_lab.grading.judge import judge
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.runner import Grader
from pcapra_lab.grading.units.port import PortFact

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR
ANY = "0.0.0.0"  # noqa: S104

# A little-endian machine's /proc/net/tcp and tcp6.
TCP = b"""\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   110        0 20134 1
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17650 1
   2: 0B01A8C0:0016 0100A8C0:B2D6 01 00000000:00000000 02:000A2B3C 00000000     0        0 21874 4
"""
TCP6 = b"""\
  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000
   1: 00000000000000000000000001000000:0019 00000000000000000000000000000000:0000 0A 00000000
"""


@pytest.mark.parametrize(
    ("table", "port", "family", "expected"),
    [
        (TCP, 3306, socket.AF_INET, ["127.0.0.1"]),
        # The second is a connection, not a listener.
        (TCP, 22, socket.AF_INET, [ANY]),
        (TCP, 23, socket.AF_INET, []),
        (TCP6, 80, socket.AF_INET6, ["::"]),
        (TCP6, 25, socket.AF_INET6, ["::1"]),
        (b"", 25, socket.AF_INET6, []),
    ],
)
def test_tables(table: bytes, port: int, family: socket.AddressFamily, expected: list[str]) -> None:
    assert listening(table, port, family) == expected


@pytest.fixture
def server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def fact_of(**fields: Any) -> PortFact:
    return PortFact.model_validate_json(json.dumps(evaluate(item("port", **fields))))


def test_a_listener_of_this_machine(server: int) -> None:
    fact = fact_of(port=server, target="127.0.0.1")
    assert (fact.listeners, fact.reach) == (("127.0.0.1",), "open")


def test_what_a_call_can_come_to() -> None:
    closed = unused()
    assert fact_of(port=closed, target="127.0.0.1").reach == "refused"
    assert fact_of(port=closed, target="nom.invalide").reach == "unknown-name"
    assert fact_of(port=closed).reach == ""


def test_a_call_that_is_not_answered_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcapra_lab.grading.guest.port.CONNECT_TIMEOUT", 0.2)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        # Linux takes one connection more than the backlog, then drops.
        with socket.create_connection(address), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(address)
            started = time.monotonic()
            assert fact_of(port=address[1], target="127.0.0.1").reach == "timeout"
            assert time.monotonic() - started < 5


def fact(*listeners: str, reach: str = "") -> PortFact:
    return PortFact(kind="port", listeners=listeners, reach=reach)


def port(**fields: Any) -> Check:
    return make_check("port", **{"port": 80} | fields)


@pytest.mark.parametrize(
    ("fields", "own", "expected", "observed"),
    [
        ({}, fact(ANY), PASS, "sur srv, en écoute sur 0.0.0.0"),
        ({}, fact(), FAIL, "rien n'écoute sur le port 80 de srv"),
        ({"closed": True}, fact(), PASS, "rien n'écoute"),
        ({"closed": True}, fact("127.0.0.1"), FAIL, "sur srv, en écoute sur 127.0.0.1"),
        ({"address": "10.0.0.1"}, fact("127.0.0.1", reach="refused"), FAIL, "sur srv, en écoute"),
        ({"address": "10.0.0.1"}, fact("::", reach="refused"), FAIL, "sur srv, en écoute sur ::"),
        ({"address": "10.0.0.1"}, fact("::", reach="open"), PASS, "sur srv"),
        ({"address": "10.0.0.1"}, fact("10.0.0.1", reach="open"), PASS, "sur srv"),
        (
            {"address": "10.0.0.1", "closed": True},
            fact("127.0.0.1", reach="refused"),
            PASS,
            "sur srv, en écoute sur 127.0.0.1",
        ),
    ],
)
def test_listening(fields: dict[str, Any], own: PortFact, expected: Outcome, observed: str) -> None:
    result = judge(port(**fields), {"srv": own}, {})
    assert result.outcome is expected
    assert result.observed.startswith(observed)


@pytest.mark.parametrize(
    ("fields", "lb1", "web2", "expected", "observed"),
    [
        ({"from": "lb1"}, "open", "", PASS, "depuis lb1 : accessible"),
        (
            {"from": "lb1"},
            "refused",
            "",
            FAIL,
            "depuis lb1 : connexion refusée, sur srv, en écoute",
        ),
        ({"from": "lb1"}, "timeout", "", FAIL, "depuis lb1 : aucune réponse dans le délai"),
        ({"from": "lb1"}, "unknown-name", "", FAIL, "depuis lb1 : nom de machine inconnu"),
        ({"from": "lb1", "closed": True}, "open", "", FAIL, "depuis lb1 : accessible"),
        ({"from": "lb1", "closed": True}, "refused", "", PASS, "depuis lb1 : connexion refusée"),
        ({"from": "lb1", "closed": True}, "timeout", "", PASS, "depuis lb1 : aucune réponse"),
        ({"from": "lb1", "closed": True}, "unknown-name", "", ERROR, "lb1 ne connaît pas"),
        (
            {"from": "lb1", "closed_from": ["web2"]},
            "open",
            "unreachable",
            PASS,
            "depuis lb1 : accessible, depuis web2 : injoignable",
        ),
        ({"from": "lb1", "closed_from": ["web2"]}, "open", "open", FAIL, "depuis web2 : access"),
        ({"from": "lb1", "closed_from": ["web2"]}, "refused", "refused", FAIL, "depuis lb1 : c"),
        ({"closed_from": ["web2"]}, "", "open", FAIL, "depuis web2 : accessible"),
        ({"closed_from": ["web2"]}, "", "refused", PASS, "sur srv, en écoute sur 0.0.0.0, depuis"),
    ],
)
def test_seen_from_others(
    fields: dict[str, Any], lb1: str, web2: str, expected: Outcome, observed: str
) -> None:
    facts = {"srv": fact(ANY), "lb1": fact(reach=lb1), "web2": fact(reach=web2)}
    result = judge(port(**fields), facts, {})
    assert result.outcome is expected
    assert result.observed.startswith(observed)


def test_a_dead_service_is_not_a_closed_port() -> None:
    facts = {"srv": fact(), "web2": fact(reach="refused")}
    result = judge(port(closed_from=["web2"]), facts, {})
    assert result.outcome is FAIL
    assert result.observed == "rien n'écoute sur le port 80 de srv"


def test_who_is_asked_what(tmp_path: Any) -> None:
    items = check_items(port(**{"from": "lb1", "closed_from": ["web2"]}), {}, tmp_path)
    assert {vm: item["target"] for vm, item in items.items()} == {
        "srv": None,
        "lb1": "srv",
        "web2": "srv",
    }
    items = check_items(port(**{"from": "lb1", "address": "10.0.0.1"}), {}, tmp_path)
    assert {item["target"] for item in items.values()} == {"10.0.0.1"}


def test_one_machine_cannot_be_on_both_sides() -> None:
    with pytest.raises(ValueError, match="à la fois"):
        port(**{"from": "lb1", "closed_from": ["lb1"]})


def test_both_sides_through_the_real_agent(server: int, tmp_path: Any) -> None:
    step = make_step(
        make_check("port", "ouvert", port=server, address="127.0.0.1", **{"from": "lb1"}),
        make_check("port", "ferme", port=unused(), closed=True),
    )
    guest = LocalGuest()
    report = Grader(guest).grade(step, {}, tmp_path)
    assert report.green, report.results
    assert len(guest.sent) == 2
