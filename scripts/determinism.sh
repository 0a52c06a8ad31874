#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Golden traces must come out byte for byte whatever built the program: g++ and clang++, -O0 and
# -O3, every --simd level of this machine, both engines. Builds only the target sim, under
# build/determinism/; g++ -O3 is preset ci, built before. At -O0 the traces that calibrate first run
# at the widest level only (a calibration takes seconds there). Modules in reverse order: program
# sim_reversed, tests golden.*.reversed.
set -euo pipefail
. "$(dirname "$0")/common.sh"
mkdir -p build/determinism

# name, compiler, flags
variants="gcc_O3 g++ -O3
gcc_O0 g++ -O0
clang_O0 clang++ -O0
clang_O3 clang++ -O3"

traces=0
while read -r name compiler optimise; do
    tree="build/determinism/$name"
    mkdir -p "$tree"
    if [ "$name" = gcc_O3 ]; then
        sim=${AIMC_SIM:-build/ci/sim}
        [ -x "$sim" ] || build ci
    else
        sim=$tree/sim
        cmake -S . -B "$tree" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=None \
            -DCMAKE_CXX_FLAGS="$optimise" -DAIMC_BUILD_TESTS=OFF >"$tree.log" 2>&1 ||
            { cat "$tree.log"; die "cmake failed for $name"; }
        cmake --build "$tree" --target sim -- --quiet || die "the build of $name failed"
    fi
    levels=scalar
    for level in sse4 avx2 avx512; do
        "$sim" run configs/tile/tiny_4x4.json --mvms 1 --simd $level --quiet \
            --out build/determinism/probe 2>/dev/null || continue
        levels="$levels $level"
    done
    while read -r golden config mvms more; do
        case "$golden" in '' | '#'*) continue ;; esac
        chosen=$levels
        case "$optimise $golden" in "-O0 hermes"* | "-O0 pcm"*) chosen=${levels##* } ;; esac
        for level in $chosen; do
            for engine in cycle function; do
                # shellcheck disable=SC2086  # $more: words of the command line
                "$sim" run "$config" --mvms "$mvms" $more --engine $engine --simd "$level" \
                    --quiet --trace "$tree/$golden.trace" --out "$tree/out"
                cmp "$tree/$golden.trace" "traces/golden/$golden.trace" ||
                    die "$name, $engine engine, --simd $level: $golden differs"
                traces=$((traces + 1))
            done
        done
    done <traces/golden/cases.txt
done <<<"$variants"
say "determinism: $traces traces byte-identical (4 builds, simd levels: $levels, both engines)"
