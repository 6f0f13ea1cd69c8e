"""An ordinary account: the wheel installed outside the checkout, a session daemon, no root.

The account is made for the test and removed with it. Its home is long, so that socket paths
derived from it would not fit, and no XDG variable is set.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes a throwaway account: needs root"),
]

ROOT = Path(__file__).resolve().parents[2]
LONG = "un-dossier-personnel-au-nom-deliberement-tres-long-pour-les-chemins-de-sockets"


@dataclass(frozen=True)
class Account:
    name: str
    home: Path

    def run(self, *argv: str, timeout: float) -> subprocess.CompletedProcess[str]:
        """As this account, in a bare environment."""
        return subprocess.run(
            ["runuser", "-u", self.name, "--", "env", "-i", *self.environment(), *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=self.home,
        )

    def environment(self) -> list[str]:
        return [f"HOME={self.home}", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", f"USER={self.name}"]


@pytest.fixture
def account() -> Iterator[Account]:
    name = f"pcapra{os.getpid() % 100000}"
    base = Path("/var/lib") / f"pcapra-e2e-{os.getpid()}"
    home = base / LONG
    base.mkdir(mode=0o755)
    try:
        subprocess.run(
            ["useradd", "--create-home", "--home-dir", str(home), "--shell", "/bin/sh", name],
            check=True,
        )
        try:
            yield Account(name, home)
        finally:
            end_processes_of(pwd.getpwnam(name).pw_uid)
            subprocess.run(["userdel", name], check=True)
    finally:
        shutil.rmtree(base)


def end_processes_of(uid: int) -> None:
    """End what a throwaway account left running: it exists for this test alone."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if folder.stat().st_uid == uid:
                os.kill(int(folder.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue


def test_the_wheel_replays_the_exercise_as_an_ordinary_user(
    account: Account, tmp_path: Path
) -> None:
    uv = ROOT / ".bootstrap" / "bin" / "uv"
    subprocess.run(
        [
            *(str(uv), "build", "--wheel", "--quiet", "--python", "/usr/bin/python3"),
            *("--out-dir", str(tmp_path), str(ROOT)),
        ],
        check=True,
        timeout=300,
    )
    wheel = next(tmp_path.glob("*.whl"))
    shutil.copy(wheel, account.home / wheel.name)
    shutil.copy(ROOT / "requirements.lock", account.home / "requirements.lock")

    for argv in (
        ["/usr/bin/python3", "-m", "venv", "env"],
        ["env/bin/pip", "install", "-q", "--require-hashes", "-r", "requirements.lock"],
        ["env/bin/pip", "install", "-q", "--no-deps", wheel.name],
    ):
        done = account.run(*argv, timeout=600)
        assert done.returncode == 0, done.stderr

    program = str(account.home / "env/bin/pcapra-lab")
    done = account.run(program, "list", timeout=60)
    assert "BorgBackup" in done.stdout, done.stderr
    built = account.run(program, "image", "build", timeout=1200)
    assert built.returncode == 0, built.stderr

    played = account.run(program, "replay", "borgbackup", "--mutants", "0", "--json", timeout=1500)
    assert played.stdout, played.stderr
    result = json.loads(played.stdout)
    assert [row for row in result["rows"] if not row["ok"]] == []
    assert len({row["step"] for row in result["rows"]}) >= 7

    uid = pwd.getpwnam(account.name).pw_uid
    left = [p for p in Path("/proc").glob("[0-9]*") if p.exists() and p.stat().st_uid == uid]
    assert left == [], "the replay left processes behind"
