#!/usr/bin/env bash
# The comparison of couplings in the plane, over seeds: OT-CFM, I-CFM and FM from noise to 8gaussians
# and to moons, with W2, its noise floor, and NPE, as a table in Markdown on stdout. Needs only a JDK
# and Maven; takes some minutes on a laptop. Fewer seeds or steps are quicker:
#   examples/reproduce-2d.sh --seeds 2 --steps 5000 --out table.md
# Each training is one of the presets 8gaussians-ot and moons-ot with another coupling or path.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/../advect" reproduce-2d "$@"
