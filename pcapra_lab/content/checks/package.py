"""A package that is installed."""

from typing import Literal

from pcapra_lab.content.base import Text
from pcapra_lab.content.checks.base import BaseCheck


class PackageCheck(BaseCheck):
    """A Debian package is fully installed."""

    type: Literal["package"]
    name: Text
