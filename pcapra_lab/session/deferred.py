"""An application that is made when it is first asked for something: the screen comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from pcapra_lab.session.api import Application, HostSummary, LessonCard, ModuleCard, TraineeSession

if TYPE_CHECKING:
    from pcapra_lab.content.blocks import LessonDocument
    from pcapra_lab.content.glossary import Lexicon
    from pcapra_lab.content.search import Hit


class Closable(Application, Protocol):
    """An application that holds something open."""

    def close(self) -> None:
        """Release it."""
        ...


class DeferredApplication:
    """``session.api.Application`` by another one, made by the first call, in its thread.

    Any call raises what making it raises; the next one tries again.

    Args:
        make: makes the application.
    """

    def __init__(self, make: Callable[[], Closable]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Closable | None = None

    def _application(self) -> Closable:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def modules(self) -> tuple[ModuleCard, ...]:
        """See ``Application.modules``."""
        return self._application().modules()

    def host(self) -> HostSummary:
        """See ``Application.host``."""
        return self._application().host()

    def resume(self) -> LessonCard | None:
        """See ``Application.resume``."""
        return self._application().resume()

    def open(self, exercise: str) -> TraineeSession:
        """See ``Application.open``."""
        return self._application().open(exercise)

    def read_only(self, module: str, lesson: str) -> LessonDocument:
        """See ``Application.read_only``."""
        return self._application().read_only(module, lesson)

    def lexicon(self) -> Lexicon:
        """See ``Application.lexicon``."""
        return self._application().lexicon()

    def search(self, query: str) -> tuple[Hit, ...]:
        """See ``Application.search``."""
        return self._application().search(query)

    def close(self) -> None:
        """Close the application, if any call made it."""
        with self._lock:
            if self._made is not None:
                self._made.close()
