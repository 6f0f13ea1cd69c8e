"""The live shell as a Textual widget."""

from pcapra_lab.ui.terminal.pane import TerminalPane

__all__ = ["TerminalPane"]
