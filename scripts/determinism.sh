#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Golden traces must come out byte for byte whatever built the program: g++ and clang++, -O0 and
# -O3, every --simd level of this machine, both engines. Builds only the target sim, under
# build/determinism/. (Modules in reverse order: program sim_reversed, tests golden.*.reversed.)
set -euo pipefail
. "$(dirname "$0")/common.sh"
mkdir -p build/determinism

# name, compiler, flags
variants="gcc_O0 g++ -O0
gcc_O3 g++ -O3
clang_O0 clang++ -O0
clang_O3 clang++ -O3"

traces=0
while read -r name compiler optimise; do
    tree="build/determinism/$name"
    cmake -S . -B "$tree" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=None \
        -DCMAKE_CXX_FLAGS="$optimise" -DAIMC_BUILD_TESTS=OFF >"$tree.log" 2>&1 ||
        { cat "$tree.log"; die "cmake failed for $name"; }
    cmake --build "$tree" --target sim -- --quiet || die "the build of $name failed"
    levels=scalar
    for level in sse4 avx2 avx512; do
        "$tree/sim" run configs/tile/tiny_4x4.json --mvms 1 --simd $level --quiet \
            --out build/determinism/probe 2>/dev/null && levels="$levels $level"
    done
    while read -r golden config mvms; do
        case "$golden" in '' | '#'*) continue ;; esac
        for level in $levels; do
            for engine in cycle function; do
                "$tree/sim" run "$config" --mvms "$mvms" --engine $engine --simd "$level" --quiet \
                    --trace "$tree/$golden.trace" --out "$tree/out"
                cmp "$tree/$golden.trace" "traces/golden/$golden.trace" ||
                    die "$name, $engine engine, --simd $level: $golden differs"
                traces=$((traces + 1))
            done
        done
    done <traces/golden/cases.txt
done <<<"$variants"
say "determinism: $traces traces byte-identical (4 builds, simd levels: $levels, both engines)"
