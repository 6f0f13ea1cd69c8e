"""What a restore disturbs is awaited, within its time, and told when it does not come back."""

import threading

import pytest

from pcapra_lab.content.models import Settle
from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.lab.events import LabEvent
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session import settling
from pcapra_lab.session.settling import settle

PROBE = Settle(vm="lb1", run=["corosync-quorumtool", "-s"], timeout="5s")
NOBODY = threading.Event()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "BETWEEN_TRIES", 0.01)


class Guest:
    """Answers with each of the results, then with the last for ever."""

    def __init__(self, *answers: CommandResult | VmError) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, list[str]]] = []

    def run(self, vm: str, argv: list[str], _stdin: bytes, timeout: float) -> CommandResult:
        assert 0 < timeout <= 5
        self.asked.append((vm, argv))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, VmError):
            raise answer
        return answer


def test_a_cluster_is_awaited_until_it_is_itself_again() -> None:
    guest = Guest(VmError("lb1", "lien coupé"), CommandResult(1, b"", b"no quorum\n"), OK)
    told: list[LabEvent] = []
    assert settle(PROBE, guest.run, told.append, NOBODY)
    assert guest.asked == [("lb1", PROBE.run)] * 3
    assert ["lien coupé" in told[0].detail, "no quorum" in told[1].detail] == [True, True]


def test_one_that_never_settles_is_told_and_left() -> None:
    probe = PROBE.model_copy(update={"timeout": "1s"})
    told: list[LabEvent] = []
    assert not settle(probe, Guest(CommandResult(2, b"", b"")).run, told.append, NOBODY)
    assert "n'est pas rétabli après 1 s (code 2)" in told[-1].detail


def test_the_wait_can_be_cancelled() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        settle(PROBE, Guest(CommandResult(1, b"", b"")).run, lambda _e: None, stop)


OK = CommandResult(0, b"", b"")
