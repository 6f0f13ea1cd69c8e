"""``setup/python.sh``: an environment that would not start any more is made anew."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UV = """\
#!/bin/sh
echo "$@" >> "{log}"
[ "$1" != venv ] || {{ mkdir -p "$5/bin" && : > "$5/bin/python" && chmod +x "$5/bin/python"; }}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose uv only notes what it is asked."""
    folder = tmp_path / "Jérôme et Zoé" / "pcapra lab"
    (folder / "setup").mkdir(parents=True)
    for name in ("pyproject.toml", "requirements.lock", "setup/uv.lock", "setup/python.sh"):
        shutil.copy(ROOT / name, folder / name)
    uv = folder / ".bootstrap/bin/uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(UV.format(log=tmp_path / "log"))
    uv.chmod(0o755)
    return folder


def make(checkout: Path) -> list[str]:
    """What uv was asked, as ``make venv`` runs the script."""
    log = checkout.parents[0].parent / "log"
    log.write_text("")
    argv = ["sh", "setup/python.sh", ".venv", "requirements.lock"]
    subprocess.run(argv, cwd=checkout, check=True, stdout=subprocess.DEVNULL)
    lines = log.read_text().splitlines()
    return [" ".join(line.split()[:2]) for line in lines if not line.startswith("--version")]


WHOLE = ["venv -q", "pip sync", "pip install"]


def test_nothing_is_done_twice(checkout: Path) -> None:
    assert make(checkout) == WHOLE
    assert make(checkout) == []
    (checkout / "requirements.lock").write_text("# autre\n")
    assert make(checkout) == WHOLE[1:], "what is there is kept"


def test_a_checkout_that_was_moved_or_copied_starts_again(checkout: Path) -> None:
    make(checkout)
    moved = checkout.rename(checkout.with_name("ailleurs"))
    (moved / ".venv/bin/pcapra-lab").write_text(f"#!{checkout}/.venv/bin/python\n")
    assert make(moved) == WHOLE
    assert not (moved / ".venv/bin/pcapra-lab").exists()
    assert make(moved) == []


def test_another_python_of_the_system_starts_again(checkout: Path) -> None:
    make(checkout)
    stamp = checkout / ".venv/.installed"
    place, _, _python = stamp.read_text().rpartition(" ")
    stamp.write_text(f"{place} /usr/bin/python3.9\n")
    assert make(checkout) == WHOLE


def test_an_environment_of_an_earlier_version_is_kept(checkout: Path) -> None:
    make(checkout)
    stamp = checkout / ".venv/.installed"
    stamp.write_text(f"{'0' * 64}  -\n")
    assert make(checkout) == WHOLE[1:]
