"""Downloads that are cut, resumed, refused: from a real HTTP server on the loopback."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from bundle_bench import NOBODY, Bench, Site, sha256, upstream

from pcapra_lab.errors import Cancelled, EnvironmentProblem, LabError
from pcapra_lab.lab.bundle import download as module
from pcapra_lab.lab.bundle.bringing import WrongFile, fetch
from pcapra_lab.lab.bundle.download import download
from pcapra_lab.lab.bundle.library import State
from pcapra_lab.lab.events import Phase

DATA = bytes(range(256)) * 4096
"""1 MiB."""
HALF = len(DATA) // 2


@pytest.fixture
def site() -> Iterator[Site]:
    with upstream() as made:
        made.files["produit"] = DATA
        yield made


@pytest.fixture
def bench(tmp_path: Path, site: Site) -> Bench:
    made = Bench(tmp_path)
    made.declare("produit", DATA, site.url("produit"))
    return made


def bring(bench: Bench, cancel: threading.Event = NOBODY) -> None:
    fetch(bench.library, bench.held("produit"), bench.events.append, cancel)


def test_a_file_comes_whole_verified_and_executable(bench: Bench) -> None:
    assert bench.held("produit").state is State.MISSING
    bring(bench)
    held = bench.held("produit")
    assert held.state is State.PRESENT
    assert held.path.read_bytes() == DATA
    assert held.path.stat().st_mode & 0o777 == 0o755
    assert bench.names() == {"produit"}
    assert {event.phase for event in bench.events} == {Phase.BUNDLE}
    assert [e.fraction for e in bench.events if e.fraction in (0.0, 1.0)] == [0.0, 1.0] * 2


def test_what_is_there_is_not_asked_for_again(bench: Bench, site: Site) -> None:
    bring(bench)
    site.files.clear()
    bring(bench)
    assert len(site.asked) == 1


def test_an_interrupted_download_goes_on_where_it_stopped(bench: Bench, site: Site) -> None:
    site.cut_after = HALF
    with pytest.raises(LabError, match=f"coupée à {HALF} octets sur {len(DATA)}") as caught:
        bring(bench)
    assert "reprend" in caught.value.hint
    assert (bench.folder / "lot/produit.part").read_bytes() == DATA[:HALF]
    site.cut_after = None
    bring(bench)
    assert site.asked == ["", f"bytes={HALF}-"]
    assert bench.held("produit").path.read_bytes() == DATA


def test_a_server_without_ranges_sends_it_all_again(bench: Bench, site: Site) -> None:
    site.cut_after, site.ranges = HALF, False
    with pytest.raises(LabError, match="coupée"):
        bring(bench)
    site.cut_after = None
    bring(bench)
    assert bench.held("produit").path.read_bytes() == DATA


def test_a_download_is_cancelled_and_what_came_is_kept(bench: Bench, site: Site) -> None:
    cancel = threading.Event()
    part = bench.folder / "part"
    with pytest.raises(Cancelled):
        download(site.url("produit"), part, len(DATA), cancel, lambda _done: cancel.set())
    assert 0 < part.stat().st_size < len(DATA)
    assert DATA.startswith(part.read_bytes())
    download(site.url("produit"), part, len(DATA), NOBODY)
    assert part.read_bytes() == DATA


@pytest.mark.parametrize("kept", [None, HALF], ids=["before it answers", "in the middle"])
def test_a_download_from_a_silent_server_is_cancelled_at_once(
    bench: Bench, site: Site, kept: int | None
) -> None:
    cancel, came, ended = threading.Event(), threading.Event(), threading.Event()
    part = bench.folder / "part"

    def arrived(done: int) -> None:
        if done == kept:
            came.set()

    def bring_silently() -> None:
        with pytest.raises(Cancelled):
            download(site.url("produit"), part, len(DATA), cancel, arrived)
        ended.set()

    site.silent, site.cut_after = True, kept
    act = threading.Thread(target=bring_silently, daemon=True)
    act.start()
    assert site.stuck.wait(10) and (kept is None or came.wait(10))
    cancel.set()
    assert ended.wait(module.STALL_SECONDS / 10)
    assert (part.read_bytes() if part.exists() else b"") == DATA[: kept or 0]
    site.silent, site.cut_after = False, None
    download(site.url("produit"), part, len(DATA), NOBODY)
    assert part.read_bytes() == DATA
    assert site.asked == ["", f"bytes={kept}-" if kept else ""]


def test_the_wrong_file_is_set_aside_and_told_in_full(bench: Bench, site: Site) -> None:
    wrong = b"x" + DATA[1:]
    site.files["produit"] = wrong
    with pytest.raises(WrongFile) as caught:
        bring(bench)
    message = caught.value.message
    assert f"attendu : {sha256(DATA)}, {len(DATA)} octets (empreinte du manifeste)" in message
    assert f"vu      : {sha256(wrong)}" in message
    assert "https://essai.invalid/telecharger" in caught.value.hint
    assert bench.names() == {"produit.refuse"}
    assert bench.held("produit").state is State.MISSING
    site.files["produit"] = DATA
    bring(bench)
    assert bench.names() == {"produit"}, "the refused one has a successor"


@pytest.mark.parametrize("data", [DATA[:-1], DATA + b"x"], ids=["truncated", "longer"])
def test_a_file_of_another_length_is_not_even_fetched(
    bench: Bench, site: Site, data: bytes
) -> None:
    site.files["produit"] = data
    with pytest.raises(LabError, match=f"{len(data)} octets annoncés, {len(DATA)} attendus"):
        bring(bench)
    assert bench.names() == set()


def test_a_server_that_tells_no_length_is_cut_off_at_the_expected_one(
    bench: Bench, site: Site
) -> None:
    site.lengths = False
    bring(bench)
    site.files["produit"] = DATA + bytes(100_000)
    bench.held("produit").path.unlink()
    with pytest.raises(LabError, match=r"envoie plus que"):
        bring(bench)
    assert bench.names() == set()


def test_a_part_that_is_whole_already_is_verified_as_it_is(bench: Bench, site: Site) -> None:
    part = bench.folder / "lot/produit.part"
    part.parent.mkdir()
    part.write_bytes(DATA)
    bring(bench)
    assert site.asked == []
    assert bench.held("produit").state is State.PRESENT


def test_a_part_longer_than_the_file_is_begun_again(bench: Bench, site: Site) -> None:
    part = bench.folder / "lot/produit.part"
    part.parent.mkdir()
    part.write_bytes(DATA + b"reste d'une autre version")
    bring(bench)
    assert bench.held("produit").path.read_bytes() == DATA


@pytest.mark.parametrize(
    ("held", "asked"),
    [(DATA, [f"bytes={len(DATA)}-"]), (DATA + b"x", [f"bytes={len(DATA) + 1}-", ""])],
    ids=["whole", "beyond"],
)
def test_without_a_known_size_the_server_says_that_nothing_is_left(
    tmp_path: Path, site: Site, held: bytes, asked: list[str]
) -> None:
    part = tmp_path / "part"
    part.write_bytes(held)
    download(site.url("produit"), part)
    assert part.read_bytes() == DATA
    assert site.asked == asked


def test_an_address_that_is_gone_is_told_with_the_servers_words(bench: Bench, site: Site) -> None:
    site.files.clear()
    with pytest.raises(LabError, match="le serveur répond 404"):
        bring(bench)


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with upstream() as gone:
        address = gone.url("produit")
    with pytest.raises(LabError, match="la connexion a échoué") as caught:
        download(address, tmp_path / "part")
    assert "reprend" in caught.value.hint


def test_what_does_not_fit_is_refused_before_it_is_fetched(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "free_disk_mib", lambda _folder: 1)
    with pytest.raises(EnvironmentProblem, match="place insuffisante"):
        bring(bench)
    assert bench.names() == set()


def test_a_file_that_nobody_fixed_is_not_fetched(bench: Bench, site: Site) -> None:
    bench.declare("autre", None, site.url("produit"))
    assert bench.held("autre").state is State.UNPINNED
    with pytest.raises(LabError, match="n'est pas fixée") as caught:
        fetch(bench.library, bench.held("autre"), bench.events.append, NOBODY)
    assert "bundle pin autre" in caught.value.hint
    assert site.asked == []


def test_a_file_without_an_address_is_to_be_brought(bench: Bench) -> None:
    bench.declare("apporte", DATA)
    with pytest.raises(LabError, match="il faut l'apporter"):
        fetch(bench.library, bench.held("apporte"), bench.events.append, NOBODY)


def test_a_file_altered_since_is_noticed_set_aside_and_brought_again(bench: Bench) -> None:
    bring(bench)
    path = bench.held("produit").path
    path.write_bytes(b"abim\xc3\xa9")
    assert bench.held("produit").state is State.ALTERED
    bring(bench)
    assert path.read_bytes() == DATA


def test_a_file_only_touched_is_read_again_and_kept(bench: Bench, site: Site) -> None:
    bring(bench)
    path = bench.held("produit").path
    path.touch()
    assert bench.held("produit").state is State.ALTERED
    bring(bench)
    assert bench.held("produit").state is State.PRESENT
    assert len(site.asked) == 1
