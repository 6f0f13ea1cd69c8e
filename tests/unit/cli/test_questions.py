"""Questions asked before something is done: they can be left."""

import signal

import click
import pytest

from pcapra_lab.cli import bundle_words
from pcapra_lab.cli.common import cancellable, confirm


@pytest.fixture
def ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is pressed at the question, and a yes typed if that does nothing."""

    def prompt(_question: str) -> str:
        signal.raise_signal(signal.SIGINT)
        return "o"

    monkeypatch.setattr("click.termui.visible_prompt_func", prompt)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_at_a_question_ends_the_command_at_once() -> None:
    with cancellable() as cancel:
        before = signal.getsignal(signal.SIGINT)
        with pytest.raises(click.Abort):
            confirm("Commencer ?")
        assert signal.getsignal(signal.SIGINT) is before, "what follows can be cancelled again"
        assert not cancel.is_set()


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_at_a_licence_is_no_missing_person() -> None:
    with cancellable(), pytest.raises(click.Abort):
        bundle_words._ask("L'acceptez-vous ?", "--accept-licence")
