"""Signs a digest that something else made: an exam's journal, whose last hash binds the whole."""

from collections.abc import Callable, Mapping

from pcapra_lab.report.keys import SigningKey
from pcapra_lab.report.sshsig import BadSignature, PublicKey, sign, verify

ALGORITHM = "ssh-ed25519"
NAMESPACE = "pcapra-lab-examen"
"""What these signatures are made for: a report's does not pass for one."""


class Notary:
    """Signs digests with one key.

    Args:
        key: gives it, when something is signed: it is made at the first use.
    """

    def __init__(self, key: Callable[[], SigningKey]) -> None:
        self._key = key

    def sign(self, digest: str) -> Mapping[str, str]:
        """What a trainer needs to check the signature: algorithm, key and signature.

        Raises:
            LabError: the key cannot be used.
        """
        key = self._key()
        return {
            "algorithm": ALGORITHM,
            "key": PublicKey.of(key).line,
            "signature": sign(digest.encode(), key, NAMESPACE),
        }


def signed_by(digest: str, seal: Mapping[str, str]) -> PublicKey:
    """The key that signed a digest, as ``Notary.sign`` tells it. Whose it is: see ``Signers``.

    Raises:
        BadSignature: it did not.
    """
    key = verify(digest.encode(), seal.get("signature", ""), NAMESPACE)
    if seal.get("algorithm") != ALGORITHM or seal.get("key") != key.line:
        raise BadSignature("said to be of another key")
    return key
