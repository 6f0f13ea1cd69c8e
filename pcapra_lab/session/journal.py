"""How far a replay got: what an interrupted one goes on from."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pcapra_lab.lab.files import read_json, write_json

FILE = "rejeu.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the replay's table."""

    step: str
    stage: str
    """``rouge avant``, ``vert après`` or ``mutant <id>``."""
    ok: bool
    seconds: float
    detail: str = ""
    """Why it is not ok."""


@dataclass(slots=True)
class Journal:
    """The steps a replay has gone through, whole, written after each of them.

    Args:
        path: the file.
        content: digest of all that the rows speak of: others make the journal worthless.
        mutants: how many of a step's are applied; None for all.
    """

    path: Path
    content: str
    seed: str
    mutants: int | None
    done: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0
    """Spent before the interruption."""

    def load(self) -> None:
        """Take over what is written, if it is of the same replay."""
        data = read_json(self.path)
        if data is None or data.get("replay") != self._replay():
            return
        self.done = list(data["done"])
        self.rows = [Row(**row) for row in data["rows"]]
        self.seconds = float(data["seconds"])

    def write(self, done: list[str], rows: list[Row], seconds: float) -> None:
        """These steps are behind."""
        data = {
            "replay": self._replay(),
            "done": done,
            "rows": [asdict(row) for row in rows],
            "seconds": seconds,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, data)

    def forget(self) -> None:
        """The next replay starts from the beginning."""
        self.path.unlink(missing_ok=True)
        self.done, self.rows, self.seconds = [], [], 0.0

    def _replay(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "content": self.content,
            "seed": self.seed,
            "mutants": self.mutants,
        }


def interrupted_seed(folder: Path) -> str | None:
    """The seed of the replay that was interrupted in a lab's folder, if one was."""
    data = read_json(folder / FILE)
    return None if data is None else str(data["replay"]["seed"])
