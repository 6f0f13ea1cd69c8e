"""``record``: what was recorded in the app, listed and played."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pcapra_lab.cli.main import cli
from pcapra_lab.terminal.recording import Recorder


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path))
    folder = tmp_path / "data" / "recordings"
    folder.mkdir(parents=True)
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["record", *arguments])


def test_none_yet_and_how_to_make_one(recordings: Path) -> None:
    recordings.rmdir()
    assert "Ctrl+R" in run("list").output


def test_the_list_tells_each_and_goes_on_after_a_bad_one(recordings: Path) -> None:
    made = Recorder(recordings / "b.cast", "srv (2)", (100, 30))
    made.output(b"x")
    made.close()
    (recordings / "a.cast").write_text("rien\n")
    first, second = run("list").output.splitlines()
    assert first.startswith("a.cast  illisible")
    assert second.startswith("b.cast") and second.endswith("0 s  100×30  srv (2)")


def test_playing_says_what_was_said(recordings: Path) -> None:
    made = Recorder(recordings / "a.cast", "srv", (80, 24))
    made.output("déjà\r\n\x1b[1mvu\x1b[0m".encode())
    made.close()
    for name in ("a.cast", str(recordings / "a.cast")):
        result = run("play", name, "--speed", "100")
        assert result.exit_code == 0
        assert result.stdout_bytes == "déjà\r\n\x1b[1mvu\x1b[0m".encode()


def test_what_is_not_there_is_an_error_with_a_remedy(recordings: Path) -> None:
    result = run("play", "absent.cast")
    assert result.exit_code == 1
    assert "absent.cast n'existe pas" in result.stderr
    assert "→ pcapra-lab record list" in result.stderr


def test_ctrl_c_stops_at_once(recordings: Path) -> None:
    header = '{"version": 2, "width": 80, "height": 24}\n'
    (recordings / "a.cast").write_text(header + '[0, "o", "un"]\n[3600, "o", "deux"]\n')
    argv = [sys.executable, "-m", "pcapra_lab", "record", "play", "a.cast"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=os.environ) as playing:
        try:
            assert playing.stdout is not None
            assert select.select([playing.stdout], [], [], 30.0)[0], "the first event"
            playing.send_signal(signal.SIGINT)
            out, _ = playing.communicate(timeout=30)
        finally:
            # It would go on for an hour.
            playing.kill()
    assert playing.returncode == 130
    assert out == b"un"
