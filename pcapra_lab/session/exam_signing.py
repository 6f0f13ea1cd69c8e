"""The seam for signatures: who binds an exam's journal to a key, when there is one."""

from collections.abc import Mapping
from typing import Protocol


class Signer(Protocol):
    """Signs the hash of a journal's last entry."""

    def sign(self, digest: str) -> Mapping[str, str] | None:
        """What a trainer needs to check a signature of ``digest``: algorithm, key, signature.

        None when there is no key. Raises ``LabError`` when signing fails: the exam is then closed
        without a seal.
        """
        ...


class Unsigned:
    """No key: the chain of hashes and the fingerprints that the trainer noted are all there is."""

    def sign(self, digest: str) -> None:
        """Nothing."""
