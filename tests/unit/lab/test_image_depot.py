"""The depot follows its recipe: grown by what is new, rid of what is gone."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from fake_images import Workshop, make_workshop, recipe

from pcapra_lab.errors import LabError
from pcapra_lab.lab.images.catalog import ImageCatalog
from pcapra_lab.lab.images.depot import drop_unused_packages, packages_of

BASE = recipe("base", ["openssh-server"])
SAVE = {"sauvegarde": ["borgbackup"]}
WEB = {"web": ["nginx"]}
BORG = {"borgbackup_1.2_all.deb", "libborg_1.0_all.deb"}
NGINX = {"nginx_1%3a1.0_all.deb"}


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = make_workshop(tmp_path, monkeypatch)
    made.archive.add("libborg")
    made.archive.add("borgbackup", "libborg", version="1.2")
    made.archive.add("nginx", version="1:1.0")
    return made


def depot_with(workshop: Workshop, groups: dict[str, list[str]]) -> ImageCatalog:
    catalog = workshop.catalog(BASE, groups=groups)
    workshop.build(catalog)
    return catalog


def held(catalog: ImageCatalog) -> set[str]:
    return packages_of(catalog.depot())


def kept(workshop: Workshop) -> set[str]:
    return {path.name for path in (workshop.store.root / "debs").glob("*.deb")}


def withdraw(workshop: Workshop, names: Sequence[str]) -> None:
    for name in names:
        workshop.archive.withdraw(name)


def test_a_depot_holds_each_groups_closure(workshop: Workshop) -> None:
    catalog = depot_with(workshop, SAVE | WEB)
    assert held(catalog) == BORG | NGINX
    assert kept(workshop) == BORG | NGINX


def test_a_depot_that_grows_fetches_only_what_is_new(workshop: Workshop) -> None:
    assert held(depot_with(workshop, SAVE)) == BORG
    # Fetching any of these again would fail.
    withdraw(workshop, ["libborg", "borgbackup"])
    assert held(depot_with(workshop, SAVE | WEB)) == BORG | NGINX


def test_a_package_that_cannot_be_fetched_stops_the_depot(workshop: Workshop) -> None:
    withdraw(workshop, ["nginx"])
    with pytest.raises(LabError, match="nginx"):
        depot_with(workshop, SAVE | WEB)
    # What was fetched before is not lost for the next attempt.
    assert kept(workshop) == BORG
    assert workshop.leftovers() == []


def test_a_depot_that_shrinks_loses_the_packages(workshop: Workshop) -> None:
    grown = depot_with(workshop, SAVE | WEB)
    withdraw(workshop, ["nginx"])
    shrunk = depot_with(workshop, SAVE)
    assert held(shrunk) == BORG
    assert shrunk.depot() != grown.depot()


def test_pruning_drops_the_packages_that_no_depot_holds(workshop: Workshop) -> None:
    depot_with(workshop, SAVE | WEB)
    partial = workshop.store.root / "debs" / "partial" / "nginx_1%3a2.0_all.deb"
    partial.write_bytes(b"interrompu")
    shrunk = depot_with(workshop, SAVE)
    assert drop_unused_packages(workshop.store) == len(b"interrompu")
    assert kept(workshop) == BORG | NGINX, "the larger depot is still there"
    workshop.store.prune(shrunk.in_use())
    assert drop_unused_packages(workshop.store) > 0
    assert kept(workshop) == BORG
    assert not partial.exists()
    assert drop_unused_packages(workshop.store) == 0


def test_nothing_to_prune_in_a_store_that_does_not_exist_yet(workshop: Workshop) -> None:
    assert drop_unused_packages(workshop.store) == 0
