#!/bin/bash
# serveur1: the disk under the address, all at once.
set -euo pipefail

pcs cluster cib /root/grappe.xml
p() { pcs -f /root/grappe.xml "$@"; }
p resource create Disque ocf:linbit:drbd drbd_resource=data op monitor interval=15s role=Promoted op monitor interval=30s role=Unpromoted promotable promoted-max=1 promoted-node-max=1 clone-max=2 clone-node-max=1 notify=true
p resource create Montage ocf:heartbeat:Filesystem device=/dev/drbd0 directory=/srv/site fstype=ext4
p constraint colocation add Montage with Promoted Disque-clone INFINITY
p constraint order promote Disque-clone then start Montage
p constraint colocation add VIP with Montage INFINITY
p constraint order Montage then VIP
pcs cluster cib-push /root/grappe.xml --config
timeout 400 sh -c "until curl -fsS -m 2 http://192.168.1.101/ | grep -q '$PCAPRA_DISQUE'; do sleep 1; done"
