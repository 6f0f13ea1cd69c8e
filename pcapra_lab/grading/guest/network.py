"""What a connection came to, in a word that the host puts into French."""

import errno
import socket
import sys

_WORDS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ETIMEDOUT: "timeout",
    # netfilter's « reject with icmp … » comes back as one of these.
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EACCES: "unreachable",
    errno.EPERM: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
}


def word(error: OSError) -> str:
    """The word for what went wrong; empty when the network has nothing to do with it."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, socket.gaierror):
        return "unknown-name"
    # Loading it costs more than most looks: who met such an error has it.
    ssl = sys.modules.get("ssl")
    if ssl is not None and isinstance(error, ssl.SSLError):
        return "tls"
    return _WORDS.get(error.errno or 0, "")
