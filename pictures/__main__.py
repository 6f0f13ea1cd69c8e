"""``python -m pictures``: photograph the app on a lab of its own, for ``docs/``.

Nothing is posed: the machines are real, the steps are solved by the exercise's own solutions, and
the map is taken after a power cut. Takes some minutes; look at the pictures before committing them.
"""

import argparse
import asyncio
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from pcapra_lab.lab.paths import default_paths
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.application import LabApplication
from pictures.scenes import SCENES

NEVER = threading.Event()


@contextmanager
def application() -> Iterator[LabApplication]:
    """An installation of its own, on this account's images."""
    paths = default_paths()
    paths.create()
    # As root, QEMU's account must reach the disks: beside the account's data, not in /tmp.
    base = paths.data.parent if os.geteuid() == 0 else paths.data
    root = Path(tempfile.mkdtemp(prefix="pictures-", dir=base))
    root.chmod(0o711)
    try:
        own = replace(paths, data=root / "data", state=root / "state")
        with closing(LabApplication(own)) as made:
            yield made
    finally:
        shutil.rmtree(root)


def bring(made: LabApplication, exercise: str, step: str) -> None:
    """The machines, the steps before ``step`` solved, and the lesson as the one to go on with."""
    with closing(made.open(exercise)) as session:
        print(f"{exercise}: machines")
        session.start(ignore, NEVER)
        while (current := session.state().current_step) != step:
            print(f"{exercise}: {current}")
            if not (report := session.solve(ignore)).green:
                raise RuntimeError(f"not solved: {report}")


def delete(made: LabApplication, exercise: str) -> None:
    """Its machines. A session that a failure left open holds the lab: this process is its own."""
    with closing(made.look(exercise)) as session:
        session.delete()


def main() -> None:
    """Take them all, or those asked for."""
    parser = argparse.ArgumentParser(prog="python -m pictures", description=__doc__)
    parser.add_argument("--only", choices=SCENES, action="append", help="some of them (all)")
    chosen = [SCENES[name] for name in parser.parse_args().only or SCENES]
    with application() as made:
        for exercise, scenes in groupby(chosen, lambda scene: scene.exercise):
            try:
                for scene in scenes:
                    bring(made, exercise, scene.step)
                    asyncio.run(scene.shoot(made))
            finally:
                delete(made, exercise)


if __name__ == "__main__":
    main()
