"""Loss and latency on what a machine sends: tc-netem(8)."""

import json

from pcapra_lab.lab.faults.guest.toolkit import Deed, Job, Refusal, Reply, has_link, must

QDISC_HANDLE = "fa17:"
"""Tells our queueing discipline from the trainee's."""


def root_qdisc(device: str) -> Job:
    """The queueing discipline at the root of a link."""
    found = json.loads(must("tc", "-j", "qdisc", "show", "dev", device))
    return next((q for q in found if q.get("root")), {"kind": "noqueue", "handle": "0:"})


def prepare(job: Job, _deed: Deed) -> Reply:
    """Refuse a link that is absent, or whose queue the trainee made."""
    if not has_link(job["device"]):
        raise Refusal("no-link", job["device"])
    root = root_qdisc(job["device"])
    # The kernel's own default has the handle 0: and comes back by itself.
    if root["handle"] not in ("0:", QDISC_HANDLE):
        raise Refusal("qdisc-taken", root["kind"])
    return {}


def act(job: Job, deed: Deed) -> Reply:
    """Delay and lose what leaves by the link."""
    effect = []
    if job["delay_ms"]:
        effect += ["delay", f"{job['delay_ms']}ms", f"{job['jitter_ms']}ms"]
    if job["loss"]:
        effect += ["loss", f"{job['loss']}%"]
    device = ["dev", job["device"], "root"]
    with deed.done():
        must("tc", "qdisc", "replace", *device, "handle", QDISC_HANDLE, "netem", *effect)
    return {}


def undo(job: Job, deed: Deed) -> Reply:
    """Give the link its default queue back."""
    if not has_link(job["device"]) or root_qdisc(job["device"])["handle"] != QDISC_HANDLE:
        return {"note": "already-gone"}
    with deed.done():
        must("tc", "qdisc", "del", "dev", job["device"], "root")
    return {}
