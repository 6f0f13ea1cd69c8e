"""The depot's signing key: made once per cache, trusted by the images built there.

Signatures are dated two days back (``--faked-system-time``): a guest restored from a snapshot
has its clock in the past, and a signature from its future is refused.
"""

import fcntl
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.images.store import Artifact, Store
from pcapra_lab.lab.process import run

BACKDATED_SECONDS = 2 * 86400
# The key is older than any signature by more than a clock can step: gpg refuses a key from its
# future, by one second too, and its own clock may be a second off the one it is given.
_KEY_AGE_SECONDS = 86400
_IDENTITY = "pcapra-lab depot <depot@pcapra.invalid>"
_HOME = "pcapra-gpg-"
KEY_DIGEST = "0" * 64
"""The key is no function of a recipe: one per store."""


def signing_key(store: Store, cancel: threading.Event | None = None) -> Artifact:
    """The key pair: ``public.gpg`` and ``secret.gpg`` (0600)."""
    if found := store.find("cle", "depot", KEY_DIGEST):
        return found
    with store.building("cle", "depot", KEY_DIGEST, cancel) as build:
        if found := store.find("cle", "depot", KEY_DIGEST):
            return found
        public, secret = build.folder / "public.gpg", build.folder / "secret.gpg"
        with _home() as home:
            generation = ["--quick-gen-key", "--", _IDENTITY, "ed25519", "sign", "never"]
            _gpg(home, generation, cancel, older=_KEY_AGE_SECONDS)
            _gpg(home, ["--output", str(public), "--export"], cancel)
            _gpg(home, ["--output", str(secret), "--export-secret-keys"], cancel)
        secret.chmod(0o600)
        public.chmod(0o644)
        return build.commit()


def sign(key: Artifact, release: Path, signed: Path, cancel: threading.Event | None = None) -> None:
    """Clear-sign an APT Release file into an InRelease file."""
    with _home() as home:
        _gpg(home, ["--import", str(key.file("secret.gpg"))], cancel)
        _gpg(
            home,
            ["--digest-algo", "SHA512", "--output", str(signed), "--clearsign", str(release)],
            cancel,
        )


@contextmanager
def _home() -> Iterator[Path]:
    _sweep()
    # A short path: the agent's socket must fit in 108 bytes, which a deep cache folder may not.
    with tempfile.TemporaryDirectory(prefix=_HOME) as folder:
        home = Path(folder)
        with _opened(home) as handle:
            # Before anything is in it: see ``_sweep``.
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                yield home
            finally:
                _end_agent(home)


def _sweep() -> None:
    """Delete the homes, with a secret key in them, of signers that were killed.

    A signer alive holds its home's lock, unless it has just made it: an empty one is left alone.
    """
    for home in Path(tempfile.gettempdir()).glob(f"{_HOME}*"):
        # Locked, gone meanwhile, or no folder; and what resists must not keep from signing.
        with suppress(OSError, LabError), _opened(home) as handle:
            if os.fstat(handle).st_uid != os.geteuid():
                continue
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if any(home.iterdir()):
                _end_agent(home)
                shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


def _end_agent(home: Path) -> None:
    run(["gpgconf", "--homedir", str(home), "--kill", "all"], timeout=30)


def _gpg(home: Path, arguments: list[str], cancel: threading.Event | None, older: int = 0) -> None:
    past = int(time.time()) - BACKDATED_SECONDS - older
    options = ["--batch", "--no-tty", "--yes", "--quiet", "--pinentry-mode", "loopback"]
    run(
        [
            "gpg",
            "--homedir",
            str(home),
            *options,
            "--passphrase",
            "",
            f"--faked-system-time={past}",
            *arguments,
        ],
        timeout=120,
        cancel=cancel,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        hint=_("le paquet gpg est-il installé ? (pcapra-lab doctor --fix)"),
    )
