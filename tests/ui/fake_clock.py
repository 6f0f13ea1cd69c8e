"""Time that passes only when told to."""


class FakeClock:
    """The interface's clock: called, it answers ``now``, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
