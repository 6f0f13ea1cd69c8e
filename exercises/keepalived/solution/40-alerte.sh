#!/bin/bash
# lb1, lb2: each change of state is written down.
set -euo pipefail

cat > /usr/local/sbin/vrrp-alerte <<FIN
#!/bin/sh
# Called by Keepalived: INSTANCE name state priority.
echo "\$(date +%FT%T) $PCAPRA_JETON \$2 \$3" >> /var/log/vrrp-etats.log
FIN
chmod 0755 /usr/local/sbin/vrrp-alerte
sed -i '/^    nopreempt/a\    notify /usr/local/sbin/vrrp-alerte' /etc/keepalived/keepalived.conf
systemctl reload keepalived
