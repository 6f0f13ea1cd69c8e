#!/bin/bash
set -euo pipefail
cd /root

seau=arn:aws:s3:::sauvegardes-$PCAPRA_CLIENT
cat > politique.json <<FIN
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DeposerEtRelire",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::210987654321:user/srv"},
      "Action": ["s3:PutObject", "s3:GetObject"],
      "Resource": "$seau/srv/*"
    },
    {
      "Sid": "RetirerLesVerrous",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::210987654321:user/srv"},
      "Action": "s3:DeleteObject",
      "Resource": "$seau/srv/locks/*"
    },
    {
      "Sid": "Lister",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::210987654321:user/srv"},
      "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
      "Resource": "$seau"
    }
  ]
}
FIN
seau PUT policy= politique.json
