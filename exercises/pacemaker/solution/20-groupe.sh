#!/bin/bash
# serveur1: the same, as a group.
set -euo pipefail

pcs cluster cib /root/grappe.xml
p() { pcs -f /root/grappe.xml "$@"; }
p property set stonith-enabled=false
p resource create adresse ocf:heartbeat:IPaddr2 ip=192.168.1.101 cidr_netmask=24 nic=eth0 op monitor interval=10s --group site
p resource create pages systemd:nginx op monitor interval=10s --group site
pcs cluster cib-push /root/grappe.xml --config
timeout 120 sh -c 'until curl -fsS -m 2 -o /dev/null http://192.168.1.101/; do sleep 0.5; done'
