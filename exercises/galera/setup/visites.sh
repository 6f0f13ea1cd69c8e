#!/bin/bash
# db1: three more visits, since the cluster is there.
set -euo pipefail

mariadb boutique <<FIN
DELETE FROM visites WHERE quand >= '2026-01-13' AND quand < '2026-01-14';
INSERT INTO visites (quand, page) VALUES
    ('2026-01-13 09:00:00', '/$PCAPRA_REPERE/accueil'),
    ('2026-01-13 09:01:00', '/$PCAPRA_REPERE/panier'),
    ('2026-01-13 09:02:00', '/$PCAPRA_REPERE/paiement');
FIN
