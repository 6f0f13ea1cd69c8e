"""``package``: dpkg's database as its manuals say, and the real one of this machine."""

from pathlib import Path

import pytest
from local_guest import item

from pcapra_lab.grading.guest import package
from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.units.package import PackageFact

STATUS = """\
Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9
Description: GNU C Library
 Package: trap
 .
 Status: install ok half-installed

Package: libc6
Status: deinstall ok config-files
Architecture: i386
Version: 2.36-8

Package: borg
Status: install ok half-configured
Architecture: all
Version: 1

Package: known-by-name
Status: unknown ok not-installed
Architecture: all

Package: last
Status: install ok installed
Architecture: all
Version: 1:3~rc+1"""


@pytest.fixture(autouse=True)
def dpkg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "status").write_text(STATUS)
    (tmp_path / "updates").mkdir()
    monkeypatch.setattr(package, "DPKG", tmp_path)
    return tmp_path


def fact_of(name: str) -> PackageFact:
    return PackageFact(**evaluate(item("package", name=name)))


@pytest.mark.parametrize(
    ("name", "status", "version"),
    [
        ("libc6", "installed", "2.36-9"),
        ("borg", "half-configured", "1"),
        ("known-by-name", "not-installed", ""),
        ("last", "installed", "1:3~rc+1"),
        ("trap", "absent", ""),
        ("lib.6", "absent", ""),
        ("bor", "absent", ""),
    ],
)
def test_dpkg_s_words(name: str, status: str, version: str) -> None:
    fact = fact_of(name)
    assert (fact.status, fact.version) == (status, version)


def test_what_was_done_since_the_database_was_written_counts(dpkg: Path) -> None:
    record = "Package: borg\nStatus: {}\nArchitecture: all\nVersion: 2\n"
    (dpkg / "updates/0000").write_text(record.format("install ok unpacked"))
    (dpkg / "updates/0001").write_text(record.format("install ok installed"))
    (dpkg / "updates/tmp.i").write_text(record.format("install ok half-installed"))
    assert (fact_of("borg").status, fact_of("borg").version) == ("installed", "2")


def test_no_database_is_an_error(dpkg: Path) -> None:
    (dpkg / "status").unlink()
    assert evaluate(item("package", name="borg"))["reason"] == "os"
