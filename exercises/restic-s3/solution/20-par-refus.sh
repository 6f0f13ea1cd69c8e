#!/bin/bash
# The other way round: all is granted in its own folder, and what destroys is denied. Restic asks for
# the bucket's region, and does without.
set -euo pipefail
cd /root

seau=arn:aws:s3:::sauvegardes-$PCAPRA_CLIENT
srv='"Principal": {"AWS": "arn:aws:iam::210987654321:user/srv"}'
cat > politique.json <<FIN
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", $srv, "Action": "s3:*Object", "Resource": "$seau/srv/*"},
    {"Effect": "Allow", $srv, "Action": "s3:ListBucket", "Resource": "$seau"},
    {"Effect": "Deny", $srv, "Action": "s3:Delete*", "NotResource": "$seau/srv/locks/*"}
  ]
}
FIN
seau PUT policy= politique.json
