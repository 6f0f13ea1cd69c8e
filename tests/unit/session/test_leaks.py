"""The leak check: what a machine holds, how two looks differ, and what the replay says of it."""

import gzip
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_playground import BREAKS, MAKES_PASS, Desk, FakeLab, open_desk

from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.lab.progress import ignore
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.journal import Row
from pcapra_lab.session.leaks import Inventory, command, leaks, read
from pcapra_lab.session.replay import Replay, ReplayResult

SYSTEMCTL = """\
#!/bin/sh
case $1 in
list-unit-files) echo "ssh.service enabled"; echo "cron.service disabled" ;;
list-units) echo "ssh.service loaded active running SSH"; echo "run-r1.service loaded active" ;;
esac
"""


def take(root: Path, tools: Path, *volatile: str) -> Inventory:
    """The inventory that the real script makes of a folder of this host."""
    argv, script = command(volatile, str(root))
    done = subprocess.run(
        argv,
        input=script,
        capture_output=True,
        env={"PATH": f"{tools}:{os.environ['PATH']}"},
        check=False,
    )
    return read("srv", CommandResult(done.returncode, done.stdout, done.stderr))


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "outils"
    folder.mkdir()
    for name, text in {
        "systemctl": SYSTEMCTL,
        "dpkg-query": "#!/bin/sh\nprintf 'borgbackup 1.2 installed\\0'\n",
    }.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "racine"
    for name in ("srv/notes", "var/log", "var/lib/base"):
        (root / name).mkdir(parents=True)
    (root / "srv/notes/un\nnom à part").write_text("mémo")
    (root / "srv/lien").symlink_to("notes")
    return root


def test_an_inventory_holds_files_packages_and_units(root: Path, tools: Path) -> None:
    found = take(root, tools)
    assert f"{root}/srv/notes/un\nnom à part" in found.files
    assert found.files[f"{root}/srv/lien"].endswith(" notes")
    assert found.packages == {"borgbackup 1.2 installed"}
    assert found.units == {"ssh.service enabled", "cron.service disabled", "ssh.service active"}
    assert Inventory.from_json(found.to_json()) == found


def test_every_change_is_seen_and_nothing_else(root: Path, tools: Path) -> None:
    before = take(root, tools, "/var/lib/base")
    (root / "var/log/syslog").write_text("du bruit")
    (root / "var/lib/base/table").write_text("des données")
    assert leaks({"srv": before}, {"srv": take(root, tools, "/var/lib/base")}) == []
    (root / "srv/reste").write_text("oublié")
    (root / "srv/notes/un\nnom à part").write_text("changé")
    (root / "srv/lien").unlink()
    (root / "srv/notes").chmod(0o700)
    (tools / "systemctl").write_text(SYSTEMCTL.replace("cron.service disabled", "x.timer enabled"))
    (tools / "dpkg-query").write_text("#!/bin/sh\nprintf 'restic 0.14 installed\\0'\n")
    assert leaks({"srv": before}, {"srv": take(root, tools, "/var/lib/base")}) == [
        f"srv : fichiers en plus {root}/srv/reste",
        f"srv : fichiers en moins {root}/srv/lien",
        f"srv : fichiers changés {root}/srv/notes, {root}/srv/notes/un\nnom à part",
        "srv : paquets en plus restic 0.14 installed",
        "srv : paquets en moins borgbackup 1.2 installed",
        "srv : unités en plus x.timer enabled",
        "srv : unités en moins cron.service disabled",
    ]


def test_many_differences_are_counted(root: Path, tools: Path) -> None:
    before = take(root, tools)
    for number in range(9):
        (root / f"srv/{number}").touch()
    [said] = leaks({"srv": before}, {"srv": take(root, tools)})
    assert said.endswith("srv/4… (9 en tout)")


def test_a_tool_that_fails_is_an_error_not_an_empty_list(root: Path, tools: Path) -> None:
    (tools / "systemctl").write_text("#!/bin/sh\necho 'pas de bus' >&2\nexit 1\n")
    with pytest.raises(VmError, match="l'inventaire a échoué : pas de bus"):
        take(root, tools)


@pytest.mark.parametrize(
    "stdout", [b"", b"du texte", gzip.compress(b"\1\1"), gzip.compress(b"\1\1\1"),
               gzip.compress(b"/a\tf\0\1\1\1reste"),
               gzip.compress(b"/a\tf\0\1\1\1")[:-9]]
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_an_error(stdout: bytes) -> None:
    with pytest.raises(VmError, match="illisible"):
        read("srv", CommandResult(0, stdout, b""))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        yield opened


def play(desk: Desk, *, mutants: int | None = None, until: str | None = None) -> ReplayResult:
    replay = Replay(desk.installation, "panne", "graine", mutants=mutants, on_row=lambda row: None)
    return replay.run(ignore, threading.Event(), until=until)


def left(result: ReplayResult) -> Row:
    [row] = [row for row in result.rows if row.stage == "rien ne reste"]
    return row


def test_a_reset_that_brings_all_back_is_a_row_like_the_others(desk: Desk) -> None:
    assert left(play(desk)).ok
    assert desk.ground.calls.count("reset") == 2


def test_a_file_that_a_reset_leaves_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = FakeLab.checkpoint

    def checkpoint(self: FakeLab, label: str) -> None:
        desk.ground.files.add("/srv/oublié")
        real(self, label)

    monkeypatch.setattr(FakeLab, "checkpoint", checkpoint)
    row = left(play(desk))
    assert not row.ok and row.detail == "srv : fichiers en plus /srv/oublié"


def test_a_check_that_stays_green_after_a_reset_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FakeLab.reset

    def reset(self: FakeLab, *args: object) -> None:
        kept = desk.ground.passing & {"installe"}
        real(self, *args)  # type: ignore[arg-type]
        desk.ground.passing |= kept

    monkeypatch.setattr(FakeLab, "reset", reset)
    row = left(play(desk))
    assert not row.ok and "avant/installe était fail, est pass" in row.detail


def test_what_already_passes_when_prepared_may_pass_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "setup/base.sh", {"repond"})
    monkeypatch.setitem(BREAKS, "setup/incident.sh", {"repond", "redemarre"})
    assert play(desk).ok


def test_a_partial_or_quick_replay_does_without(desk: Desk) -> None:
    for result in (play(desk, mutants=0), play(desk, until="incident")):
        assert all(row.stage != "rien ne reste" for row in result.rows)


def test_an_interrupted_replay_compares_with_the_first_prepared_state(desk: Desk) -> None:
    cancel = threading.Event()

    def stop(row: Row) -> None:
        if row.step == "incident":
            cancel.set()

    first = Replay(desk.installation, "panne", "graine", mutants=None, on_row=stop)
    with pytest.raises(Cancelled):
        first.run(ignore, cancel)
    desk.ground.files.add("/srv/entre-temps")
    again = Replay(
        desk.installation, "panne", "graine", mutants=None, on_row=lambda row: None, resume=True
    )
    row = left(again.run(ignore, threading.Event()))
    assert not row.ok and "/srv/entre-temps" in row.detail
