#!/bin/bash
# A node that the next boot leaves out of the cluster.
set -euo pipefail

systemctl disable -q corosync pacemaker
