#!/bin/bash
# Three addresses, and no word of what is wanted from them: the first that answers will do.
set -euo pipefail

sed -i -e '/^target_session_attrs/d' -e 's/^host=.*/host=192.168.1.32,192.168.1.31,192.168.1.33/' \
    /etc/postgresql-common/pg_service.conf
