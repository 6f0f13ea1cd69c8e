"""The numbered writer and its witness, run on this host."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from local_machine import LocalMachine, wait_for

from pcapra_lab.content.drill import NumberedWriter, WriterForm
from pcapra_lab.drills.guest import numbered, records
from pcapra_lab.drills.journal import Journal, sample_line
from pcapra_lab.drills.recorder import Recorder
from pcapra_lab.errors import VmError
from pcapra_lab.remote.result import CommandResult

WRITER, WITNESS = "pcapra-ecrivain", "pcapra-temoin"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[LocalMachine]:
    made = LocalMachine(tmp_path)
    yield made
    made.end()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def recorder(
    machine: LocalMachine,
    path: Path,
    *,
    form: WriterForm = WriterForm.LINES,
    witness: str | None = None,
    token: str = "abc",  # noqa: S107
) -> Recorder:
    writer = NumberedWriter(vm="srv", path=str(path), form=form, every="50ms", witness=witness)
    return Recorder(
        machine,
        writer,
        token,
        lambda _vm: "127.0.0.1",
        folder=str(machine.folder),
        port=free_port(),
    )


class Follower:
    """Reads a recorder's journal as a session does."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.journal = Journal()
        self.offset = 0
        self.running = False

    def follow(self) -> Journal:
        look = self.recorder.look(self.offset)
        self.journal.read(look.lines + sample_line(look.sample))
        self.offset, self.running = look.offset, look.running
        return self.journal

    def until(self, number: int) -> Journal:
        wait_for(f"number {number}", 20, lambda: self.follow().last >= number)
        return self.journal


@pytest.mark.parametrize("form", [WriterForm.LINES, WriterForm.FILES])
def test_what_was_acknowledged_is_there_and_dated(
    machine: LocalMachine, tmp_path: Path, form: WriterForm
) -> None:
    path = tmp_path / "donnees"
    if form is WriterForm.FILES:
        path.mkdir()
    before = time.monotonic()
    one = recorder(machine, path, form=form)
    one.start()
    follower = Follower(one)
    journal = follower.until(8)
    assert follower.running
    one.stop()
    after = time.monotonic()
    journal = follower.follow()
    assert not follower.running
    survey = one.survey()
    assert sorted(journal.acks) == list(range(1, journal.last + 1))
    assert set(journal.acks) <= survey.present
    assert (survey.corrupt, survey.duplicates) == (0, 0)
    marks = list(journal.dated().values())
    assert all(mark.low <= after and mark.high >= before for mark in marks)
    assert [m.at for m in marks] == sorted(m.at for m in marks)
    assert abs(marks[-1].at - journal.acks[journal.last].acked) <= marks[-1].uncertainty + 1e-9, (
        "this host's clock is the machine's"
    )


def test_a_restore_loses_what_came_after_the_backup_and_no_more(
    machine: LocalMachine, tmp_path: Path
) -> None:
    path = tmp_path / "registre"
    one = recorder(machine, path)
    one.start()
    follower = Follower(one)
    follower.until(4)
    backup = path.read_bytes()
    kept = backup.count(b"\n")
    follower.until(kept + 4)
    path.unlink()
    follower.until(follower.journal.last + 2)
    one.stop()
    follower.follow()
    path.write_bytes(backup)
    survey = one.survey()
    assert survey.present == frozenset(range(1, kept + 1))
    assert set(follower.journal.acks) - survey.present, "acknowledged, and gone"


def test_altered_torn_and_repeated_records_are_seen(machine: LocalMachine, tmp_path: Path) -> None:
    path = tmp_path / "registre"
    for number in (1, 2, 3):
        records.append_line(str(path), number, "abc")
    records.append_line(str(path), 9, "autre")
    lines = path.read_bytes().splitlines(keepends=True)
    altered = lines[1].replace(b"2 ", b"7 ", 1)
    path.write_bytes(b"".join([lines[0], altered, lines[2], lines[2], lines[3], lines[0][:9]]))
    records.append_line(str(path), 4, "abc")
    survey = recorder(machine, path).survey()
    assert survey.present == {1, 3, 4}
    assert (survey.corrupt, survey.duplicates) == (2, 1)
    path.write_bytes(os.urandom(4096))
    wrecked = recorder(machine, path).survey()
    assert wrecked.present == frozenset() and wrecked.corrupt > 0


def test_files_renamed_emptied_or_exchanged_are_not_trusted(
    machine: LocalMachine, tmp_path: Path
) -> None:
    folder = tmp_path / "fiches"
    folder.mkdir()
    for number in range(1, 6):
        records.write_file(str(folder), number, "abc")
    (folder / "00000002.txt").rename(folder / "00000002.txt.locked")
    (folder / "00000003.txt").write_bytes(b"")
    (folder / "00000005.txt").write_bytes((folder / "00000004.txt").read_bytes())
    (folder / "lisez-moi.txt").write_text("payez")
    survey = recorder(machine, folder, form=WriterForm.FILES).survey()
    assert survey.present == {1, 4}
    assert (survey.corrupt, survey.duplicates) == (3, 0)
    gone = recorder(machine, tmp_path / "absent", form=WriterForm.FILES).survey()
    assert gone.present == frozenset()


