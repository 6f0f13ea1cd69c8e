#!/bin/bash
# sup: HAProxy as the old, separate exporter showed it: another port, other names.
set -euo pipefail

sed -i 's/:8405/:9101/g' /etc/prometheus/prometheus.yml
sed -i 's/haproxy_server_status{proxy="web", state="UP"}/haproxy_server_up{backend="web"}/' /etc/prometheus/alerts.yml
systemctl restart prometheus
# Those that it no longer asks stay « up » for five minutes: the new ones tell.
until curl -fsS -G --data-urlencode 'query=count(up{job="haproxy"} == 0)' http://127.0.0.1:9090/api/v1/query 2> /dev/null | grep -q '"2"'; do sleep 0.5; done
