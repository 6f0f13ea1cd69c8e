"""A stranger on the lab's segment is heard before the lab speaks there."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.lab.plan import plan_lab
from pcapra_lab.lab.segment import is_quiet

SEGMENT = "239.195.77.12:20777"


@pytest.fixture
def stranger() -> Iterator[None]:
    """A program that sends on the segment until the test ends."""
    group, _, port = SEGMENT.partition(":")
    stop = threading.Event()

    def speak() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
            mouth.setsockopt(
                socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1")
            )
            while not stop.wait(0.02):
                mouth.sendto(b"trame", (group, int(port)))

    thread = threading.Thread(target=speak)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_nobody_there_is_quiet() -> None:
    assert is_quiet(SEGMENT)


@pytest.mark.usefixtures("stranger")
def test_a_stranger_is_heard() -> None:
    assert not is_quiet(SEGMENT)


def test_a_port_that_a_program_has_for_itself_is_not_quiet() -> None:
    _group, _, port = SEGMENT.partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", int(port)))  # noqa: S104 - as a browser's own sockets are
        assert not is_quiet(SEGMENT)
    assert is_quiet(SEGMENT)


def test_each_attempt_is_another_segment() -> None:
    topology = Catalogue.load().topology("sauvegarde")
    nowhere = Path("/nulle-part")
    plans = [plan_lab("x", topology, nowhere, nowhere, "sel", attempt=n) for n in range(4)]
    assert len({plan.segment for plan in plans}) == 4
    assert len({plan.vms[0].domain for plan in plans}) == 1
