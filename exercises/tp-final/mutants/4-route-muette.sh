#!/bin/bash
# sup: a route that leads to a receiver without any address.
set -euo pipefail

sed -i -e '/webhook_configs/d' -e '/url:/d' /etc/prometheus/alertmanager.yml
amtool check-config /etc/prometheus/alertmanager.yml
systemctl restart prometheus-alertmanager
until curl -fsS -o /dev/null 2> /dev/null http://127.0.0.1:9093/-/ready; do sleep 0.5; done
