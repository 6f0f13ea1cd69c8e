"""What some machines send is not heard: nft(8), the netdev family, in all of both groups."""

from pcapra_lab.lab.faults.guest.toolkit import Deed, Job, Refusal, Reply, has_link, must, run


def no_table(job: Job) -> str:
    """Removes our table, or nothing: deleting what does not exist is an error."""
    return f"add table netdev {job['table']}\ndelete table netdev {job['table']}\n"


def cut_table(job: Job) -> str:
    """Drops what the others send before anything else sees it: ARP and VRRP as well as IP."""
    return f"""{no_table(job)}
table netdev {job["table"]} {{
    chain ingress {{
        type filter hook ingress device "{job["device"]}" priority -500; policy accept;
        ether saddr {{ {", ".join(job["peers"])} }} drop
    }}
}}
"""


def prepare(job: Job, _deed: Deed) -> Reply:
    """Have the kernel check the table without adding it."""
    if not has_link(job["device"]):
        raise Refusal("no-link", job["device"])
    must("nft", "-c", "-f", "-", stdin=cut_table(job))
    return {}


def act(job: Job, deed: Deed) -> Reply:
    """Stop hearing the other group."""
    with deed.done():
        must("nft", "-f", "-", stdin=cut_table(job))
    return {}


def undo(job: Job, deed: Deed) -> Reply:
    """Hear everybody again."""
    there = run("nft", "list", "table", "netdev", job["table"]).returncode == 0
    with deed.done():
        must("nft", "-f", "-", stdin=no_table(job))
    return {} if there else {"note": "already-gone"}
