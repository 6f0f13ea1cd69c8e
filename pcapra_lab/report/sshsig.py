"""Ed25519 signatures in OpenSSH's format (its ``PROTOCOL.sshsig``), so that ``ssh-keygen -Y
verify`` checks them too, without this program.
"""

import base64
import hashlib
import struct
import textwrap
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_MAGIC = b"SSHSIG"
_VERSION = 1
_HASH = b"sha512"
_TYPE = b"ssh-ed25519"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


class BadSignature(Exception):
    """It is no signature of these bytes by its key for this use."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key."""

    raw: bytes
    """32 bytes."""

    @property
    def blob(self) -> bytes:
        """As OpenSSH encodes it."""
        return _string(_TYPE) + _string(self.raw)

    @property
    def line(self) -> str:
        """``ssh-ed25519 AAAA…``, without a comment."""
        return f"{_TYPE.decode()} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """``SHA256:…``, as ``ssh-keygen -l`` says it: what two people compare."""
        digest = hashlib.sha256(self.blob).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    @classmethod
    def from_line(cls, line: str) -> "PublicKey":
        """The key of a ``ssh-ed25519 AAAA… comment`` line.

        Raises:
            ValueError: it is none.
        """
        words = line.split(None, 2)
        if len(words) < 2 or words[0] != _TYPE.decode():
            raise ValueError("not an ssh-ed25519 public key")
        try:
            return cls.from_blob(base64.b64decode(words[1], validate=True))
        except (ValueError, BadSignature) as error:
            raise ValueError("not an ssh-ed25519 public key") from error

    @classmethod
    def from_blob(cls, blob: bytes) -> "PublicKey":
        """The key that OpenSSH encoded.

        Raises:
            BadSignature: it is none.
        """
        reader = _Reader(blob)
        if reader.string() != _TYPE or len(raw := reader.string()) != 32 or reader.left:
            raise BadSignature("not an Ed25519 key")
        return cls(raw)

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> "PublicKey":
        """The public half of a private key."""
        return cls(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def sign(message: bytes, key: Ed25519PrivateKey, namespace: str) -> str:
    """An armored signature.

    Args:
        namespace: what the signature is for: one for another use does not pass for it.
    """
    signature = _string(_TYPE) + _string(key.sign(_signed(message, namespace.encode())))
    blob = _MAGIC + struct.pack(">I", _VERSION)
    for part in (PublicKey.of(key).blob, namespace.encode(), b"", _HASH, signature):
        blob += _string(part)
    lines = textwrap.wrap(base64.b64encode(blob).decode(), 70)
    return "\n".join([_BEGIN, *lines, _END, ""])


def verify(message: bytes, armored: str, namespace: str) -> PublicKey:
    """The key that signed ``message``. Whose key it is, is another question.

    Raises:
        BadSignature: it did not, or this is no signature.
    """
    reader = _Reader(_unarmored(armored))
    if reader.take(len(_MAGIC)) != _MAGIC or reader.number() != _VERSION:
        raise BadSignature("not an SSH signature")
    key = PublicKey.from_blob(reader.string())
    said, reserved, hashed = reader.string(), reader.string(), reader.string()
    inner = _Reader(reader.string())
    if reader.left or said != namespace.encode() or hashed != _HASH or reserved:
        raise BadSignature("made for another use")
    if inner.string() != _TYPE or len(signature := inner.string()) != 64 or inner.left:
        raise BadSignature("not an Ed25519 signature")
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, _signed(message, said))
    except InvalidSignature as error:
        raise BadSignature("not of these bytes") from error
    return key


def _signed(message: bytes, namespace: bytes) -> bytes:
    digest = hashlib.sha512(message).digest()
    return _MAGIC + b"".join(map(_string, (namespace, b"", _HASH, digest)))


def _unarmored(text: str) -> bytes:
    lines = text.strip().splitlines()
    if len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:
        raise BadSignature("not an SSH signature")
    try:
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except ValueError as error:
        raise BadSignature("not an SSH signature") from error


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class _Reader:
    """Reads what a stranger encoded: never beyond its end."""

    def __init__(self, data: bytes) -> None:
        self.left = data

    def take(self, length: int) -> bytes:
        if length > len(self.left):
            raise BadSignature("cut short")
        taken, self.left = self.left[:length], self.left[length:]
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        return self.take(self.number())
