"""From the command palette to the action."""

from typing import TYPE_CHECKING

from pcapra_lab.session.preferences import Preferences

if TYPE_CHECKING:
    from textual.app import App


def show_commands(app: "App[None]", preferences: Preferences) -> None:
    """Show the commands that mean something on the current screen, and run the one chosen."""
    # Late: the first paint does without a field and a list.
    from pcapra_lab.ui.commands.listing import commands
    from pcapra_lab.ui.commands.screen import CommandScreen

    screen = app.screen
    # By what it can do: the lesson's module is not loaded before a lesson is.
    lesson = hasattr(screen, "action_contents")
    lab = lesson and not getattr(screen, "reading", True)
    web = getattr(screen, "has_consoles", False)
    drill = getattr(screen, "has_drill", False)
    target = getattr(screen, "has_target", False)

    async def answered(action: str | None) -> None:
        if action is not None:
            await app.run_action(action)

    here = {"web": web, "drill": drill, "target": target}
    known = commands(preferences, lesson=lesson, lab=lab, **here)
    app.push_screen(CommandScreen(known), answered)
