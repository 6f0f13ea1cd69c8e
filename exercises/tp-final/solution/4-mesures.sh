#!/bin/bash
# sauvegarde, as stagiaire: what each machine measures of itself, installed through SSH on all at once.
set -euo pipefail

travaux=()
for machine in lb1 lb2 web1 web2 sauvegarde sup; do
    if [ "$machine" = sauvegarde ]; then porte=(sudo bash -s); else porte=(ssh -o BatchMode=yes "$machine" 'sudo bash -s'); fi
    "${porte[@]}" > "/tmp/mesures-$machine.log" 2>&1 <<'FIN' &
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends prometheus-node-exporter
case $(hostname) in
lb*)
    cat >> /etc/haproxy/haproxy.cfg <<'CFG'

frontend prometheus
    bind *:8405
    mode http
    no log
    http-request use-service prometheus-exporter if { path /metrics }
CFG
    haproxy -c -q -f /etc/haproxy/haproxy.cfg
    systemctl reload haproxy
    cat > /usr/local/sbin/vrrp-mesure <<'SH'
#!/bin/sh
# Appelé par Keepalived : type, nom, état, priorité.
f=/var/lib/prometheus/node-exporter/vrrp.prom
if [ "$3" = MASTER ]; then porte=1; else porte=0; fi
echo "keepalived_vip_holder $porte" > $f.$$
chmod 0644 $f.$$
mv $f.$$ $f
SH
    chmod 0755 /usr/local/sbin/vrrp-mesure
    sed -i 's|^vrrp_instance .*|&\n    notify /usr/local/sbin/vrrp-mesure root|' /etc/keepalived/keepalived.conf
    systemctl restart keepalived
    ;;
web*)
    cat > /usr/local/sbin/sauvegarde-mesure <<'SH'
#!/bin/sh
# Après chaque sauvegarde ; SERVICE_RESULT vient de systemd.
f=/var/lib/prometheus/node-exporter/sauvegarde.prom
reussie=0 date=$(sed -n 's/^backup_last_success_timestamp_seconds //p' $f 2> /dev/null)
if [ "$SERVICE_RESULT" = success ]; then reussie=1 date=$(date +%s); fi
printf 'backup_last_run_success %s\nbackup_last_success_timestamp_seconds %s\n' $reussie "${date:-0}" > $f.$$
chmod 0644 $f.$$
mv $f.$$ $f
SH
    chmod 0755 /usr/local/sbin/sauvegarde-mesure
    mkdir -p /etc/systemd/system/sauvegarde-site.service.d
    printf '[Service]\nExecStopPost=+/usr/local/sbin/sauvegarde-mesure\n' > /etc/systemd/system/sauvegarde-site.service.d/mesure.conf
    systemctl daemon-reload
    systemctl start sauvegarde-site.service
    ;;
esac
FIN
    travaux+=($!)
done
for travail in "${travaux[@]}"; do
    wait "$travail" || { tail -n 5 /tmp/mesures-*.log; exit 1; }
done
rm -f /tmp/mesures-*.log
