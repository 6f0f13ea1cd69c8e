"""One round trip, and what can be wrong with its answer."""

import re

import pytest
from local_guest import Ended, LocalGuest, item

from pcapra_lab.errors import VmError
from pcapra_lab.grading.facts import RunFact
from pcapra_lab.grading.transport import ask

ITEMS = [item("command", argv=["echo", "oui"])]


class Scripted:
    """Answers with what a function makes of the marker."""

    def __init__(self, status: int, stdout: bytes, stderr: bytes = b"") -> None:
        self.ended = (status, stdout, stderr)

    def __call__(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> Ended:
        status, stdout, stderr = self.ended
        found = re.search(rb'"marker": "([0-9a-f]+)"', stdin)
        assert found
        return Ended(status, stdout.replace(b"MARKER", found[1]), stderr)


def test_stray_output_around_the_reply_is_ignored() -> None:
    guest = LocalGuest(before=b'\xff motd {"facts": {}}\n', after=b"\xfe logout {}\n")
    fact = ask(guest, "srv", ITEMS)["x"]
    assert isinstance(fact, RunFact)
    assert fact.stdout == "oui\n"


def test_markers_differ_each_time() -> None:
    guest = LocalGuest()
    ask(guest, "srv", ITEMS)
    ask(guest, "srv", ITEMS)
    first, second = (re.findall(rb'"marker": "(\w{32})"', sent) for _, sent in guest.sent)
    assert first != second


def test_timeout_covers_every_item() -> None:
    asked: list[float] = []
    guest = LocalGuest()

    def spy(vm: str, argv: list[str], stdin: bytes, timeout: float) -> Ended:
        asked.append(timeout)
        return guest(vm, argv, stdin, timeout)

    ask(spy, "srv", [ITEMS[0], ITEMS[0] | {"id": "y", "timeout": 300.0}])
    assert asked[0] > 320


def test_no_reply_names_the_vm_and_what_was_said() -> None:
    remote = Scripted(1, b"", b"bienvenue\npython3: command not found\n")
    with pytest.raises(VmError, match=r"srv : .*code de sortie 1.*command not found") as caught:
        ask(remote, "srv", ITEMS)
    assert "sudo python3" in caught.value.hint


@pytest.mark.parametrize(
    "reply",
    [
        b"{",
        b"[]",
        b'{"facts": {"x": {"kind": "nope"}}}',
        b'{"facts": {"x": {"kind": "run", "exit": "0"}}}',
        b'{"facts": {"y": {"kind": "error", "reason": "os", "detail": ""}}}',
        b"\xff",
    ],
)
def test_a_malformed_reply_is_an_error(reply: bytes) -> None:
    with pytest.raises(VmError, match="illisible"):
        ask(Scripted(0, b"MARKER" + reply + b"MARKER"), "srv", ITEMS)


def test_a_cut_reply_is_an_error() -> None:
    with pytest.raises(VmError, match="pas répondu"):
        ask(Scripted(0, b'MARKER{"facts": {'), "srv", ITEMS)
