#!/bin/bash
# sauvegarde, as stagiaire: the same service in other words. A fault instead of a weight, a question
# instead of a process, VRRP by multicast, an address that HAProxy binds to before it is there.
set -euo pipefail

journaux=$(mktemp -d)
trap 'rm -rf "$journaux"' EXIT
travaux=()
for machine in lb1 lb2; do
    # A function is read whole: nothing that it runs may swallow the rest of the script.
    ssh -o BatchMode=yes "$machine" "sudo env PCAPRA_JETON=$PCAPRA_JETON bash -s" > "$journaux/$machine" 2>&1 <<'LOIN' &
tout() {
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

echo 'net.ipv4.ip_nonlocal_bind = 1' > /etc/sysctl.d/60-vip.conf
sysctl -q -p /etc/sysctl.d/60-vip.conf
apt-get install --yes haproxy keepalived
cat >> /etc/haproxy/haproxy.cfg <<FIN

frontend site
    bind 192.168.1.100:80
    use_backend web

backend web
    balance leastconn
    option httpchk
    http-check send meth GET uri /catalogue.csv
    http-check expect rstring ^article
    default-server check inter 1s
    server web1 web1:80
    server web2 web2:80

frontend chiffres
    bind :8404
    monitor-uri /vivant
    stats enable
    stats uri /stats
    stats auth admin:$PCAPRA_JETON
FIN
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy

useradd --system --no-create-home --shell /usr/sbin/nologin keepalived_script
if [ "$(hostname)" = lb1 ]; then etat=MASTER priorite=150; else etat=BACKUP priorite=50; fi
cat > /etc/keepalived/keepalived.conf <<FIN
global_defs {
    script_user keepalived_script
    enable_script_security
}

vrrp_script vivant {
    script "/usr/bin/curl -fsS -m 1 -o /dev/null http://127.0.0.1:8404/vivant"
    interval 2
    timeout 5
    fall 2
    rise 2
}

vrrp_instance site {
    state $etat
    interface eth0
    virtual_router_id 7
    priority $priorite
    virtual_ipaddress {
        192.168.1.100/24
    }
    track_script {
        vivant
    }
}
FIN
systemctl restart keepalived
}
tout < /dev/null
LOIN
    travaux+=($!)
done
for travail in "${travaux[@]}"; do
    wait "$travail" || { tail -n 5 "$journaux"/*; exit 1; }
done

# lb1 is the master: the address is there to stay.
ssh -o BatchMode=yes lb1 'for _ in $(seq 300); do ip -4 addr show eth0 | grep -q 192.168.1.100/ && exit; sleep 0.2; done; exit 1'
curl -fsS --retry 60 --retry-delay 1 --retry-all-errors -m 5 -o /dev/null http://192.168.1.100/
