#!/bin/bash
# pg1: the drill is given up. Patroni is stopped first: it must not find its neighbours again with
# an old idea of who leads.
set -euo pipefail

if nft list table inet maintenance > /dev/null 2>&1; then
    systemctl stop patroni
    nft delete table inet maintenance
    fin=$((SECONDS + 60))
    until curl -fsS -m 3 http://127.0.0.1:2379/health 2> /dev/null | grep -q '"true"'; do
        [ "$SECONDS" -lt "$fin" ] || break
    done
    systemctl start patroni
fi
