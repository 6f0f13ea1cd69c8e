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
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from textual.css.query import NoMatches
from textual.pilot import Pilot

from pcapra_lab.lab.faults.model import PowerCut
from pcapra_lab.lab.paths import default_paths
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.application import LabApplication
from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.terminal import TerminalPane

EXERCISE = "borgbackup"
SHOWN_STEP = "restauration"
"""The step in progress on the pictures."""
SIZES = ((80, 24), (120, 40), (200, 60))
DOCS = Path(__file__).parents[1] / "docs"
NEVER = threading.Event()
PATIENCE = 180.0
"""Seconds after which what a picture waits for is declared missing."""


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


class Photographer:
    """One run of the app."""

    def __init__(self, app: PcapraApp, pilot: Pilot[None]) -> None:
        self._app, self._pilot = app, pilot

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Let the app work until ``condition``."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not self._holds(condition):
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"never came: {what}")
            await self._pilot.pause(0.1)

    @staticmethod
    def _holds(condition: Callable[[], object]) -> bool:
        try:
            return bool(condition())
        except NoMatches:
            return False

    async def press(self, *keys: str) -> None:
        """Keys, as a trainee presses them."""
        await self._pilot.press(*keys)
        await self._pilot.pause()

    async def home(self) -> None:
        """The home screen, its figures read."""
        await self.until(lambda: self._app.focused is not None, "home")
        loading = self._app.screen.query
        await self.until(lambda: not loading("#loading"), "the course")

    async def lesson(self) -> None:
        """The lesson, its shells connected and its checks looked at."""
        await self.press("enter")
        panes = self._app.screen.query
        await self.until(lambda: [p for p in panes(TerminalPane) if p.connected][1:], "shells")
        await self.until(lambda: not self._lesson.checks.busy, "the first look")

    async def leave(self) -> None:
        """Home again, the machines left running: the next application opens the same lab."""
        await self.press("f9")
        await self.until(lambda: isinstance(self._app.screen, Dialog), "the question")
        await self.press("l")
        await self.until(lambda: isinstance(self._app.screen, HomeScreen), "the way home")

    async def type(self, text: str, then: str) -> None:
        """A command in the shell, until ``then`` is on its screen."""
        await self.press("f3")
        pane = self._app.screen.query(TerminalPane).first()
        await self.until(lambda: pane.type_text(text, run=True), "the shell")
        await self.until(lambda: then in pane.history_text, then)
        await self.press("f12")

    @property
    def _lesson(self) -> LessonScreen:
        screen = self._app.screen
        if not isinstance(screen, LessonScreen):
            raise TypeError(f"not a lesson: {screen}")
        return screen

    def words(self) -> str:
        """All that is on the screen."""
        strips = self._app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)

    def keep(self, name: str) -> None:
        """The screen as it is now."""
        self._app.clear_notifications()
        path = DOCS / f"{name}.svg"
        path.write_text(self._app.export_screenshot(title="pcapra-lab"))
        print(path.relative_to(DOCS.parent))


def prepare(made: LabApplication) -> None:
    """The machines, and the lesson as the one to go on with."""
    with closing(made.open(EXERCISE)) as session:
        session.start(ignore, NEVER)


def solve(made: LabApplication) -> None:
    """The steps before the one shown."""
    with closing(made.open(EXERCISE)) as session:
        session.start(ignore, NEVER)
        while session.state().current_step != SHOWN_STEP:
            if not (report := session.solve(ignore)).green:
                raise RuntimeError(f"not solved: {report}")


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
        await asyncio.to_thread(cut_power, made)
        await camera.until(
            lambda: {"éteinte", "charge"} <= set(camera.words().split()),
            "one machine dead, one well",
        )
        camera.keep("topology")
        await camera.press("escape")
        await camera.leave()


def cut_power(made: LabApplication) -> None:
    """As a trainer does beside the open application."""
    with closing(made.look(EXERCISE)) as beside:
        beside.faults.inject(PowerCut(kind="power-cut", vm="sauvegarde"))


def delete(made: LabApplication) -> None:
    """Its machines. A session that a failure left open holds the lab: this process is its own."""
    with closing(made.look(EXERCISE)) as session:
        session.delete()


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(prog="python -m pictures", description=__doc__)
    parser.add_argument("--only", choices=("lessons", "topology"), help="some of them (all)")
    only = parser.parse_args().only
    with application() as made:
        try:
            if only == "topology":
                prepare(made)
            else:
                solve(made)
                asyncio.run(lessons(made))
            if only != "lessons":
                asyncio.run(dead_machine(made))
        finally:
            delete(made)


if __name__ == "__main__":
    main()
