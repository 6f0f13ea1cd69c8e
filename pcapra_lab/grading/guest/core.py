"""Gather facts about this machine, as root, and print them as one JSON document.

The grader sends this source and the fact modules its job needs over SSH to
``python3 -I -X utf8 -``: nothing is installed in the guest. It has Python 3.11's standard library,
and jeepney (D-Bus), which the base image brings. Facts are reported and never judged, so that no
expected value needs to enter the guest.

A job is ``{"marker", "stop_on_failure", "items"}``; each item has ``id``, ``kind`` (the fact
module that looks at it), ``timeout`` in seconds and the fields of its kind. The reply stands
between two markers only the caller knows, so stray output cannot be taken for it, nor spoil it.
"""

import errno
import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

Item = dict[str, Any]
Fact = dict[str, Any]

SAFE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Failure(Exception):
    """A fact that cannot be had. ``reason`` is a code that the host puts into words."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def within(item: Item, look: Callable[[Item], Fact]) -> Fact:
    """Give up after the item's timeout on a file system that does not answer (dead FUSE, NFS)."""
    box: list[Fact] = []
    worker = threading.Thread(target=lambda: box.append(guard(item, look)), daemon=True)
    worker.start()
    worker.join(item["timeout"])
    if not box:
        return {"kind": "error", "reason": "deadline", "detail": "", "seconds": item["timeout"]}
    return box[0]


def guard(item: Item, look: Callable[[Item], Fact]) -> Fact:
    """The fact, or an error fact: one broken item must not cost the others theirs."""
    started = time.monotonic()
    try:
        return look(item)
    except Failure as failure:
        reason, detail = failure.reason, failure.detail
    except OSError as error:
        reason, detail = "os", errno.errorcode.get(error.errno or 0, str(error))
    except Exception as error:
        reason, detail = "internal", f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - started
    return {"kind": "error", "reason": reason, "detail": detail, "seconds": seconds}


def evaluate(item: Item) -> Fact:
    """The fact an item asks for; never raises."""
    module = f"{__name__.rpartition('.')[0]}.{item['kind']}"
    return guard(item, lambda item: importlib.import_module(module).look(item))


def gather(job: dict[str, Any]) -> dict[str, Fact]:
    """All facts of a job, by item id.

    One after the other: two programs that lock the same repository must not meet, and a guest
    has few processors to gain from.
    """
    facts: dict[str, Fact] = {}
    for item in job["items"]:
        fact = facts[item["id"]] = evaluate(item)
        failed = fact["kind"] == "error" or fact.get("timed_out") or fact.get("exit")
        if failed and job.get("stop_on_failure"):
            break
    return facts


def main(job: dict[str, Any]) -> None:
    """Print the reply and end at once, whatever threads still hang on a dead file system."""
    reply = json.dumps({"facts": gather(job)})
    marker = job["marker"]
    sys.stdout.write(f"\n{marker}{reply}{marker}\n")
    sys.stdout.flush()
    os._exit(0)
