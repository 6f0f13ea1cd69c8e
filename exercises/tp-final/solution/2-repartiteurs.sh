#!/bin/bash
# sauvegarde, as stagiaire: HAProxy upon Debian's own settings, Keepalived that follows it, on both
# load balancers at the same time.
set -euo pipefail

journaux=$(mktemp -d)
trap 'rm -rf "$journaux"' EXIT
travaux=()
for machine in lb1 lb2; do
    # A function is read whole: nothing that it runs may swallow the rest of the script.
    ssh -o BatchMode=yes "$machine" "sudo env PCAPRA_JETON=$PCAPRA_JETON PCAPRA_VRID=$PCAPRA_VRID bash -s" > "$journaux/$machine" 2>&1 <<'LOIN' &
tout() {
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

# After a power cut they may start before eth0 has its address: neither would ever listen.
echo 'net.ipv4.ip_nonlocal_bind = 1' > /etc/sysctl.d/60-vip.conf
sysctl -q -p /etc/sysctl.d/60-vip.conf
apt-get install --yes haproxy keepalived
cat >> /etc/haproxy/haproxy.cfg <<FIN

frontend site
    bind *:80
    default_backend web

backend web
    balance roundrobin
    option httpchk GET /health
    http-check expect status 200
    option redispatch
    server web1 192.168.1.11:80 check
    server web2 192.168.1.12:80 check

listen stats
    bind $(hostname):8404
    stats enable
    stats uri /stats
    stats auth admin:$PCAPRA_JETON
FIN
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy

if [ "$(hostname)" = lb1 ]; then
    etat=MASTER priorite=101 moi=192.168.1.21 pair=192.168.1.22
else
    etat=BACKUP priorite=90 moi=192.168.1.22 pair=192.168.1.21
fi
cat > /etc/keepalived/keepalived.conf <<FIN
global_defs {
    script_user root
    enable_script_security
}

vrrp_script chk_haproxy {
    script "/usr/bin/killall -0 haproxy"
    interval 2
    weight -20
}

vrrp_instance VI_1 {
    state $etat
    interface eth0
    virtual_router_id $PCAPRA_VRID
    priority $priorite
    advert_int 1
    unicast_src_ip $moi
    unicast_peer {
        $pair
    }
    virtual_ipaddress {
        192.168.1.100/24
    }
    track_script {
        chk_haproxy
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
