"""Which labs stand on which built artifacts."""

from collections import defaultdict
from pathlib import Path

from pcapra_lab.lab.disks import backing_folder
from pcapra_lab.lab.ground import Ground


def users(labs: Path) -> dict[Path, list[str]]:
    """The ids of the labs made on each artifact, by the artifact's folder, links resolved.

    Args:
        labs: the folder that holds one folder per lab.
    """
    found: defaultdict[Path, list[str]] = defaultdict(list)
    for lab in sorted(labs.glob("*")):
        ground = Ground.load(lab)
        if ground is not None:
            stands_on = ground.folders()
        else:
            stands_on = {backing_folder(overlay) for overlay in lab.glob("*/*.qcow2")}
        for folder in {path.resolve() for path in stands_on}:
            found[folder].append(lab.name)
    return dict(found)
