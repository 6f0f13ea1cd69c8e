#!/bin/bash
# sauvegarde, as stagiaire: logs, bans and watches, installed through SSH on all machines at once.
set -euo pipefail

# Who receives, first.
ssh -o BatchMode=yes sup 'sudo bash -s' > /tmp/securite-reception.log 2>&1 <<'FIN' || { cat /tmp/securite-reception.log; exit 1; }
tout() {
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get install --yes --no-install-recommends rsyslog
cat > /etc/rsyslog.d/10-reception.conf <<'CFG'
module(load="imtcp")
template(name="distant" type="string"
         string="/var/log/distant/%HOSTNAME:::secpath-replace%.log")
ruleset(name="reception") {
    action(type="omfile" dynaFile="distant")
}
input(type="imtcp" port="514" ruleset="reception")
CFG
rsyslogd -N1
systemctl restart rsyslog
}
tout < /dev/null
FIN

travaux=()
for machine in lb1 lb2 web1 web2 sauvegarde sup; do
    # A function is read whole: nothing that it runs may swallow the rest of the script.
    if [ "$machine" = sauvegarde ]; then porte=(sudo bash -s); else porte=(ssh -o BatchMode=yes "$machine" 'sudo bash -s'); fi
    "${porte[@]}" > "/tmp/securite-$machine.log" 2>&1 <<'FIN' &
tout() {
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
case $(hostname) in
web*) paquets=(rsyslog aide auditd) ;;
lb* | sup) paquets=(rsyslog fail2ban python3-systemd) ;;
*) paquets=(rsyslog) ;;
esac
apt-get install --yes --no-install-recommends "${paquets[@]}"

cat > /etc/rsyslog.d/20-vers-sup.conf <<'CFG'
*.* action(type="omfwd" target="192.168.1.41" port="514" protocol="tcp"
           action.resumeRetryCount="-1" action.resumeInterval="5"
           queue.type="LinkedList" queue.filename="vers-sup"
           queue.maxDiskSpace="64m" queue.saveOnShutdown="on")
CFG
rsyslogd -N1
systemctl restart rsyslog

case $(hostname) in
lb* | sup)
    cat > /etc/fail2ban/jail.local <<'CFG'
[DEFAULT]
banaction = nftables
bantime = 10m
findtime = 10m
maxretry = 5

[sshd]
enabled = true
backend = systemd
CFG
    systemctl restart fail2ban
    until fail2ban-client status sshd > /dev/null 2>&1; do sleep 0.5; done
    ;;
web*)
    install -d -m 0700 /etc/aide /var/lib/aide
    cat > /etc/aide/site.conf <<'CFG'
database_in=file:/var/lib/aide/site.db
database_out=file:/var/lib/aide/site.db.new

Site = ftype+p+u+g+s+sha256

!/srv/www/registre
/srv/www Site
/etc/nginx Site
CFG
    aide --config=/etc/aide/site.conf --init
    mv /var/lib/aide/site.db.new /var/lib/aide/site.db
    cat > /usr/local/sbin/aide-site <<'SH'
#!/bin/sh
# AIDE rend 0 : rien n'a changé ; 1 à 7 : des écarts ; plus : il n'a pas pu comparer.
f=/var/lib/prometheus/node-exporter/aide.prom
rapport=$(aide --config=/etc/aide/site.conf --check 2>&1)
code=$?
ecarts=$(echo "$rapport" | grep -E '^[[:alpha:]][-+ =].*: /')
echo "$ecarts"
if [ $code -gt 7 ]; then echo "$rapport"; n=-1; else n=$(echo "$ecarts" | grep -c /); fi
echo "aide_changes $n" > $f.$$
chmod 0644 $f.$$
mv $f.$$ $f
SH
    chmod 0755 /usr/local/sbin/aide-site
    cat > /etc/systemd/system/aide-site.service <<'CFG'
[Unit]
Description=Le site est-il celui de la base d'AIDE ?

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/aide-site
CFG
    cat > /etc/systemd/system/aide-site.timer <<'CFG'
[Unit]
Description=AIDE, toutes les cinq minutes

[Timer]
OnCalendar=*:0/5

[Install]
WantedBy=timers.target
CFG
    systemctl daemon-reload
    systemctl enable --now aide-site.timer
    systemctl start aide-site.service

    printf '%s\n' '-w /etc/sudoers -p wa -k sudoers' '-w /etc/sudoers.d/ -p wa -k sudoers' > /etc/audit/rules.d/sudoers.rules
    # Its exit status differs between versions: the kernel's list tells.
    augenrules --load || true
    auditctl -l | grep /etc/sudoers.d
    ;;
esac
}
tout < /dev/null
FIN
    travaux+=($!)
done
for travail in "${travaux[@]}"; do
    wait "$travail" || { tail -n 5 /tmp/securite-*.log; exit 1; }
done
rm -f /tmp/securite-*.log
