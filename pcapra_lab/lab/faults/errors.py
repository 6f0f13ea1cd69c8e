"""What lifting faults may come to."""

from pcapra_lab.errors import LabError
from pcapra_lab.lab.faults.record import Active, Lifted


class FaultsLeft(LabError):
    """Some faults could not be lifted. They stay on record.

    Args:
        left: those faults.
        lifted: the others, which are over.
    """

    def __init__(
        self, message: str, *, left: list[Active], lifted: list[Lifted], hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.left = left
        self.lifted = lifted
