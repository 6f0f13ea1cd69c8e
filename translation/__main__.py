"""``python -m translation``: bring the catalogues up to date, and say what is left to translate."""

import sys

from translation.catalogues import BOOKS
from translation.review import faults


def main() -> int:
    """Write the catalogues; 1 if something is left to translate."""
    left = 0
    for book in BOOKS:
        book.write()
        for fault in faults(book.read()):
            print(f"{book.source}: {fault}")
            left += 1
    return min(left, 1)


if __name__ == "__main__":
    sys.exit(main())
