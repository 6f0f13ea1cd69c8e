"""Signatures: OpenSSH itself agrees with them, and nothing else passes for one."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.report.sshsig import BadSignature, PublicKey, sign, verify

KEY = Ed25519PrivateKey.generate()
NAMESPACE = "pcapra-lab-rapport"
MESSAGE = b"la panne a dur\xc3\xa9 2,7 s\n"

needs_openssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="no OpenSSH here")


def test_a_signature_gives_its_key() -> None:
    assert verify(MESSAGE, sign(MESSAGE, KEY, NAMESPACE), NAMESPACE) == PublicKey.of(KEY)


def test_another_message_another_use_or_another_text_is_refused() -> None:
    good = sign(MESSAGE, KEY, NAMESPACE)
    for message, armored, namespace in (
        (MESSAGE + b" ", good, NAMESPACE),
        (MESSAGE, good, "file"),
        (MESSAGE, "", NAMESPACE),
        (MESSAGE, "bonjour", NAMESPACE),
        (MESSAGE, good.replace("SIGNATURE", "MESSAGE"), NAMESPACE),
        (MESSAGE, good.replace("\n", "\n*", 1), NAMESPACE),
    ):
        with pytest.raises(BadSignature):
            verify(message, armored, namespace)


@given(st.data())
def test_no_changed_byte_of_a_signature_passes(data: st.DataObject) -> None:
    blob = bytearray(base64.b64decode("".join(sign(MESSAGE, KEY, NAMESPACE).split("\n")[1:-2])))
    place = data.draw(st.integers(0, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.sampled_from([len(blob), place]))
    text = base64.b64encode(blob[:cut]).decode()
    armored = f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n"
    with pytest.raises(BadSignature):
        verify(MESSAGE, armored, NAMESPACE)


def test_what_follows_a_signature_is_refused() -> None:
    blob = base64.b64decode("".join(sign(MESSAGE, KEY, NAMESPACE).split("\n")[1:-2]))
    text = base64.b64encode(blob + b"x").decode()
    with pytest.raises(BadSignature, match="another use"):
        armored = f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n"
        verify(MESSAGE, armored, NAMESPACE)


@pytest.mark.parametrize(
    "line",
    ["", "ssh-ed25519", "ssh-rsa AAAA", "ssh-ed25519 AAAA", "ssh-ed25519 é", "ssh-ed25519 ====="],
)
def test_what_is_no_public_key_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not an ssh-ed25519"):
        PublicKey.from_line(line)


def test_a_public_key_reads_back() -> None:
    key = PublicKey.of(KEY)
    assert PublicKey.from_line(f"{key.line} alice@poste01 (module 5)") == key


@needs_openssh
def test_openssh_reads_our_fingerprint_and_verifies_our_signature(tmp_path: Path) -> None:
    key = PublicKey.of(KEY)
    (tmp_path / "cle.pub").write_text(key.line + " alice\n")
    told = run(tmp_path, "-l", "-f", "cle.pub").stdout.decode()
    assert key.fingerprint in told
    (tmp_path / "sums.sig").write_text(sign(MESSAGE, KEY, NAMESPACE))
    (tmp_path / "allowed").write_text(f'alice namespaces="{NAMESPACE}" {key.line}\n')
    asked = ["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", NAMESPACE, "-s", "sums.sig"]
    assert run(tmp_path, *asked, stdin=MESSAGE).returncode == 0
    assert run(tmp_path, *asked, stdin=MESSAGE + b"!").returncode != 0


@needs_openssh
def test_we_verify_what_openssh_signs(tmp_path: Path) -> None:
    private = KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (tmp_path / "cle").write_bytes(private)
    (tmp_path / "cle").chmod(0o600)
    (tmp_path / "message").write_bytes(MESSAGE)
    assert run(tmp_path, "-Y", "sign", "-f", "cle", "-n", NAMESPACE, "message").returncode == 0
    signed = (tmp_path / "message.sig").read_text()
    assert verify(MESSAGE, signed, NAMESPACE) == PublicKey.of(KEY)


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["ssh-keygen", *arguments], cwd=folder, input=stdin, capture_output=True, check=False
    )
