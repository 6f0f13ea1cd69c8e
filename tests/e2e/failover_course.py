"""A course of one failover: two load balancers that answer by themselves, one address, a client.

The Keepalived lesson's power cut, without the web servers behind: what CI has the time for.
"""

from pathlib import Path

EXERCISE = "bascule"
VIP = "192.168.1.100"

_VM_IMAGES = Path(__file__).parents[2] / "vm-images"
_FILES = {
    "vm-images/topologies/bascule.yaml": """\
schema_version: 1
id: bascule
title: Deux répartiteurs et un client
vms:
  - {name: client, title: le client, address: 192.168.1.50, memory_mib: 256}
  - {name: lb1, title: le maître, address: 192.168.1.21, memory_mib: 256, image: repartiteur}
  - {name: lb2, title: le secours, address: 192.168.1.22, memory_mib: 256, image: repartiteur}
""",
    "modules/1-essai/module.yaml": """\
schema_version: 1
id: 1-essai
number: "1"
title: Essai
summary: Une coupure de courant.
lessons:
  - {id: 01-essai, title: Essai}
""",
    "modules/1-essai/01-essai.md": """\
---
schema_version: 1
id: 01-essai
number: "1.1"
title: Essai
level: reel
exercise: bascule
duration: 5m
---
Une machine tombe.

## La coupure {#coupure}

[Le client est servi]{check=continu}, [par le secours]{check=porteur}.
""",
    f"exercises/{EXERCISE}/exercise.yaml": f"""\
schema_version: 1
id: bascule
title: Une bascule
lesson: 1-essai/01-essai
level: reel
topology: bascule
duration: 5m
setup:
  - {{vm: lb1, script: setup/repartiteur.sh}}
  - {{vm: lb2, script: setup/repartiteur.sh}}
settle:
  - {{vm: client, run: [curl, -fsS, -m, "2", -o, /dev/null, "http://{VIP}/"]}}
steps:
  - id: coupure
    title: La coupure
    drill:
      title: La coupure
      availability:
        vm: client
        hold: 3s
        probes:
          - {{id: page, title: La page, type: http, url: "http://{VIP}/", timeout: 200ms}}
        states:
          - {{id: vip, title: VIP, type: vip, address: {VIP}, among: [lb1, lb2]}}
      fault:
        inject: {{kind: power-cut, vm: lb1}}
        after: [4s, 8s]
      expected:
        rto: [2s, 6s]
        outage: [2s, 6s]
        reason: Trois annonces manquées, une par seconde, puis un ARP gratuit.
    checks:
      - id: continu
        type: http
        vm: client
        title: Le client est servi
        hint: "L'adresse répond-elle ?"
        url: http://{VIP}/
        wait: 5s
        guard: true
      - id: porteur
        type: address
        vm: lb2
        title: Par le secours
        hint: "Qui porte l'adresse ?"
        address: {VIP}
        holder: lb2
    hints: [Attendre.]
    solution:
      - {{vm: client, script: solution/attendre.sh}}
    mutants:
      - {{id: rendue, title: Rendue, vm: lb2, script: mutants/rendue.sh, killed_by: [porteur]}}
      - {{id: muette, title: Muette, vm: lb2, script: mutants/muette.sh, killed_by: [continu]}}
""",
    f"exercises/{EXERCISE}/setup/repartiteur.sh": f"""\
#!/bin/bash
set -euo pipefail
cat >> /etc/haproxy/haproxy.cfg <<FIN

frontend page
    bind *:80
    http-request return status 200 content-type text/plain string "$(hostname)"
FIN
if [ "$(hostname)" = lb1 ]; then priorite=101; else priorite=100; fi
cat > /etc/keepalived/keepalived.conf <<FIN
vrrp_instance VI_1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority $priorite
    advert_int 1
    virtual_ipaddress {{
        {VIP}/24
    }}
}}
FIN
systemctl restart haproxy keepalived
""",
    f"exercises/{EXERCISE}/solution/attendre.sh": f"""\
#!/bin/sh
timeout 60 sh -c 'until curl -fsS -m 1 -o /dev/null http://{VIP}/; do :; done'
""",
    f"exercises/{EXERCISE}/mutants/rendue.sh": "#!/bin/sh\nsystemctl stop keepalived\n",
    f"exercises/{EXERCISE}/mutants/muette.sh": "#!/bin/sh\nsystemctl stop haproxy\n",
}


def plant(root: Path) -> Path:
    """Write the course under ``root``, on the real course's images."""
    for name, text in _FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in ("images", "depot.yaml"):
        (root / "vm-images" / name).symlink_to(_VM_IMAGES / name)
    return root
