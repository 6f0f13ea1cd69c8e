#!/bin/bash
set -euo pipefail
cd /root

cat > versions.xml <<'FIN'
<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Status>Enabled</Status>
</VersioningConfiguration>
FIN
cat > verrou.xml <<'FIN'
<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <ObjectLockEnabled>Enabled</ObjectLockEnabled>
  <Rule>
    <DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention>
  </Rule>
</ObjectLockConfiguration>
FIN
seau PUT versioning= versions.xml
seau PUT object-lock= verrou.xml
