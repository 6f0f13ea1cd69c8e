"""Who signs: the account's own key, or one that is lent for an exam."""

import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.remote.keys import load_or_create

SigningKey = Ed25519PrivateKey
"""A private key, for who only hands it on."""
NAME = "signature"
"""The private key's file in the account's own folder; ``signature.pub`` stands beside it."""


def own_key(folder: Path) -> Ed25519PrivateKey:
    """The account's key, made the first time: 0600 in a folder of its own.

    Raises:
        LabError: other accounts may read it, or it is damaged.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        load_or_create(folder / NAME)
    except OSError as error:
        raise LabError(
            _("la clé de signature ne peut pas être lue ou créée dans {folder} ({why})").format(
                folder=folder, why=error.strerror
            ),
            hint=_("vérifiez les droits de ce dossier et la place sur le disque"),
        ) from error
    return read_key(folder / NAME)


def read_key(path: Path, ask: Callable[[], str] | None = None) -> Ed25519PrivateKey:
    """An Ed25519 private key in OpenSSH's format, as ``ssh-keygen -t ed25519`` makes them.

    Args:
        ask: for the passphrase of a key that has one.

    Raises:
        LabError: it is no such key, its passphrase is wrong, or other accounts may read it.
    """
    try:
        data, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        raise LabError(
            _("la clé {path} ne peut pas être lue ({why})").format(path=path, why=error.strerror),
            hint=_("vérifiez son chemin et ses droits"),
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise LabError(
            _(
                "d'autres comptes peuvent lire la clé privée {path} : elle ne prouve plus rien"
            ).format(path=path),
            hint=_("si personne ne l'a lue : chmod 600 {path} ; sinon, faites-en une autre").format(
                path=path
            ),
        )
    try:
        return _ed25519(_loaded(data, ask))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LabError(
            _("{path} n'est pas une clé privée Ed25519 lisible (format OpenSSH)").format(path=path),
            hint=_(
                "ssh-keygen -t ed25519 -f FICHIER en fait une ; sa phrase secrète est-elle juste ?"
            ),
        ) from error


def _loaded(data: bytes, ask: Callable[[], str] | None) -> object:
    try:
        return load_ssh_private_key(data, None)
    except (ValueError, TypeError):
        # With a passphrase, or no key at all: the same words say both.
        if ask is None or b"OPENSSH PRIVATE KEY" not in data:
            raise
        return load_ssh_private_key(data, ask().encode())


def _ed25519(key: object) -> Ed25519PrivateKey:
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("another kind of key")
    return key
