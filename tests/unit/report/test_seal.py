"""A sealed folder: who touches anything in it is told, and so is who signed it."""

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pcapra_lab.errors import LabError
from pcapra_lab.report.keys import own_key, read_key
from pcapra_lab.report.seal import (
    SIGNATURE,
    SIGNER,
    SUMS,
    BrokenSeal,
    read_sealed,
    write_sealed,
)
from pcapra_lab.report.signers import Signers
from pcapra_lab.report.sshsig import PublicKey

KEY = Ed25519PrivateKey.generate()
FILES = {"rapport.md": b"# Rapport\n", "rapport.html": b"<h1>Rapport</h1>\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_sealed(tmp_path / "rapport", FILES, KEY, "alice")
    return tmp_path / "rapport"


def test_an_untouched_folder_tells_its_signer_and_what_was_signed(folder: Path) -> None:
    seal = read_sealed(folder)
    assert seal.key == PublicKey.of(KEY)
    assert {name: seal.files[name] for name in FILES} == FILES
    assert seal.files[SIGNER].decode() == f"{seal.key.line} alice\n"
    assert {one.name for one in folder.iterdir()} == {*FILES, SIGNER, SUMS, SIGNATURE}


def test_a_copy_is_as_good(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "ailleurs")
    assert read_sealed(tmp_path / "ailleurs").key == PublicKey.of(KEY)


@pytest.mark.parametrize("name", [*FILES, SIGNER, SUMS, SIGNATURE])
def test_a_changed_byte_of_any_file_is_seen(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(BrokenSeal, match="n'est pas intègre") as caught:
        read_sealed(folder)
    assert (name if name in (*FILES, SIGNER) else "la signature n'est pas") in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", [*FILES, SIGNER, SUMS, SIGNATURE])
def test_a_file_taken_away_is_seen(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BrokenSeal, match=name):
        read_sealed(folder)


def test_what_is_added_is_seen_whatever_it_is(folder: Path, tmp_path: Path) -> None:
    (folder / "annexe\x1b[2J.md").write_text("mieux\n")
    with pytest.raises(BrokenSeal, match="a été ajouté") as caught:
        read_sealed(folder)
    assert "\x1b" not in caught.value.message
    (folder / "annexe\x1b[2J.md").unlink()
    (folder / "dossier").mkdir()
    with pytest.raises(BrokenSeal, match="dossier n'est pas un fichier ordinaire"):
        read_sealed(folder)
    (folder / "dossier").rmdir()
    (folder / "rapport.md").rename(tmp_path / "dehors.md")
    (folder / "rapport.md").symlink_to(tmp_path / "dehors.md")
    with pytest.raises(BrokenSeal, match="n'est pas un fichier ordinaire"):
        read_sealed(folder)


def test_all_that_is_wrong_is_told(folder: Path) -> None:
    (folder / "rapport.md").write_text("# Meilleur\n")
    (folder / "rapport.html").unlink()
    (folder / "note.txt").write_text("\n")
    with pytest.raises(BrokenSeal) as caught:
        read_sealed(folder)
    for said in ("rapport.md a été modifié", "rapport.html a été retiré", "note.txt a été ajouté"):
        assert said in caught.value.message


def test_sums_made_again_need_the_key(folder: Path) -> None:
    """Who changes a file and its digest changes the signer, or the signature fails."""
    other = Ed25519PrivateKey.generate()
    shutil.rmtree(folder)
    write_sealed(folder, {**FILES, "rapport.md": b"# Meilleur\n"}, other, "alice")
    assert read_sealed(folder).key != PublicKey.of(KEY)


def test_the_signature_of_another_report_does_not_do(folder: Path, tmp_path: Path) -> None:
    write_sealed(tmp_path / "autre", {"rapport.md": b"# Autre\n"}, KEY, "alice")
    shutil.copy(tmp_path / "autre" / SIGNATURE, folder / SIGNATURE)
    with pytest.raises(BrokenSeal, match="la signature n'est pas celle"):
        read_sealed(folder)


def test_nothing_is_written_over(folder: Path) -> None:
    with pytest.raises(LabError, match="n'est pas vide"):
        write_sealed(folder, FILES, KEY, "alice")
    assert read_sealed(folder)


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenSeal, match="n'est pas signé"):
        read_sealed(tmp_path)
    with pytest.raises(LabError, match="ne peut pas être lu"):
        read_sealed(tmp_path / "rien")


def test_the_accounts_key_is_its_own_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "identite"
    first, again = own_key(folder), own_key(folder)
    assert PublicKey.of(first) == PublicKey.of(again)
    assert (folder / "signature").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert PublicKey.from_line((folder / "signature.pub").read_text()) == PublicKey.of(first)


def test_a_key_that_others_may_read_signs_nothing(tmp_path: Path) -> None:
    own_key(tmp_path)
    (tmp_path / "signature").chmod(0o640)
    with pytest.raises(LabError, match="d'autres comptes peuvent lire") as caught:
        own_key(tmp_path)
    assert "chmod 600" in caught.value.hint


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cle"
    path.write_text("bonjour\n")
    path.chmod(0o600)
    with pytest.raises(LabError, match="n'est pas une clé privée Ed25519"):
        read_key(path)
    with pytest.raises(LabError, match="ne peut pas être lue"):
        read_key(tmp_path / "absente")


def test_a_key_with_a_passphrase_asks_for_it(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
    )

    secret = BestAvailableEncryption(b"montagne")
    path = tmp_path / "examen"
    path.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, secret))
    path.chmod(0o600)
    assert PublicKey.of(read_key(path, lambda: "montagne")) == PublicKey.of(KEY)
    for ask in (None, lambda: "plaine"):
        with pytest.raises(LabError, match="n'est pas une clé"):
            read_key(path, ask)


