#!/bin/bash
# serveur1: an address, nginx, together and in that order.
set -euo pipefail

pcs cluster cib /root/grappe.xml
p() { pcs -f /root/grappe.xml "$@"; }
p property set stonith-enabled=false
p resource create VIP ocf:heartbeat:IPaddr2 ip=192.168.1.101 cidr_netmask=24 op monitor interval=30s
p resource create WebServer systemd:nginx op monitor interval=10s
p constraint colocation add WebServer with VIP INFINITY
p constraint order VIP then WebServer
pcs cluster cib-push /root/grappe.xml --config
timeout 120 sh -c 'until curl -fsS -m 2 -o /dev/null http://192.168.1.101/; do sleep 0.5; done'
