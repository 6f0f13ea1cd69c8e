"""What opening a lesson needs, loaded while the trainee looks at the home screen."""

from importlib import import_module


def warm_up() -> None:
    """Import the lesson screen and load the emulator: half a second the first time.

    Blocks: run it in a thread.

    Raises:
        EnvironmentProblem: no emulator can be loaded here.
    """
    # Here, or the home screen would be painted after what this is for.
    from pcapra_lab.terminal import create_emulator

    import_module("pcapra_lab.ui.lesson.screen")
    create_emulator()
