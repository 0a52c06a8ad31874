#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Points per second of `sim sweep` with one worker and with two, turn and turn about, best of five:
# formats of the NMPU on one chip (configs/sweeps/nmpu_formats.json).
#
#   scripts/bench_sweep.sh [SIM [ROUNDS]]      default: build/release/sim, 5
set -eu
case " $* " in
    *' --help '* | *' -h '*) sed '1,2d; /^#/!q; s/^# \{0,1\}//' "$0" | sed '$d' && exit ;;
esac
source=$(cd "$(dirname "$0")/.." && pwd)
sim=${1:-$source/build/release/sim}
rounds=${2:-5}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for round in $(seq "$rounds"); do
    for workers in 1 2; do
        "$sim" sweep "$source/configs/sweeps/nmpu_formats.json" --out "$out/$workers" --fresh \
            --workers "$workers" --quiet
        cp "$out/$workers/manifest.json" "$out/$workers.$round.json"
    done
    cmp "$out/1/results.json" "$out/2/results.json"
done
/usr/bin/python3 - "$out" <<'END'
import json, pathlib, sys

def best(workers):
    files = pathlib.Path(sys.argv[1]).glob(f"{workers}.*.json")
    return max(json.loads(file.read_text())["host"]["points_per_s"] for file in files)

one, two = best(1), best(2)
print(f"1 worker {one:.1f} points/s, 2 workers {two:.1f} points/s: {two / one:.2f} times")
END
