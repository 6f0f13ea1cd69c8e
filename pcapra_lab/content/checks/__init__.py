"""The checks an exercise may declare. Each proves a state of the system, never a typed command.

A type is one file here (what an exercise may say), one of its name in ``grading/units`` (what to
ask and how to judge) and, unless it looks at what another type does, one in ``grading/guest``.
"""

from typing import Annotated

from pydantic import Field

from pcapra_lab.content.checks.address import AddressCheck
from pcapra_lab.content.checks.base import BaseCheck, Effect, is_pattern
from pcapra_lab.content.checks.command import CommandCheck
from pcapra_lab.content.checks.file import FileCheck
from pcapra_lab.content.checks.file_identical import FileIdenticalCheck
from pcapra_lab.content.checks.http import HttpCheck
from pcapra_lab.content.checks.log_line import LogLineCheck
from pcapra_lab.content.checks.mount import MountCheck
from pcapra_lab.content.checks.package import PackageCheck
from pcapra_lab.content.checks.port import PortCheck
from pcapra_lab.content.checks.promql import PromqlCheck
from pcapra_lab.content.checks.script import ScriptCheck
from pcapra_lab.content.checks.service import ServiceCheck
from pcapra_lab.content.checks.sql import SqlCheck
from pcapra_lab.content.checks.timer import TimerCheck
from pcapra_lab.content.checks.user import UserCheck

Check = Annotated[
    AddressCheck
    | CommandCheck
    | FileCheck
    | FileIdenticalCheck
    | HttpCheck
    | LogLineCheck
    | MountCheck
    | PackageCheck
    | PortCheck
    | PromqlCheck
    | ScriptCheck
    | ServiceCheck
    | SqlCheck
    | TimerCheck
    | UserCheck,
    Field(discriminator="type"),
]

__all__ = [
    "AddressCheck",
    "BaseCheck",
    "Check",
    "CommandCheck",
    "Effect",
    "FileCheck",
    "FileIdenticalCheck",
    "HttpCheck",
    "LogLineCheck",
    "MountCheck",
    "PackageCheck",
    "PortCheck",
    "PromqlCheck",
    "ScriptCheck",
    "ServiceCheck",
    "SqlCheck",
    "TimerCheck",
    "UserCheck",
    "is_pattern",
]
