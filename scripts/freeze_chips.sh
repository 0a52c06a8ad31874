#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the frozen chips of configs/chips/ again from the seeded configurations: programmed
# conductances and affine words, stored. The frozen golden traces change with them.
set -euo pipefail
. "$(dirname "$0")/common.sh"
SIM=${AIMC_SIM:-build/release/sim}
for mode in one_phase four_phase; do
    scratch=$(mktemp -d)
    "$SIM" "configs/tile/hermes_256_$mode.json" --mvms 1 --save chip --out "$scratch" --quiet
    chip="configs/chips/hermes_256_$mode"
    sed "s/\"chip_g_/\"hermes_256_${mode}_g_/" "$scratch/chip.json" >"$chip.json"
    cp "$scratch/chip_g_pos.npy" "${chip}_g_pos.npy"
    cp "$scratch/chip_g_neg.npy" "${chip}_g_neg.npy"
    rm -rf "$scratch"
done
