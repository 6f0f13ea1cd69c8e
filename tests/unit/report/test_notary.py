"""An exam's digest, signed."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pcapra_lab.report.notary import Notary, signed_by
from pcapra_lab.report.sshsig import BadSignature, PublicKey, sign

KEY = Ed25519PrivateKey.generate()
DIGEST = "9f" * 32


def test_a_digest_is_signed_and_tells_by_whom() -> None:
    seal = Notary(lambda: KEY).sign(DIGEST)
    assert signed_by(DIGEST, seal) == PublicKey.of(KEY)


def test_another_digest_key_or_use_is_refused() -> None:
    seal = dict(Notary(lambda: KEY).sign(DIGEST))
    other = PublicKey.of(Ed25519PrivateKey.generate()).line
    report = sign(DIGEST.encode(), KEY, "pcapra-lab-rapport")
    for digest, wrong in (
        ("8f" * 32, seal),
        (DIGEST, {**seal, "key": other}),
        (DIGEST, {**seal, "signature": report}),
        (DIGEST, {**seal, "algorithm": "none"}),
        (DIGEST, {}),
    ):
        with pytest.raises(BadSignature):
            signed_by(digest, wrong)
