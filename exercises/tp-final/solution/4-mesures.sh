#!/bin/bash
# sauvegarde, as stagiaire: what each machine measures of itself, installed through SSH on all at once.
set -euo pipefail

travaux=()
for machine in lb1 lb2 web1 web2 sauvegarde sup; do
    # A function is read whole: nothing that it runs may swallow the rest of the script.
    if [ "$machine" = sauvegarde ]; then porte=(sudo bash -s); else porte=(ssh -o BatchMode=yes "$machine" 'sudo bash -s'); fi
    "${porte[@]}" > "/tmp/mesures-$machine.log" 2>&1 <<'FIN' &
tout() {
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get install --yes --no-install-recommends prometheus-node-exporter
case $(hostname) in
lb*)
    cat >> /etc/haproxy/haproxy.cfg <<'CFG'

frontend prometheus
    bind *:8405
    mode http
    option dontlog-normal
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
    # Keepalived tells of its own end, but Debian's unit kills whoever it tells: systemd does it.
    mkdir -p /etc/systemd/system/keepalived.service.d
    printf '[Service]\nExecStopPost=/usr/local/sbin/vrrp-mesure INSTANCE VI_1 STOP\n' > /etc/systemd/system/keepalived.service.d/mesure.conf
    systemctl daemon-reload
    sed -i 's|^vrrp_instance .*|&\n    notify /usr/local/sbin/vrrp-mesure root|' /etc/keepalived/keepalived.conf
    systemctl restart keepalived
    ;;
web*)
    cat > /usr/local/sbin/sauvegarde-mesure <<'SH'
#!/bin/sh
# Après une sauvegarde réussie, et elle seule.
f=/var/lib/prometheus/node-exporter/sauvegarde.prom
echo "backup_last_success_timestamp_seconds $(date +%s)" > $f.$$
chmod 0644 $f.$$
mv $f.$$ $f
SH
    chmod 0755 /usr/local/sbin/sauvegarde-mesure
    mkdir -p /etc/systemd/system/sauvegarde-site.service.d
    printf '[Service]\nExecStartPost=+/usr/local/sbin/sauvegarde-mesure\n' > /etc/systemd/system/sauvegarde-site.service.d/mesure.conf
    systemctl daemon-reload
    systemctl start sauvegarde-site.service
    ;;
sauvegarde)
    cat > /usr/local/sbin/alertes-mesure <<'SH'
#!/bin/sh
# Combien d'alertes attendent d'être lues ; d'abord, le temps que les suivantes arrivent.
sleep 1
f=/var/lib/prometheus/node-exporter/alertes.prom
n=$(find /var/lib/pcapra/alertes -name '*.alerte' | wc -l)
echo "backup_alerts_pending $n" > $f.$$
chmod 0644 $f.$$
mv $f.$$ $f
SH
    chmod 0755 /usr/local/sbin/alertes-mesure
    cat > /etc/systemd/system/alertes-mesure.service <<'CFG'
[Unit]
Description=Compte les alertes qui attendent
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/alertes-mesure
CFG
    cat > /etc/systemd/system/alertes-mesure.timer <<'CFG'
[Unit]
Description=Recompte les alertes, chaque minute

[Timer]
OnCalendar=minutely
AccuracySec=1s

[Install]
WantedBy=timers.target
CFG
    cat > /etc/systemd/system/alertes-mesure.path <<'CFG'
[Unit]
Description=Une alerte arrive, ou a été lue

[Path]
PathChanged=/var/lib/pcapra/alertes

[Install]
WantedBy=multi-user.target
CFG
    systemctl daemon-reload
    systemctl enable --now alertes-mesure.path alertes-mesure.timer
    systemctl start alertes-mesure.service
    ;;
esac
}
tout < /dev/null
FIN
    travaux+=($!)
done
for travail in "${travaux[@]}"; do
    wait "$travail" || { tail -n 5 /tmp/mesures-*.log; exit 1; }
done
rm -f /tmp/mesures-*.log
