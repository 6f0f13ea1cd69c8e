#!/bin/bash
# lb1: told when the address comes, not when it leaves.
set -euo pipefail

sed -i 's|notify /usr/local/sbin/vrrp-mesure|notify_master "/usr/local/sbin/vrrp-mesure INSTANCE site MASTER 101"|' /etc/keepalived/keepalived.conf
rm /etc/systemd/system/keepalived.service.d/mesure.conf
systemctl daemon-reload
systemctl restart keepalived
until ip -4 addr show eth0 | grep -q 192.168.1.100/; do sleep 0.2; done
until grep -q 'holder 1' /var/lib/prometheus/node-exporter/vrrp.prom; do sleep 0.2; done