def enrolled(tmp_path: Path, folder: Path) -> tuple[Signers, PublicKey]:
    signers = Signers(tmp_path / "signataires")
    key = PublicKey.of(KEY)
    signers.enroll(key.fingerprint, folder / SIGNER)
    return signers, key


def test_an_enrolled_key_is_recognised_and_another_is_not(folder: Path, tmp_path: Path) -> None:
    signers, key = enrolled(tmp_path, folder)
    found = signers.find(read_sealed(folder).key)
    assert found is not None and (found.name, found.key) == ("alice", key)
    assert signers.find(PublicKey.of(Ed25519PrivateKey.generate())) is None
    assert Signers(tmp_path / "vide").all() == ()


def test_enrolling_wants_the_fingerprint_that_was_read_out(folder: Path, tmp_path: Path) -> None:
    signers = Signers(tmp_path / "signataires")
    other = PublicKey.of(Ed25519PrivateKey.generate()).fingerprint
    for wrong in (other, "", "SHA256:", PublicKey.of(KEY).fingerprint[:-1]):
        with pytest.raises(LabError, match="l'empreinte ne correspond pas"):
            signers.enroll(wrong, folder / SIGNER)
    assert signers.all() == ()
    bare = PublicKey.of(KEY).fingerprint.removeprefix("SHA256:")
    assert signers.enroll(f" {bare} ", folder / SIGNER, "Alice\n Martin\x1b").name == (
        "Alice Martin\ufffd"
    )
    with pytest.raises(LabError, match="n'est pas une clé publique"):
        signers.enroll(bare, folder / "rapport.md")


def test_a_key_is_enrolled_once_renamed_and_forgotten(folder: Path, tmp_path: Path) -> None:
    signers, key = enrolled(tmp_path, folder)
    signers.enroll(key.fingerprint, folder / SIGNER, "Alice Martin")
    assert [one.name for one in signers.all()] == ["Alice Martin"]
    assert signers.forget(key.fingerprint).name == "Alice Martin"
    assert signers.find(key) is None
    with pytest.raises(LabError, match="aucune clé enrôlée"):
        signers.forget(key.fingerprint)


def test_a_damaged_enrolment_is_told_not_ignored(folder: Path, tmp_path: Path) -> None:
    signers, key = enrolled(tmp_path, folder)
    [kept] = (tmp_path / "signataires").glob("*.pub")
    kept.write_text("ssh-ed25519 AAAA\n")
    with pytest.raises(LabError, match="n'est pas une clé publique"):
        signers.find(key)
