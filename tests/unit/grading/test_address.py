"""``address``: one fact per machine, judged together."""

import json
from typing import Any

import pytest
from local_guest import LocalGuest, make_check, make_step, unreachable_vm

from pcapra_lab.content.checks import AddressCheck
from pcapra_lab.grading.facts import ErrorFact, Fact
from pcapra_lab.grading.guest.address import addresses
from pcapra_lab.grading.judge import judge
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.runner import Grader
from pcapra_lab.grading.units.address import AddressFact

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR

# The shape of `ip -json address show`, written by hand: not recorded on a machine of the lab.
SHOWN = [
    {
        "ifname": "lo",
        "flags": ["LOOPBACK", "UP", "LOWER_UP"],
        "addr_info": [{"family": "inet", "local": "127.0.0.1", "prefixlen": 8}],
    },
    {
        "ifname": "eth0",
        "flags": ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
        "addr_info": [
            {"family": "inet", "local": "192.168.1.11", "prefixlen": 24, "label": "eth0"},
            {"family": "inet", "local": "192.168.1.100", "prefixlen": 32, "secondary": True},
            {"family": "inet6", "local": "fe80::5054:ff:fe12:3456", "prefixlen": 64},
        ],
    },
    {
        "ifname": "eth1",
        "flags": ["BROADCAST", "MULTICAST"],
        "addr_info": [{"family": "inet", "local": "192.168.2.1", "prefixlen": 24}],
    },
    {},
]


def test_addresses_of_links_that_are_up() -> None:
    assert addresses(json.dumps(SHOWN)) == [
        "127.0.0.1",
        "192.168.1.11",
        "192.168.1.100",
        "fe80::5054:ff:fe12:3456",
    ]


def vip(**fields: Any) -> Any:
    return make_check("address", **{"address": "192.168.1.100", "among": ["lb2"]} | fields)


def on(*addresses: str) -> AddressFact:
    return AddressFact(kind="address", addresses=["127.0.0.1", *addresses])


VIP = on("192.168.1.100")


@pytest.mark.parametrize(
    ("fields", "srv", "lb2", "expected", "observed"),
    [
        ({}, VIP, on(), PASS, "192.168.1.100 est sur srv"),
        ({}, on(), VIP, PASS, "192.168.1.100 est sur lb2"),
        ({}, VIP, VIP, FAIL, "192.168.1.100 est sur srv, lb2"),
        ({}, on(), on(), FAIL, "192.168.1.100 n'est sur aucune machine parmi srv, lb2"),
        ({"holder": "lb2"}, VIP, on(), FAIL, "192.168.1.100 est sur srv"),
        ({"holder": "lb2"}, on(), VIP, PASS, "192.168.1.100 est sur lb2"),
        ({"holders": 0}, on(), VIP, FAIL, "192.168.1.100 est sur lb2"),
        ({"holders": 0}, on(), on(), PASS, "192.168.1.100 n'est sur aucune"),
        ({"holders": 2}, VIP, VIP, PASS, "192.168.1.100 est sur srv, lb2"),
        ({"address": "::1"}, on("0:0::1"), on(), PASS, "::1 est sur srv"),
        ({}, on("x"), on(), ERROR, "adresse illisible"),
        ({}, VIP, None, ERROR, "lb2 : l'agent de notation n'a rien dit"),
        (
            {},
            VIP,
            ErrorFact(kind="error", reason="tool", detail="ip : non"),
            ERROR,
            "lb2 : un programme de la machine n'a pas pu répondre : ip : non",
        ),
    ],
)
def test_verdict(
    fields: dict[str, Any],
    srv: AddressFact,
    lb2: Fact | None,
    expected: Outcome,
    observed: str,
) -> None:
    result = judge(vip(**fields), {"srv": srv, "lb2": lb2}, {})
    assert result.outcome is expected
    assert result.observed.startswith(observed)


def test_each_machine_is_asked_once_with_the_other_checks(tmp_path: Any) -> None:
    guest = LocalGuest()
    step = make_step(
        make_check("address", "a", address="127.0.0.1", among=["lb2", "srv"], holders=2),
        make_check("file", "f", path=str(tmp_path), needs=["a"]),
    )
    report = Grader(guest).grade(step, {}, tmp_path)
    assert sorted(vm for vm, _ in guest.sent) == ["lb2", "srv"]
    # Both are this machine, where `ip` may be missing: then neither check may pass.
    assert report.green or report.results[0].outcome is ERROR


def test_a_machine_that_does_not_answer_is_an_error(tmp_path: Any) -> None:
    guest = LocalGuest(down={"lb2": unreachable_vm("lb2")})
    step = make_step(make_check("address", address="127.0.0.1", among=["lb2"]))
    [result] = Grader(guest).grade(step, {}, tmp_path).results
    assert result.outcome is ERROR
    assert result.observed.startswith("lb2 : ")


def test_it_spans_its_own_machine_first() -> None:
    check = vip(among=["lb2", "srv"])
    assert isinstance(check, AddressCheck)
    assert check.machines() == ("srv", "lb2")
