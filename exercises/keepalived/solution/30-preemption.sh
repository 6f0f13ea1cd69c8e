#!/bin/bash
# lb1, then lb2: two equals that wait; without a weight, a failed check is a fault.
set -euo pipefail

if [ "$(hostname)" = lb1 ]; then etat=BACKUP priorite=101; else etat=BACKUP priorite=90; fi
cat > /etc/keepalived/keepalived.conf <<FIN
global_defs {
    script_user root
    enable_script_security
}

vrrp_script chk_haproxy {
    script "/usr/bin/killall -0 haproxy"
    interval 2
}

vrrp_instance VI_1 {
    state $etat
    interface eth0
    virtual_router_id $PCAPRA_VRID
    priority $priorite
    advert_int 1
    nopreempt
    authentication {
        auth_type PASS
        auth_pass $PCAPRA_MDP
    }
    virtual_ipaddress {
        192.168.1.$PCAPRA_VIP/24
    }
    track_script {
        chk_haproxy
    }
}
FIN
systemctl restart keepalived
if [ "$(hostname)" = lb2 ]; then
    until curl -fsS -m 2 -o /dev/null "http://192.168.1.$PCAPRA_VIP/"; do :; done
fi
