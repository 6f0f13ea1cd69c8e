"""The only door to SSH."""

import logging

# paramiko logs each refused try of a booting machine with its traceback; what matters reaches
# the caller as a VmError, and a TUI's screen is no place for a log.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").setLevel(logging.CRITICAL)
