"""The keys that a trainer has enrolled: compared once, from mouth to ear, then recognised."""

import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.report.sshsig import PublicKey
from pcapra_lab.report.text import one_line

_MOST_BYTES = 4096
"""Of a public key's file, name included."""


@dataclass(frozen=True, slots=True)
class Signer:
    """An enrolled key."""

    name: str
    """What the trainer calls who holds it."""
    key: PublicKey
    enrolled_at: float
    """Seconds since the epoch."""


class Signers:
    """The enrolled keys of one account: public keys, a file each, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Signer, ...]:
        """Those there are, by name.

        Raises:
            LabError: one of the files is damaged: it must not pass for a key nobody enrolled.
        """
        found = [self._read(path) for path in self._folder.glob("*.pub")]
        return tuple(sorted(found, key=lambda one: (one.name, one.key.line)))

    def find(self, key: PublicKey) -> Signer | None:
        """Who holds a key; None when it was never enrolled.

        Raises:
            LabError: its file is damaged.
        """
        path = self._path(key)
        return self._read(path) if path.exists() else None

    def enroll(self, fingerprint: str, path: Path, name: str = "") -> Signer:
        """Trust the key of a file from now on, if its fingerprint is the one that was told.

        Args:
            fingerprint: as its holder read it out: ``SHA256:…``.
            path: their public key.
            name: what to call them; the key's comment if empty.

        Raises:
            LabError: it is another key, or none, or it cannot be kept.
        """
        key, comment = _public(path)
        if not hmac.compare_digest(_plain(fingerprint), _plain(key.fingerprint)):
            raise LabError(
                _("l'empreinte ne correspond pas : {path} a {found}").format(
                    path=path, found=key.fingerprint
                ),
                hint=_(
                    "faites-vous relire l'empreinte par son auteur (pcapra-lab report keys) : "
                    "ce fichier n'est peut-être pas le sien"
                ),
            )
        called = one_line(name) or one_line(comment) or key.fingerprint
        kept = self._path(key)
        scratch = kept.with_name(f".{kept.name}.{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            scratch.write_text(f"{key.line} {called}\n", encoding="utf-8")
            scratch.replace(kept)
        except OSError as error:
            raise self._refused(error) from error
        return self._read(kept)

    def forget(self, fingerprint: str) -> Signer:
        """Trust a key no more.

        Raises:
            LabError: it was not enrolled.
        """
        told = _plain(fingerprint)
        found = next((one for one in self.all() if _plain(one.key.fingerprint) == told), None)
        if found is None:
            raise LabError(
                _("aucune clé enrôlée n'a cette empreinte"),
                hint=_("pcapra-lab report keys les montre"),
            )
        try:
            self._path(found.key).unlink()
        except OSError as error:
            raise self._refused(error) from error
        return found

    def _path(self, key: PublicKey) -> Path:
        return self._folder / f"{key.raw.hex()}.pub"

    def _read(self, path: Path) -> Signer:
        key, name = _public(path)
        return Signer(name or key.fingerprint, key, path.stat().st_mtime)

    def _refused(self, error: OSError) -> LabError:
        return LabError(
            _("les clés enrôlées ne peuvent pas être écrites dans {folder} ({why})").format(
                folder=self._folder, why=error.strerror
            ),
            hint=_("vérifiez les droits de ce dossier et la place sur le disque"),
        )


def _plain(fingerprint: str) -> bytes:
    return fingerprint.strip().removeprefix("SHA256:").rstrip("=").encode()


def _public(path: Path) -> tuple[PublicKey, str]:
    """A public key, and its comment."""
    try:
        with path.open("rb") as stream:
            line = stream.read(_MOST_BYTES).decode("utf-8").strip()
        words = line.split(None, 2)
        return PublicKey.from_line(line), words[2] if len(words) > 2 else ""
    except (OSError, ValueError) as error:
        raise LabError(
            _("{path} n'est pas une clé publique Ed25519").format(path=path),
            hint=_("c'est le fichier signataire.pub d'un rapport, ou celui de report keys"),
        ) from error
