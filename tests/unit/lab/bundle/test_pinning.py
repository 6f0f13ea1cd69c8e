"""Digests that the trainer fixes, licences accepted, and what is remembered of both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bundle_bench import NOBODY, Bench, Site, sha256, upstream

from pcapra_lab.errors import LabError
from pcapra_lab.lab.bundle import pinning
from pcapra_lab.lab.bundle.bringing import WrongFile, fetch, verify
from pcapra_lab.lab.bundle.library import State
from pcapra_lab.lab.progress import ignore

DATA = b"un produit sans empreinte publi\xc3\xa9e dans le cours\n" * 1000


@pytest.fixture
def site() -> Iterator[Site]:
    with upstream() as made:
        made.files["produit"] = DATA
        yield made


@pytest.fixture
def bench(tmp_path: Path, site: Site) -> Bench:
    made = Bench(tmp_path)
    made.declare("produit", None, site.url("produit"))
    made.declare("apporte")
    return made


def own(bench: Bench) -> Path:
    path = bench.folder / "chez-moi"
    path.write_bytes(DATA)
    return path


def pin(bench: Bench, name: str, source: Path | None, published: str | None = None) -> str:
    with pinning.weighed(bench.library, name, source, ignore, NOBODY) as one:
        pinning.compare(one, published or one.sha256)
        pinning.keep(bench.library, one, ignore, NOBODY)
        return one.sha256


def test_a_digest_read_at_upstreams_is_what_fetch_wants(bench: Bench) -> None:
    bench.library.register.pin("produit", sha256(DATA), None)
    held = bench.held("produit")
    assert held.state is State.MISSING
    assert held.expected is not None and held.expected.by_trainer
    fetch(bench.library, held, ignore, NOBODY)
    assert bench.held("produit").state is State.PRESENT


def test_a_pinned_digest_is_as_strict_as_the_courses(bench: Bench) -> None:
    bench.library.register.pin("produit", sha256(b"autre chose"), None)
    with pytest.raises(WrongFile, match="fixée par le formateur"):
        fetch(bench.library, bench.held("produit"), ignore, NOBODY)
    assert bench.names() == {"produit.refuse"}


def test_pinning_downloads_shows_and_keeps(bench: Bench) -> None:
    assert pin(bench, "produit", None) == sha256(DATA)
    assert bench.held("produit").state is State.PRESENT
    assert bench.names() == {"produit"}


def test_what_was_downloaded_and_not_agreed_upon_is_gone(bench: Bench) -> None:
    with pytest.raises(LabError, match="n'est pas le fichier dont vous donnez l'empreinte"):
        pin(bench, "produit", None, "0" * 64)
    assert bench.names() == set()
    assert bench.held("produit").state is State.UNPINNED


def test_a_file_of_the_trainers_is_copied_and_left_where_it_is(bench: Bench) -> None:
    source = own(bench)
    pin(bench, "apporte", source, sha256(DATA))
    assert source.read_bytes() == DATA
    assert bench.held("apporte").state is State.PRESENT
    assert bench.names() == {"apporte"}


def test_a_file_that_changes_while_it_is_copied_is_not_taken(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = own(bench)
    with pinning.weighed(bench.library, "apporte", source, ignore, NOBODY) as one:
        source.write_bytes(b"remplac\xc3\xa9 entre-temps")
        with pytest.raises(WrongFile):
            pinning.keep(bench.library, one, ignore, NOBODY)
    assert bench.held("apporte").state is State.MISSING
    assert bench.names() == set()


def test_a_file_without_an_address_must_be_given(bench: Bench) -> None:
    with pytest.raises(LabError, match="donnez le fichier") as caught:
        pin(bench, "apporte", None)
    assert caught.value.hint == "Demandez-le."


def test_a_source_that_cannot_be_read_is_told(bench: Bench) -> None:
    with pytest.raises(LabError, match="absent"):
        pin(bench, "apporte", bench.folder / "absent")


def test_a_digest_of_the_course_is_not_the_trainers_to_fix(bench: Bench) -> None:
    bench.declare("publie", DATA)
    with pytest.raises(LabError, match="est dans le cours"):
        pin(bench, "publie", own(bench))


def test_another_pin_asks_for_another_file(bench: Bench) -> None:
    pin(bench, "apporte", own(bench))
    bench.library.register.pin("apporte", sha256(b"version 2"), None)
    held = bench.held("apporte")
    assert held.state is State.ALTERED
    error = verify(bench.library, held, ignore, NOBODY)
    assert error is not None and sha256(b"version 2") in error.message
    assert bench.held("apporte").state is State.MISSING
    assert bench.names() == {"apporte.refuse"}


def test_unknown_names_are_told_with_the_close_ones(bench: Bench) -> None:
    with pytest.raises(LabError, match="vouliez-vous dire « produit »") as caught:
        bench.library.file("prodiut")
    assert "produit, apporte" in caught.value.hint
    with pytest.raises(LabError, match="vouliez-vous dire « essai »"):
        bench.library.products(["esai"])
    assert [p.id for p in bench.library.products()] == ["essai"]


def test_a_product_is_whole_with_all_its_files_only(bench: Bench) -> None:
    assert not bench.library.whole("essai")
    pin(bench, "apporte", own(bench))
    assert not bench.library.whole("essai")
    pin(bench, "produit", None)
    assert bench.library.whole("essai")
    assert not bench.library.whole("inconnu")


def test_decisions_outlive_the_process(bench: Bench) -> None:
    bench.library.register.accept("essai", "MIT")
    bench.library.register.pin("produit", sha256(DATA), 5)
    decisions = bench.library.register.read()
    assert decisions.licences == {"essai": "MIT"}
    assert (decisions.pins["produit"].sha256, decisions.pins["produit"].size) == (sha256(DATA), 5)


@pytest.mark.parametrize(
    "text", ["{", '{"schema": 2}', '{"schema": 1}', '{"schema": 1, "pins": 5}', "[]"]
)
def test_decisions_that_cannot_be_read_are_told_never_forgotten(bench: Bench, text: str) -> None:
    path = bench.library.register.path
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(LabError, match=r"lot\.json"):
        bench.library.register.pin("produit", sha256(DATA), None)
    assert path.read_text() == text
