"""The lab's network segment: is anybody else on it?"""

import errno
import socket
import struct

LISTEN_SECONDS = 0.3
"""Long enough for a machine that is there: systemd-networkd and ARP are heard within it under
traffic; a silent stranger is not, and does no harm before it speaks."""


def is_quiet(segment: str) -> bool:
    """Whether nothing is heard on a segment (``group:port``) of the loopback.

    QEMU's multicast sockets (qemu(1), ``-netdev socket,mcast=``) share one UDP port: a program
    that already uses the same group would see the lab's frames, and the lab its own.
    """
    group, _, port = segment.partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ear.bind((group, int(port)))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            # A program has the port for itself: QEMU could not have it either.
            return False
        membership = struct.pack("4s4s", socket.inet_aton(group), socket.inet_aton("127.0.0.1"))
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        ear.settimeout(LISTEN_SECONDS)
        try:
            ear.recv(2048)
        except TimeoutError:
            return True
        return False
