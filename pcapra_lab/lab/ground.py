"""What a lab stands on: the images and the depot its machines were made from.

Decided once, before the first preparation, and kept beside the lab: a newer recipe or exercise
must not take the trainee's machines away. Deleting the lab lets it start from the new ones.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pcapra_lab.lab.files import read_json, write_json
from pcapra_lab.lab.images.catalog import BuiltImage

FILE = "socle.json"


@dataclass(frozen=True, slots=True)
class Ground:
    """Folders of built artifacts, the machines, and the digest of the setup."""

    depot: str
    images: dict[str, str]
    """Each image's folder, by the image's name."""
    setup: str
    topology: dict[str, Any]
    """The machines, as they were declared."""
    bundle: str = ""
    """The disk of the trainer's bundle; empty where the lab has none."""

    def image(self, name: str) -> BuiltImage:
        """The image called ``name``."""
        folder = Path(self.images[name])
        return BuiltImage(
            name, folder.name, folder / "disk.raw", folder / "vmlinuz", folder / "initrd.img"
        )

    def folders(self) -> set[Path]:
        """Everything that must stay as long as the lab."""
        disks = [self.depot, *([self.bundle] if self.bundle else [])]
        return {
            *(Path(disk).parent for disk in disks),
            *(Path(folder) for folder in self.images.values()),
        }

    def save(self, lab: Path) -> None:
        """Write it in the lab's folder."""
        lab.mkdir(parents=True, exist_ok=True)
        write_json(lab / FILE, asdict(self))

    @staticmethod
    def forget(lab: Path) -> None:
        """The lab is gone: the next one starts from today's images."""
        (lab / FILE).unlink(missing_ok=True)

    @classmethod
    def load(cls, lab: Path) -> "Ground | None":
        """What was decided for the lab; None if nothing was, or if it has since been deleted."""
        data = read_json(lab / FILE)
        if data is None:
            return None
        # Labs made before there were bundles have none, and stay.
        data = {"bundle": "", **data}
        if set(data) != set(cls.__dataclass_fields__):
            return None
        ground = cls(**data)
        return ground if all(folder.is_dir() for folder in ground.folders()) else None
