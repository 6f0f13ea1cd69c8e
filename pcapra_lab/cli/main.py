"""The ``pcapra-lab`` command."""


def main() -> None:
    """Entry point."""
