"""A sealed folder: ``SHA256SUMS`` names every file with its digest, and is signed.

``sha256sum -c SHA256SUMS`` and ``ssh-keygen -Y verify`` say the same without this program.
"""

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.report.sshsig import BadSignature, PublicKey, sign, verify
from pcapra_lab.report.text import one_line

SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"
SIGNER = "signataire.pub"
"""The signer's public key, for who will enroll it. Nothing trusts it because it is there."""
NAMESPACE = "pcapra-lab-rapport"
"""What signatures are made for."""
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]{0,99})")
_MOST_BYTES = 64 << 20
"""Of one file: a report is far from it, and what is read may be anything."""


class BrokenSeal(LabError):
    """The folder is not as it was signed, or was never signed."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A folder that is as it was signed."""

    key: PublicKey
    files: Mapping[str, bytes]
    """What was signed, as it was read: not read again afterwards."""


def write_sealed(
    folder: Path, files: Mapping[str, bytes], key: Ed25519PrivateKey, who: str
) -> Seal:
    """Write files into a new folder, and sign them all.

    Args:
        folder: is made; it may exist if it is empty.
        files: by name.
        key: signs.
        who: comment of the public key that is put beside.

    Raises:
        LabError: the folder holds something, or this host's disk refused.
    """
    public = PublicKey.of(key)
    whole = {**files, SIGNER: f"{public.line} {one_line(who)}".strip().encode() + b"\n"}
    sums = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(whole.items())
    ).encode()
    signature = sign(sums, key, NAMESPACE).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise LabError(
                _("le dossier {folder} n'est pas vide").format(folder=folder),
                hint=_("donnez-en un autre : --output DOSSIER"),
            )
        # The signature last: a folder without one was cut short.
        for name, data in [*whole.items(), (SUMS, sums), (SIGNATURE, signature)]:
            _write(folder / name, data)
    except OSError as error:
        raise LabError(
            _("le rapport ne peut pas être écrit dans {folder} ({why})").format(
                folder=folder, why=error.strerror
            ),
            hint=_("donnez un autre dossier : --output DOSSIER"),
        ) from error
    return Seal(public, whole)


def read_sealed(folder: Path) -> Seal:
    """What a folder holds, if it is exactly what somebody signed.

    Raises:
        BrokenSeal: a file was changed, added or taken away, the signature is not of these files,
            or there is none. All that is wrong is told.
    """
    found = _contents(folder)
    try:
        key = verify(found[SUMS], found[SIGNATURE].decode("ascii"), NAMESPACE)
    except KeyError as error:
        raise _broken(_("{name} manque : ce dossier n'est pas signé").format(name=error)) from None
    except (BadSignature, UnicodeDecodeError):
        raise _broken(_("la signature n'est pas celle de {sums}").format(sums=SUMS)) from None
    listed = _listed(found[SUMS])
    files = {name: data for name, data in found.items() if name not in (SUMS, SIGNATURE)}
    complaints = [
        *(
            _("{name} a été modifié").format(name=name)
            for name, data in files.items()
            if name in listed and hashlib.sha256(data).hexdigest() != listed[name]
        ),
        *(
            _("{name} a été ajouté").format(name=one_line(name))
            for name in files
            if name not in listed
        ),
        *(_("{name} a été retiré").format(name=name) for name in listed if name not in files),
    ]
    if complaints:
        raise _broken(*complaints)
    return Seal(key, files)


def _contents(folder: Path) -> dict[str, bytes]:
    """Every file, by name. Anything else than plain files is refused."""
    found = {}
    try:
        for entry in sorted(os.scandir(folder), key=lambda one: one.name):
            # Links are not followed: what they lead to is not in the folder.
            state = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(state.st_mode):
                raise _broken(
                    _("{name} n'est pas un fichier ordinaire").format(name=one_line(entry.name))
                )
            if state.st_size > _MOST_BYTES:
                raise _broken(_("{name} est démesuré").format(name=one_line(entry.name)))
            found[entry.name] = Path(entry.path).read_bytes()
    except OSError as error:
        raise LabError(
            _("le rapport {folder} ne peut pas être lu ({why})").format(
                folder=folder, why=error.strerror
            ),
            hint=_("donnez le dossier d'un rapport"),
        ) from error
    return found


def _listed(sums: bytes) -> dict[str, str]:
    listed: dict[str, str] = {}
    for line in sums.decode("ascii", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[2] in listed:
            raise _broken(_("{sums} est illisible").format(sums=SUMS))
        listed[match[2]] = match[1]
    return listed


def _broken(*complaints: str) -> BrokenSeal:
    return BrokenSeal(
        "\n".join([_("ce rapport n'est pas intègre :"), *(f"  {one}" for one in complaints)]),
        hint=_("demandez à son auteur de l'envoyer de nouveau, dans une archive par exemple"),
    )


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
