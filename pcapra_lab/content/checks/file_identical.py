"""A file that must be what the grader planted."""

from typing import Literal

from pcapra_lab.content.base import GuestPath, Slug
from pcapra_lab.content.checks.base import BaseCheck


class FileIdenticalCheck(BaseCheck):
    """A file is byte for byte what the grader planted; its SHA-256 never enters the guest."""

    type: Literal["file_identical"]
    path: GuestPath
    parameter: Slug
    """The parameter whose text, in UTF-8, the file must hold exactly."""
