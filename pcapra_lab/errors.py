"""The one family of errors that people are meant to see.

Messages and hints are in French: the trainee reads them. They are rendered by
``cli/`` and ``ui/`` only; nothing else prints them or ends the process.
"""

from pcapra_lab.i18n import _


class LabError(Exception):
    """Something a person can act on.

    Args:
        message: what happened, naming the VM, the command and what was seen.
        hint: what to do about it, as a sentence or a command.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.hint}" if self.hint else self.message


class ContentError(LabError):
    """The course, an exercise or a recipe is malformed. ``message`` has one problem a line."""

    exit_code = 3


class EnvironmentProblem(LabError):
    """The host lacks something: a program, memory, disk space, a permission."""

    exit_code = 4


class LabBusy(LabError):
    """Another process holds this lab."""

    exit_code = 5


class VmError(LabError):
    """A virtual machine did not do what was asked of it in time.

    Args:
        vm: the machine's name in its topology, such as ``srv``.
    """

    exit_code = 6

    def __init__(self, vm: str, message: str, *, hint: str = "") -> None:
        super().__init__(_("{vm} : {message}").format(vm=vm, message=message), hint=hint)
        self.vm = vm


class Cancelled(LabError):
    """The person asked to stop; what was done so far is kept."""

    exit_code = 130

    def __init__(self, message: str = _("Interrompu à votre demande."), *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
