"""Once the images are built, the network may go: everything still works."""

import errno

import pytest
from lab_process import lab_home, processes_naming, qemu_pids
from no_network import no_network

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.lab.daemons import Daemons
from pcapra_lab.lab.paths import Paths

pytestmark = pytest.mark.e2e


def test_everything_works_without_a_network_once_the_images_are_built() -> None:
    with lab_home() as home:
        built = home.run("image", "build", timeout=1800)
        assert built.returncode == 0, built.stderr

        root = home.root
        daemons = Daemons(Paths(root / "cache", root / "data", root / "state"))
        assert not daemons.running(), "a libvirt daemon outside the namespace would be used"
        step, *_ = Catalogue.load().exercise("borgbackup").steps

        with no_network(home) as offline:
            address, name = offline.reach()
            assert address == errno.ENETUNREACH
            assert name != 0, "a public name was resolved"

            offline.run("image", "build", timeout=60)
            try:
                offline.run("up", "borgbackup")
                assert len(qemu_pids(home)) == 2
                assert f'"{step.id}"' in offline.run("check", "borgbackup", "--json", status=1)
                # Its solution is an « apt install »: the packages can only come from the depot.
                offline.run("solve", "borgbackup")
                state = offline.run("status", "borgbackup", "--json")
                assert f'"current_step": "{step.id}"' not in state
                offline.run("down", "borgbackup")
                assert not qemu_pids(home)
                # What was put to sleep wakes without a network as well.
                offline.run("up", "borgbackup")
            finally:
                offline.run("down", "borgbackup", "--delete", "--yes")
        assert not processes_naming(str(root)), "something outlived the lab"
        assert not daemons.running()
