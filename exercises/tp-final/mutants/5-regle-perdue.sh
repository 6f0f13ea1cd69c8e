#!/bin/bash
# web1: a rules' file that augenrules does not read: auditd runs, and watches nothing.
set -euo pipefail

mv /etc/audit/rules.d/sudoers.rules /etc/audit/rules.d/sudoers.conf
augenrules --load || true
[ -z "$(auditctl -l | grep sudoers)" ]
