"""``web`` and the plain mode's ``w``: a lesson's web consoles, listed, opened, told."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from plain_fakes import HostSession, PaperConsoles, never_cancelled, scripted

from pcapra_lab.cli import plain_desk
from pcapra_lab.cli import web as command
from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.errors import LabError
from pcapra_lab.session.api import WebConsole

STATS = WebConsole("stats", "Statistiques HAProxy", "srv", 8404, None)
GRAFANA = WebConsole("grafana", "Grafana", "srv", 3000, None)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HostSession:
    made = HostSession(tmp_path, web=PaperConsoles({"stats": STATS, "grafana": GRAFANA}))

    @contextmanager
    def opened(_exercise: str | None, *, exclusive: bool = True) -> Iterator[HostSession]:
        assert not exclusive, "it works beside the application"
        yield made

    monkeypatch.setattr(command, "session", opened)
    return made


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages given to a browser that is always there."""
    pages: list[str] = []

    def show(url: str) -> bool:
        pages.append(url)
        return True

    monkeypatch.setattr(command, "show_page", show)
    monkeypatch.setattr(plain_desk, "show_page", show)
    return pages


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command.web, list(arguments))


def test_without_a_name_they_are_listed(session: HostSession) -> None:
    assert run().output.splitlines() == [
        "  stats    Statistiques HAProxy (srv, port 8404)",
        "  grafana  Grafana (srv, port 3000)",
    ]
    assert [one["id"] for one in json.loads(run("--json").output)] == ["stats", "grafana"]
    session.web = PaperConsoles()
    assert "pas de console web" in run().output


def test_one_is_opened_told_shown_and_lives_until_ctrl_c(
    session: HostSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def show(url: str) -> bool:
        shown.append(url)
        # The person presses Ctrl-C; without it this command has no end.
        signal.raise_signal(signal.SIGINT)
        return True

    monkeypatch.setattr(command, "show_page", show)
    result = run("stats")
    assert result.exit_code == 0, result.output
    assert result.stdout == "http://127.0.0.1:40000/stats\n"
    assert "reste ouverte jusqu'à Ctrl-C" in result.stderr
    assert shown == ["http://127.0.0.1:40000/stats"]


def test_an_unknown_one_is_an_error_with_those_that_exist(session: HostSession) -> None:
    result = run("prometheus")
    assert result.exit_code == LabError.exit_code
    assert "« prometheus » n'existe pas" in result.stderr
    assert "→ consoles : stats" in result.stderr


def plain(session: HostSession, wanted: str) -> str:
    voice, said = scripted()
    Desk(session, voice, never_cancelled).web(wanted)
    return said.getvalue()


def test_in_plain_mode_several_are_listed_and_one_is_opened(
    session: HostSession, shown: list[str]
) -> None:
    assert "w stats : Statistiques HAProxy, sur srv, pas encore ouverte" in plain(session, "")
    assert "    http://127.0.0.1:40000/grafana\n" in plain(session, "grafana")
    assert shown == ["http://127.0.0.1:40000/grafana"]
    assert "Grafana, sur srv, ouverte, http://127.0.0.1:40000/grafana" in plain(session, "")


def test_in_plain_mode_the_only_one_needs_no_name(session: HostSession, shown: list[str]) -> None:
    session.web = PaperConsoles({"stats": STATS})
    assert "http://127.0.0.1:40000/stats" in plain(session, "")
    session.web = PaperConsoles()
    assert "pas de console web" in plain(session, "")
