"""Collected in an English process only: ``PCAPRA_TEST_LANG=en pytest tests/ui/english``."""

from pcapra_lab.i18n import FRENCH

collect_ignore_glob = ["test_*"] if FRENCH else []