def test_refused_writes_are_told_and_never_acknowledged(
    machine: LocalMachine, tmp_path: Path
) -> None:
    folder = tmp_path / "srv"
    folder.mkdir()
    one = recorder(machine, folder / "registre")
    one.start()
    follower = Follower(one)
    follower.until(2)
    folder.rename(tmp_path / "ailleurs")
    wait_for("a refusal", 20, lambda: len(follower.follow().refused) >= 2)
    refused = follower.journal.last
    folder.mkdir()
    follower.until(refused + 3)
    one.stop()
    journal = follower.follow()
    missing = set(range(1, journal.last + 1)) - set(journal.acks)
    assert missing == journal.refused, "a refused number is used up"


def test_the_witness_keeps_what_a_power_cut_takes(machine: LocalMachine, tmp_path: Path) -> None:
    path = tmp_path / "registre"
    one = recorder(machine, path, witness="sauvegarde")
    one.start()
    follower = Follower(one)
    last = follower.until(6).last
    wait_for("the witness", 20, lambda: f'"n": {last},' in one.testimony())
    machine.kill(WRITER)
    for journal in machine.folder.glob("abc.numbered.jsonl"):
        journal.unlink()
    told = Journal()
    told.read(one.testimony())
    assert set(range(1, last + 1)) <= set(told.acks)
    assert not one.look(10**9).running
    one.stop()
    assert machine.output(WITNESS) == ""


def test_a_dead_witness_stops_nothing(machine: LocalMachine, tmp_path: Path) -> None:
    one = recorder(machine, tmp_path / "registre", witness="sauvegarde")
    one.start()
    follower = Follower(one)
    follower.until(2)
    machine.kill(WITNESS)
    follower.until(follower.journal.last + 10)
    one.stop()


def test_a_witness_listens_to_its_own_drill_only(machine: LocalMachine, tmp_path: Path) -> None:
    one = recorder(machine, tmp_path / "registre", witness="sauvegarde")
    one.start()
    port, follower = one._port, Follower(one)
    first = follower.until(1).last
    wait_for("the witness to listen", 20, lambda: f'"n": {first},' in one.testimony())
    with socket.create_connection(("127.0.0.1", port), 5) as stranger:
        stranger.sendall(b'autre\n{"n": 4242}\n')
        assert stranger.recv(1) == b"", "hung up"
    last = follower.until(first + 1).last
    wait_for("the witness", 20, lambda: f'"n": {last},' in one.testimony())
    assert '"n": 4242' not in one.testimony()
    one.stop()


def test_a_write_that_hangs_is_told_while_it_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbered, "STUCK_SECONDS", 0.05)
    release = threading.Event()

    def hang(_path: str, _number: int, _token: str) -> None:
        release.wait()

    monkeypatch.setitem(numbered.WRITE, "lines", hang)
    journal = tmp_path / "journal"
    job = {"journal": str(journal), "token": "abc", "path": "/x", "form": "lines", "every": 0.05}
    stop = threading.Event()
    thread = threading.Thread(target=numbered.Writer(job).run, args=(stop,))
    thread.start()
    try:
        wait_for("told", 20, lambda: b"stuck" in journal.read_bytes())
        told = json.loads(journal.read_text().splitlines()[0])
        assert told["stuck"] == 1 and told["seconds"] >= 0.0
        release.set()
        wait_for("acknowledged", 20, lambda: b"acked" in journal.read_bytes())
    finally:
        release.set()
        stop.set()
        thread.join(20)


def test_starting_again_replaces_the_writer(machine: LocalMachine, tmp_path: Path) -> None:
    path = tmp_path / "registre"
    first, second = recorder(machine, path), recorder(machine, path, token="def")
    first.start()
    Follower(first).until(2)
    before = machine.pid(WRITER)
    second.start()
    assert machine.pid(WRITER) != before
    Follower(second).until(2)
    second.stop()
    assert second.survey().present and first.survey().present, "each knows its own"
    assert second.survey().corrupt == 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (CommandResult(1, b"", b"python3: not found\n"), "python3: not found"),
        (CommandResult(0, b"bonjour\n", b""), "n'a pas répondu"),
        (
            CommandResult(
                0,
                b'{"ok": false, "reason": "no-program", "detail": "systemd-run", "boot": "b",'
                b' "now": 1.0, "lead": 0.0}\n',
                b"",
            ),
            "« systemd-run » n'est pas installé",
        ),
    ],
)
def test_what_goes_wrong_in_a_machine_is_said(answer: CommandResult, words: str) -> None:
    def run(vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return answer

    writer = NumberedWriter(vm="srv", path="/srv/x")
    with pytest.raises(VmError, match=words) as caught:
        Recorder(run, writer, "abc", lambda vm: vm).look(0)
    assert "srv" in caught.value.hint


def test_a_clock_that_saw_more_than_the_call_is_not_believed() -> None:
    ticks = iter([10.0, 10.5])

    def run(vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return CommandResult(0, b'{"ok":true,"boot":"b","now":1.0,"lead":7.0}', b"")

    clock: Callable[[], float] = lambda: next(ticks)  # noqa: E731 - typed
    writer = NumberedWriter(vm="srv", path="/srv/x")
    look = Recorder(run, writer, "abc", lambda vm: vm, clock=clock).look(0)
    assert (look.sample.before, look.sample.after) == (10.0, 10.5)
