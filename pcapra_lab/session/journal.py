"""How far a replay got: what an interrupted one goes on from."""

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pcapra_lab.lab.files import read_json, write_json

FILE = "rejeu.json"
SCHEMA = 2


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

    @classmethod
    def until_now(cls, step: str, stage: str, began: float, complaint: str) -> "Row":
        """The line of what ends now.

        Args:
            step: its id.
            stage: see the class.
            began: when, on the monotonic clock.
            complaint: what is wrong, or nothing.
        """
        return cls(step, stage, not complaint, time.monotonic() - began, complaint)


@dataclass(slots=True)
class Journal:
    """The steps a replay has gone through, whole, written after each of them.

    Args:
        path: the file.
        contents: for each step, in order, the digest of all that its rows speak of: those of
            another content, and all that follow, are worthless.
        mutants: how many of a step's are applied; None for all.
    """

    path: Path
    contents: dict[str, str]
    seed: str
    mutants: int | None
    done: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0
    """Spent before the interruption, on the steps done."""
    _spent: dict[str, float] = field(default_factory=dict)
    """By step: the seconds until its end."""

    def load(self) -> None:
        """Take over what is written, as far as it is of the same replay."""
        data = read_json(self.path)
        if data is None or data.get("replay") != self._replay():
            return
        for (step, content), known in zip(self.contents.items(), data["done"], strict=False):
            if [step, content] != known[:2]:
                break
            self.done.append(step)
            self.seconds = self._spent[step] = float(known[2])
        rows = [Row(**kept) for kept in data["rows"]] if self.done else []
        # Those of no step were written before the first one.
        self.rows = [row for row in rows if row.step in self.done or row.step not in self.contents]

    def write(self, done: list[str], rows: list[Row], seconds: float) -> None:
        """These steps are behind, after so many seconds in all."""
        self.done, self.rows = list(done), list(rows)
        self._spent[done[-1]] = seconds
        data = {
            "replay": self._replay(),
            "done": [[step, self.contents[step], self._spent[step]] for step in done],
            "rows": [asdict(row) for row in rows],
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, data)

    def forget(self) -> None:
        """The next replay starts from the beginning."""
        self.path.unlink(missing_ok=True)
        self.done, self.rows, self.seconds, self._spent = [], [], 0.0, {}

    def _replay(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "seed": self.seed,
            "mutants": self.mutants,
        }


def interrupted_seed(folder: Path) -> str | None:
    """The seed of the replay that was interrupted in a lab's folder, if one was."""
    data = read_json(folder / FILE)
    return None if data is None else str(data["replay"]["seed"])
