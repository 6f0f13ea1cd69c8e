"""Run by the peer's own Python: the ten checks by testinfra, once a line read, seconds printed.

``peer.py SSH_CONFIG VM…``: the connections are made before the first round, and kept.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import testinfra


def check(host: Any) -> bool:
    """Five checks of one machine."""
    service = host.service("cron")
    file = host.file("/etc/sudoers.d/stagiaire")
    user = host.user("stagiaire")
    return bool(
        host.package("cron").is_installed
        and service.is_running
        and service.is_enabled
        and host.socket("tcp://0.0.0.0:22").is_listening
        and file.exists
        and file.user == "root"
        and file.mode & ~0o440 == 0
        and "NOPASSWD" in file.content_string
        and "sudo" in user.groups
    )


def main() -> None:
    """Answer until standard input ends."""
    config, *names = sys.argv[1:]
    hosts = [testinfra.get_host(f"paramiko://root@{name}", ssh_config=config) for name in names]
    for host in hosts:
        host.run("true")
    print("ready", flush=True)
    with ThreadPoolExecutor(len(hosts)) as pool:
        for line in sys.stdin:
            started = time.monotonic()
            # One after another is what pytest does; side by side is its best.
            held = all(pool.map(check, hosts) if line.strip() == "together" else map(check, hosts))
            print(f"{time.monotonic() - started:.6f} {held}", flush=True)


main()
