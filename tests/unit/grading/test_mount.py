"""``mount``: the kernel's table, and the verdict."""

import json
from pathlib import Path
from typing import Any

import pytest
from local_guest import item, judged, make_check

from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.guest.mount import mount_at
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.units.mount import MountFact

PASS, FAIL = Outcome.PASS, Outcome.FAIL

MOUNTINFO = rb"""22 28 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw
28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
90 28 254:17 / /srv/mes\040documents rw,noatime - xfs /dev/vdb1 rw,attr2
91 28 0:44 / /mnt/sauvegarde ro,nosuid,nodev,relatime shared:50 master:3 - fuse borgfs rw,user_id=0
92 28 254:33 / /mnt/deux rw - ext4 /dev/vdc1 rw
93 92 254:49 / /mnt/deux rw - ext4 /dev/vdd1 ro
"""


@pytest.mark.parametrize(
    ("path", "fstype", "source", "options"),
    [
        ("/", "ext4", "/dev/vda1", "rw,relatime,errors=remount-ro"),
        ("/srv/mes documents/", "xfs", "/dev/vdb1", "rw,noatime,attr2"),
        ("/mnt/sauvegarde", "fuse", "borgfs", "ro,nosuid,nodev,relatime,user_id=0"),
        ("/mnt/deux", "ext4", "/dev/vdd1", "ro"),
    ],
)
def test_mountinfo(path: str, fstype: str, source: str, options: str) -> None:
    found = mount_at(MOUNTINFO, path)
    assert found == {"fstype": fstype, "source": source, "options": options.split(",")}


def test_a_folder_of_a_mounted_system_is_no_mount() -> None:
    assert mount_at(MOUNTINFO, "/mnt") is None


def fact_of(**fields: Any) -> MountFact:
    return MountFact.model_validate_json(json.dumps(evaluate(item("mount", **fields))))


def test_this_machine_s_own_mounts(tmp_path: Path) -> None:
    proc = fact_of(path="/proc", source="proc")
    assert (proc.mounted, proc.fstype) == (True, "proc")
    (tmp_path / "lien").symlink_to("/dev/null")
    none = fact_of(path=str(tmp_path), source=f"{tmp_path}/lien")
    assert (none.mounted, none.wanted) == (False, "/dev/null")


def mounted(**fields: Any) -> MountFact:
    base: dict[str, Any] = {
        "source": "/dev/vdb1",
        "device": "/dev/vdb1",
        "fstype": "xfs",
        "options": ("rw", "x"),
    }
    return MountFact(**base | {"kind": "mount", "mounted": True} | fields)


NONE = MountFact(kind="mount", mounted=False)


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "observed"),
    [
        ({}, mounted(), PASS, "/dev/vdb1 (xfs) est monté sur /srv, options rw,x"),
        ({}, NONE, FAIL, "rien n'est monté sur /srv"),
        ({"fstype": "xfs", "options": ["rw"]}, NONE, FAIL, "rien n'est monté sur /srv"),
        ({"mounted": False}, NONE, PASS, "rien n'est monté sur /srv"),
        ({"mounted": False}, mounted(), FAIL, "/dev/vdb1 (xfs) est monté sur /srv"),
        ({"source": "/dev/vdb1"}, mounted(), PASS, "/dev/vdb1"),
        ({"source": "/dev/disk/x"}, mounted(wanted="/dev/vdb1"), PASS, "/dev/vdb1"),
        ({"source": "/dev/vdc1"}, mounted(wanted="/dev/vdc1"), FAIL, "source /dev/vdb1"),
        ({"fstype": "ext4"}, mounted(), FAIL, "type xfs"),
        ({"options": ["rw"], "options_absent": ["ro"]}, mounted(), PASS, "/dev/vdb1"),
        ({"options": ["noexec"]}, mounted(), FAIL, "options rw,x"),
        ({"options_absent": ["rw"], "fstype": "ext4"}, mounted(), FAIL, "type xfs, options rw,x"),
    ],
)
def test_verdict(fields: dict[str, Any], fact: MountFact, expected: Outcome, observed: str) -> None:
    result = judged(make_check("mount", path="/srv", **fields), fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)
