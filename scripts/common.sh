# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts that start on a fresh machine: what to install, how to speak, how to build.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
ROOT=$(pwd)
PYTHON=/usr/bin/python3  # Debian's: the one that python3-numpy belongs to

say() { printf '\n== %s\n' "$*"; }
die() {
    printf '\n%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# What the program needs, what the tests need, what only some scripts need.
PACKAGES_BUILD="g++ cmake ninja-build pkg-config libsystemc-dev libfmt-dev nlohmann-json3-dev
    libcli11-dev librandom123-dev libssl-dev libtbb-dev python3 python3-numpy"
PACKAGES_TEST="libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev libmpfr-dev
    libeigen3-dev python3-jsonschema python3-matplotlib python3-onnx python3-torch
    python3-distributed clang ccache"

# install PACKAGE...: installs what is missing, with apt.
install() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    say "installing ${missing[*]}"
    command -v apt-get >/dev/null || die "needs Debian's apt-get, or these packages: ${missing[*]}"
    [ "$(id -u)" -eq 0 ] ||
        die "not root; please run: sudo apt-get install --no-install-recommends ${missing[*]}"
    apt-get update -qq || die "apt-get update failed"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null || die "apt-get could not install ${missing[*]}"
}

# build PRESET: configures and builds build/PRESET.
build() {
    say "building preset $1 (build/$1)"
    cmake --preset "$1" >"build-$1.log" 2>&1 || { cat "build-$1.log"; rm -f "build-$1.log"; die "cmake failed"; }
    rm -f "build-$1.log"
    cmake --build --preset "$1" -- --quiet || die "the build failed"
}
