"""Throwaway accounts: a long home, a bare environment, the wheel installed outside the checkout."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pcapra_lab.lab.daemons import start_time

ROOT = Path(__file__).resolve().parents[2]
LONG = "un-dossier-personnel-au-nom-deliberement-tres-long-pour-les-chemins-de-sockets"
CACHE = Path(".cache/pcapra-lab")


@dataclass(frozen=True)
class Account:
    name: str
    home: Path

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid

    def argv(self, *argv: str) -> list[str]:
        """The command as this account, in a bare environment: no XDG variable."""
        bare = [f"HOME={self.home}", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", f"USER={self.name}"]
        return ["runuser", "-u", self.name, "--", "env", "-i", *bare, *argv]

    def run(self, *argv: str, timeout: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(*argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=self.home,
        )

    def lab(self, *arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
        """The installed program."""
        return self.run(self.program, *arguments, timeout=timeout)

    def spawn(self, *arguments: str) -> "subprocess.Popen[str]":
        """The installed program, beside this test."""
        return subprocess.Popen(
            self.argv(self.program, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.home,
        )

    @property
    def program(self) -> str:
        return str(self.home / "env/bin/pcapra-lab")

    def install(self, wheel: Path) -> None:
        """With pip, from the lock file, nothing of the checkout in sight."""
        shutil.copy(wheel, self.home / wheel.name)
        shutil.copy(ROOT / "requirements.lock", self.home / "requirements.lock")
        for argv in (
            ["/usr/bin/python3", "-m", "venv", "env"],
            ["env/bin/pip", "install", "-q", "--require-hashes", "-r", "requirements.lock"],
            ["env/bin/pip", "install", "-q", "--no-deps", wheel.name],
        ):
            done = self.run(*argv, timeout=600)
            assert done.returncode == 0, done.stderr

    def take_images_of(self, other: "Account") -> None:
        """A copy of what another account built, as a trainer would hand it over."""
        target = self.home / CACHE
        (self.home / CACHE).parent.mkdir(mode=0o700, exist_ok=True)
        subprocess.run(["cp", "-a", str(other.home / CACHE), str(target)], check=True)
        owner = f"{self.name}:{self.name}"
        subprocess.run(["chown", "-R", owner, str(target.parent)], check=True)

    def processes(self) -> dict[int, str]:
        """Command lines of what this account runs, by pid. The dead that init is to collect: no."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if folder.stat().st_uid == self.uid and start_time(int(folder.name)):
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = line
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found


def build_wheel(folder: Path) -> Path:
    """The project's wheel."""
    uv = ROOT / ".bootstrap" / "bin" / "uv"
    subprocess.run(
        [
            *(str(uv), "build", "--wheel", "--quiet", "--python", "/usr/bin/python3"),
            *("--out-dir", str(folder), str(ROOT)),
        ],
        check=True,
        timeout=300,
    )
    return next(folder.glob("*.whl"))


@contextmanager
def throwaway_account(suffix: str) -> Iterator[Account]:
    """An account made for a test, removed with its home and whatever it still runs."""
    name = f"pcapra{os.getpid() % 100000}{suffix}"
    base = Path("/var/lib") / f"pcapra-e2e-{os.getpid()}-{suffix}"
    home = base / LONG
    base.mkdir(mode=0o755)
    try:
        subprocess.run(
            ["useradd", "--create-home", "--home-dir", str(home), "--shell", "/bin/sh", name],
            check=True,
        )
        account = Account(name, home)
        try:
            yield account
        finally:
            for pid in account.processes():
                _end(pid)
            subprocess.run(["userdel", name], check=True)
    finally:
        shutil.rmtree(base)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
