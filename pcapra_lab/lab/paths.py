"""Where things live at run time: the XDG folders, or /var/lib when root.

As root, QEMU runs as another account that must be able to reach the disks, hence /var/lib.
``PCAPRA_HOME`` puts everything under one folder: tests and a second lab on one account use it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from pcapra_lab.lab.files import NotWritten

APP = "pcapra-lab"
ROOT_HOME = Path("/var/lib") / APP


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one installation."""

    cache: Path
    """Images and depot: can be rebuilt."""
    data: Path
    """Labs and progress: cannot."""
    state: Path
    """Logs, pid files of daemons we started, measured durations."""

    @property
    def images(self) -> Path:
        """Built images, one folder each, named by their content."""
        return self.cache / "images"

    @property
    def bundle(self) -> Path:
        """The trainer's bundle: files brought from upstream, verified."""
        return self.cache / "bundle"

    @property
    def labs(self) -> Path:
        """One folder per lab."""
        return self.data / "labs"

    @property
    def progress(self) -> Path:
        """The progress database."""
        return self.data / "progress.sqlite"

    @property
    def recordings(self) -> Path:
        """Terminals recorded at the trainee's wish."""
        return self.data / "recordings"

    @property
    def pictures(self) -> Path:
        """Drills drawn at the trainee's wish."""
        return self.data / "pictures"

    @property
    def last_seen(self) -> Path:
        """What was last seen of each exercise's machines."""
        return self.data / "last-seen"

    @property
    def identity(self) -> Path:
        """The key that signs this account's reports."""
        return self.data / "identity"

    @property
    def signers(self) -> Path:
        """The keys of other people's reports that this account recognises."""
        return self.data / "signers"

    @property
    def exams(self) -> Path:
        """Journals of exams: what a trainer is given."""
        return self.data / "exams"

    @property
    def log(self) -> Path:
        """The program's log file."""
        return self.state / "pcapra-lab.log"

    def create(self) -> None:
        """Make the folders; private to the account, except what QEMU's account must traverse.

        Raises:
            NotWritten: the host's disk refused.
        """
        private = (self.state,) if os.geteuid() == 0 else (self.state, self.data, self.cache)
        try:
            for folder in (self.cache, self.images, self.data, self.labs, self.state):
                folder.mkdir(parents=True, exist_ok=True)
            for folder in private:
                folder.chmod(0o700)
        except OSError as error:
            raise NotWritten(folder, error.strerror or str(error)) from error


def default_paths() -> Paths:
    """The folders for this account, from ``PCAPRA_HOME``, root's place, or XDG."""
    if home := os.environ.get("PCAPRA_HOME"):
        root = Path(home).absolute()
    elif os.geteuid() == 0:
        root = ROOT_HOME
    else:
        dirs = PlatformDirs(APP, appauthor=False)
        return Paths(dirs.user_cache_path, dirs.user_data_path, dirs.user_state_path)
    return Paths(root / "cache", root / "data", root / "state")
