#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 to the main job: installs what is missing, builds build/release, runs the
# digits network through the cycle engine in three variants, and prints one table.
set -euo pipefail
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2086
install $PACKAGES_BUILD
build release

for variant in ideal nmpu ldpu; do
    say "digits, $variant: the two layers of the network through the cycle engine"
    build/release/sim "configs/tile/digits_$variant.json" --out "out/digits_$variant" --quiet ||
        die "the run with configs/tile/digits_$variant.json failed"
done
sed -n '1,200p' out/digits_nmpu/report.txt

say "one MVM as a waveform: out/mvm.vcd (open with: gtkwave out/mvm.vcd traces/mvm.gtkw)"
build/release/sim configs/tile/hermes_256_one_phase.json --mvms 1 --out out/mvm \
    --vcd out/mvm.vcd --quiet || die "the waveform could not be made"

say "the three variants side by side"
"$PYTHON" -B scripts/demo_table.py out/digits_ideal out/digits_nmpu out/digits_ldpu
