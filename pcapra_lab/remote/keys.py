"""Keys made on the host: the lab's own, and the host keys each VM is given.

Host keys are made here and carried to the VM by its seed disk, so that nothing is trusted on
first use: the pinned key is known before the VM exists.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An Ed25519 key in OpenSSH's formats."""

    private: str
    public: str
    """``ssh-ed25519 AAAA…`` without a comment."""


def generate() -> KeyPair:
    """A new key pair."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return KeyPair(private.decode(), public.decode())


def load_or_create(path: Path) -> KeyPair:
    """The key pair kept at ``path`` (0600), made there the first time."""
    if not path.exists():
        pair = generate()
        scratch, beside = path.with_suffix(".new"), path.with_suffix(".pub")
        scratch.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)
        _write(scratch, pair.private, 0o600)
        # On the disk too before the pair has its name: half of it would be believed for ever.
        _write(beside, pair.public + "\n", 0o644)
        scratch.rename(path)
    return KeyPair(path.read_text(), path.with_suffix(".pub").read_text().strip())


def _write(path: Path, text: str, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
