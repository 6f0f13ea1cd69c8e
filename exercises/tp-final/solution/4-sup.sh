#!/bin/bash
# sup: Prometheus, its rules, Alertmanager, and who receives.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get install --yes --no-install-recommends prometheus prometheus-alertmanager

cat > /etc/prometheus/prometheus.yml <<'FIN'
global:
  scrape_interval: 10s
  evaluation_interval: 10s

alerting:
  alertmanagers:
    - static_configs:
        - targets: ['localhost:9093']

rule_files:
  - alerts.yml

scrape_configs:
  - job_name: node
    static_configs:
      - targets: ['lb1:9100', 'lb2:9100', 'web1:9100', 'web2:9100', 'sauvegarde:9100', 'sup:9100']
  - job_name: haproxy
    static_configs:
      - targets: ['lb1:8405', 'lb2:8405']
FIN
cat > /etc/prometheus/alerts.yml <<'FIN'
groups:
  - name: continuite
    rules:
      - alert: InstanceDown
        expr: up == 0
        for: 20s
        labels: {severity: critical}
        annotations: {summary: "{{ $labels.instance }} ne répond plus"}
      - alert: ServeurWebRetire
        expr: haproxy_server_status{proxy="web", state="UP"} == 0
        labels: {severity: critical}
        annotations: {summary: "{{ $labels.server }} hors répartition, vu de {{ $labels.instance }}"}
      - alert: VIPDeplacee
        expr: changes(keepalived_vip_holder[5m]) > 0
        labels: {severity: warning}
        annotations: {summary: "La VIP a quitté ou rejoint {{ $labels.instance }}"}
      - alert: VIPSansPorteurUnique
        expr: sum(keepalived_vip_holder) != 1
        for: 30s
        labels: {severity: critical}
        annotations: {summary: "{{ $value }} machine(s) portent la VIP"}
      - alert: SauvegardeEchouee
        expr: backup_alerts_pending > 0
        labels: {severity: critical}
        annotations: {summary: "{{ $value }} alerte(s) à lire dans /var/lib/pcapra/alertes"}
      - alert: SauvegardeVieille
        expr: time() - backup_last_success_timestamp_seconds > 26 * 3600
        labels: {severity: critical}
        annotations: {summary: "{{ $labels.instance }} : rien depuis {{ $value | humanizeDuration }}"}
      - alert: FichiersModifies
        expr: aide_changes != 0
        labels: {severity: critical}
        annotations: {summary: "{{ $labels.instance }} : {{ $value }} fichiers changés"}
FIN
cat > /etc/prometheus/alertmanager.yml <<'FIN'
route:
  receiver: journal
  group_by: [alertname, instance]
  group_wait: 5s
  group_interval: 30s
  repeat_interval: 4h

receivers:
  - name: journal
    webhook_configs:
      - url: http://127.0.0.1:9095/
FIN
echo 'ARGS="--cluster.listen-address="' > /etc/default/prometheus-alertmanager

cat > /usr/local/sbin/recepteur-alertes <<'FIN'
#!/usr/bin/env python3
"""Reçoit les alertes d'Alertmanager, et en garde une ligne chacune."""

import json
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Recepteur(BaseHTTPRequestHandler):
    def do_POST(self):
        taille = int(self.headers["Content-Length"])
        envoi = json.loads(self.rfile.read(taille))
        recu = datetime.now().astimezone()
        with open("/var/log/alertes.jsonl", "a") as journal:
            for alerte in envoi["alerts"]:
                ligne = {
                    "recu": recu.isoformat(timespec="seconds"),
                    "etat": alerte["status"],
                    "alerte": alerte["labels"]["alertname"],
                    "resume": alerte["annotations"].get("summary"),
                    "etiquettes": alerte["labels"],
                }
                texte = json.dumps(ligne, ensure_ascii=False)
                journal.write(texte + "\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *rien):
        pass


ThreadingHTTPServer(("127.0.0.1", 9095), Recepteur).serve_forever()
FIN
chmod 0755 /usr/local/sbin/recepteur-alertes
cat > /etc/systemd/system/recepteur-alertes.service <<'FIN'
[Unit]
Description=Reçoit les alertes d'Alertmanager

[Service]
ExecStart=/usr/local/sbin/recepteur-alertes
Restart=always

[Install]
WantedBy=multi-user.target
FIN
systemctl daemon-reload
systemctl enable --now recepteur-alertes

promtool check config /etc/prometheus/prometheus.yml
amtool check-config /etc/prometheus/alertmanager.yml
systemctl restart prometheus prometheus-alertmanager
# Eight targets that answered once.
SECONDS=0
until [ "$(curl -fsS -G --data-urlencode 'query=count(up == 1)' http://127.0.0.1:9090/api/v1/query | grep -c '"8"')" -eq 1 ]; do
    sleep 1
    [ "$SECONDS" -lt 240 ]
done
