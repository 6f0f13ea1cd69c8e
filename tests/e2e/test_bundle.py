"""The trainer's bundle on a real machine: brought from a site, attached, installed from."""

import dataclasses
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bundle_bench import Site, build_deb, sha256, upstream
from bundle_lesson import DEB, EXERCISE, FILE, PACKAGE, plant
from lab_process import LabHome, lab_home

pytestmark = pytest.mark.e2e

PRODUCT = b"#!/bin/sh\necho 'le vrai produit'\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with upstream() as made:
        made.files[FILE] = PRODUCT
        made.files[DEB] = build_deb(tmp_path, PACKAGE).read_bytes()
        yield made


def run(home: LabHome, *arguments: str, status: int = 0) -> str:
    """Both outputs of a command, which must end with ``status``."""
    done = home.run(*arguments, timeout=1800)
    assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@contextmanager
def bundle_home(site: Site) -> Iterator[LabHome]:
    """A home whose bundle is its own, and whose images are the account's."""
    with lab_home() as bare:
        cache = bare.root / "cache"
        images = cache.resolve() / "images"
        cache.unlink()
        cache.mkdir()
        (cache / "images").symlink_to(images)
        course = plant(bare.root / "course", site.address, sha256(PRODUCT))
        before = set(images.glob("lot-*"))
        home = dataclasses.replace(bare, content=course)
        try:
            yield home
        finally:
            run(home, "down", EXERCISE, "--delete", "--yes")
            for disk in set(images.glob("lot-*")) - before:
                shutil.rmtree(disk)


def test_a_product_is_brought_attached_and_graded(site: Site) -> None:
    with bundle_home(site) as home:
        lacking = run(home, "up", EXERCISE, status=1)
        assert "exercice non noté : le lot du formateur manque (Le Produit)" in lacking
        state = home.json("status", EXERCISE)
        assert [step["state"] for step in state["steps"]] == ["ungraded"]

        unpinned = run(home, "bundle", "fetch", "--accept-licence", status=1)
        assert f"{DEB} : son empreinte n'est pas fixée" in unpinned
        run(home, "bundle", "pin", DEB, "--sha256", sha256(site.files[DEB]))
        run(home, "bundle", "fetch")
        run(home, "bundle", "verify")

        # Its setup runs the product, and fails if root can write on the disk.
        run(home, "up", EXERCISE)
        # A machine that boots has it again.
        run(home, "fault", "inject", "power-cut", "srv", EXERCISE)
        run(home, "fault", "lift", "--all", EXERCISE)
        seen = {one["id"]: one["outcome"] for one in home.json("check", EXERCISE)["results"]}
        assert seen == {"lance": "pass", "monte": "pass", "installe": "fail"}
        # By apt, from the bundle: no other repository has that package.
        run(home, "solve", EXERCISE)
        assert [s["state"] for s in home.json("status", EXERCISE)["steps"]] == ["helped"]

        # Its machines hold it: the files it came from are needed no more.
        shutil.rmtree(home.root / "cache/bundle")
        run(home, "down", EXERCISE)
        run(home, "up", EXERCISE)
        state = home.json("status", EXERCISE)
        assert state["ungraded"] == ""
        assert [s["state"] for s in state["steps"]] == ["helped"]
