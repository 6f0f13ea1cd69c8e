"""Tests speak French, whatever the shell they are started from; those of the English say so."""

import os

# Before anything is imported: the language is fixed by then.
os.environ["PCAPRA_LANG"] = os.environ.pop("PCAPRA_TEST_LANG", "fr")
