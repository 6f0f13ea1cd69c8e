"""The signature at the end of an exam's journal: whether it holds, and whose it is."""

from collections.abc import Mapping
from typing import Any

from pcapra_lab.i18n import _
from pcapra_lab.lab.paths import default_paths
from pcapra_lab.report.notary import signed_by
from pcapra_lab.report.signers import Signers
from pcapra_lab.report.sshsig import BadSignature


class SealReader:
    """Checks one journal's signature, and remembers who made it."""

    def __init__(self) -> None:
        self.signer = ""
        """In words; empty when there is no signature, or one that does not hold."""

    def __call__(self, digest: str, seal: Mapping[str, Any]) -> str:
        """What is wrong with a signature of ``digest``; empty when it holds.

        Raises:
            LabError: an enrolled key cannot be read.
        """
        try:
            key = signed_by(digest, {name: str(value) for name, value in seal.items()})
        except BadSignature:
            return _("la signature n'est pas celle de ce journal")
        known = Signers(default_paths().signers).find(key)
        if known is None:
            self.signer = _("signature intacte, signataire inconnu : {fingerprint}").format(
                fingerprint=key.fingerprint
            )
        else:
            self.signer = _("signé par {name}").format(name=known.name)
        return ""
