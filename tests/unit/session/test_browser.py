"""A browser is started where there is a display, and never in this terminal."""

import os
from pathlib import Path

import pytest

from pcapra_lab.session.browser import show_page

URL = "http://127.0.0.1:40000/stats?a=1&b=2"


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the only browser of this host wrote: its address, its TERM, and its output."""
    program, result = tmp_path / "navigateur", tmp_path / "seen"
    program.write_text(
        f'#!/bin/sh\necho bruit; printf "%s\\n%s\\n%s\\n" "$1" "${{TERM-none}}" '
        f'"$(readlink /proc/$$/fd/1)" > {result}.new && mv {result}.new {result}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(program))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    return result


@pytest.mark.parametrize("display", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_it_is_given_the_address_and_nothing_of_the_terminal(
    seen: Path, monkeypatch: pytest.MonkeyPatch, display: str
) -> None:
    monkeypatch.setenv(display, ":0")
    assert show_page(URL)
    assert seen.read_text().splitlines() == [URL, "none", os.devnull]


def test_without_a_display_nothing_is_started(seen: Path) -> None:
    assert not show_page(URL)
    assert not seen.exists()


def test_a_browser_that_fails_is_told(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    # Nor any that a host of developers may have.
    monkeypatch.setenv("PATH", str(seen.parent))
    monkeypatch.setenv("BROWSER", "/bin/false")
    assert not show_page(URL)
