#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 to the tables beside the paper: installs what is missing, builds
# build/release, compares the tile with NMPU and with FP16 unit, and puts our figures beside the
# published ones. Leaves out/paper_table.{md,json} and out/tile_comparison.{md,json,png}.
#
#   scripts/paper_table.sh [--check | --update]      of the tables in README.md
set -euo pipefail
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2086
install $PACKAGES_BUILD python3-matplotlib
build release

status=0
say "where the time goes: NMPU or FP16 unit, measured by the cycle engine"
"$PYTHON" -B scripts/tile_comparison.py "$@" || status=$?

say "beside the paper"
"$PYTHON" -B scripts/paper_table.py "$@" || status=$?
exit $status
