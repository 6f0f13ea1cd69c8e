"""``python -m pictures``: photograph the app on a lab of its own, for ``docs/``.

Nothing is posed: the machines are real, the steps are solved by the exercise's own solutions, and
the map is taken after a power cut. Takes some minutes; look at the pictures before committing them.
"""

import argparse
import asyncio
import threading
from contextlib import closing
from itertools import groupby

from bench.home import own_application
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.application import LabApplication
from pictures.scenes import SCENES

NEVER = threading.Event()


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
    with own_application("pictures-") as made:
        for exercise, scenes in groupby(chosen, lambda scene: scene.exercise):
            try:
                for scene in scenes:
                    bring(made, exercise, scene.step)
                    asyncio.run(scene.shoot(made))
            finally:
                delete(made, exercise)


if __name__ == "__main__":
    main()
