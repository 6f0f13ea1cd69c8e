"""What is photographed: each scene needs an exercise brought to a step, and is shot in the app."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass

from pcapra_lab.lab.faults.model import PowerCut
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.drill_api import DrillPhase
from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.lesson.drill import DrillStrip
from pictures.camera import Photographer

SIZES = ((80, 24), (120, 40), (200, 60))


@dataclass(frozen=True, slots=True)
class Scene:
    """One or several pictures of one state of one exercise's machines."""

    exercise: str
    step: str
    """The step in progress on the pictures; those before it are solved by their solutions."""
    shoot: Callable[[LabApplication], Coroutine[object, object, None]]


async def lessons(made: LabApplication) -> None:
    """Home, then the lesson in each size, its shell used."""
    for columns, rows in SIZES:
        app = PcapraApp(made)
        async with app.run_test(size=(columns, rows)) as pilot:
            camera = Photographer(app, pilot)
            await camera.home()
            if (columns, rows) == (120, 40):
                camera.keep("home")
            await camera.lesson()
            await camera.type("sudo ls /sauvegarde/depot; uptime", "load average")
            camera.keep("lesson" if (columns, rows) == (120, 40) else f"lesson-{columns}x{rows}")
            await camera.leave()


async def dead_machine(made: LabApplication) -> None:
    """The map, one machine without power."""
    app = PcapraApp(made)
    async with app.run_test(size=(120, 40)) as pilot:
        camera = Photographer(app, pilot)
        await camera.home()
        await camera.lesson()
        await camera.press("f11")
        await camera.until(lambda: "charge" in camera.words(), "the machines' health")
        await asyncio.to_thread(_cut_power, made)
        await camera.until(
            lambda: {"éteinte", "charge"} <= set(camera.words().split()),
            "one machine dead, one well",
        )
        camera.keep("topology")
        await camera.press("escape")
        await camera.leave()


def _cut_power(made: LabApplication) -> None:
    """As a trainer does beside the open application."""
    with closing(made.look("borgbackup")) as beside:
        beside.faults.inject(PowerCut(kind="power-cut", vm="sauvegarde"))


async def comparison(made: LabApplication) -> None:
    """Borg and Restic measured on these machines, as the trainee's own command draws it."""
    app = PcapraApp(made)
    async with app.run_test(size=(200, 60)) as pilot:
        camera = Photographer(app, pilot)
        await camera.home()
        await camera.lesson()
        await camera.type("sudo graphique", "Octets confiés")
        camera.keep("comparison")
        await camera.leave()


async def failover(made: LabApplication) -> None:
    """The ribbon of a drill, once the service has come back through the other load balancer."""
    app = PcapraApp(made)
    async with app.run_test(size=(120, 40)) as pilot:
        camera = Photographer(app, pilot)
        await camera.home()
        await camera.lesson()
        strip = app.screen.query_one(DrillStrip)

        def phase() -> DrillPhase | None:
            return None if strip.drill is None else strip.drill.phase

        strip.declare(15.0, None)
        await camera.until(lambda: phase() is DrillPhase.DECLARED, "the targets")
        strip.start()
        await camera.until(lambda: phase() is DrillPhase.RESTORED, "the service back")
        camera.keep("failover")
        strip.give_up()
        await camera.until(lambda: phase() is DrillPhase.INTERRUPTED, "the drill's end")
        await camera.leave()


SCENES = {
    "lessons": Scene("borgbackup", "restauration", lessons),
    "topology": Scene("borgbackup", "restauration", dead_machine),
    "comparison": Scene("comparatif", "tableau", comparison),
    "failover": Scene("keepalived", "coupure", failover),
}
