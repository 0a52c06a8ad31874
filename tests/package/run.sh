#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs a build tree and uses it from outside, as a stranger would.
#
#   tests/package/run.sh BUILD_FOLDER                  find_package(aimc), built and run;
#                                                      add_subdirectory(aimc), configured
#   tests/package/run.sh BUILD_FOLDER subdirectory     that one built and run too: compiles the rooms
#
# Nothing is left behind. Exit code 0: both tiles of the consumer gave the expected numbers.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?which build folder?}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# quiet COMMAND...: its output is shown only when it fails
quiet() {
    "$@" > "$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
}

# use NAME FLAGS...: configures, builds and runs the consumer
use() {
    name=$1
    shift
    quiet cmake -S "$here" -B "$folder/$name" -DCMAKE_BUILD_TYPE=Debug "$@"
    quiet cmake --build "$folder/$name" --target consumer --parallel 2
    echo "$name:"
    SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 "$folder/$name/consumer"
}

quiet cmake --install "$build" --prefix "$folder/prefix"
flags=$(sed -n 's/^CMAKE_CXX_FLAGS:[A-Z]*=//p' "$build/CMakeCache.txt")  # a sanitizer must match
compiler=$(sed -n "s/^CMAKE_CXX_COMPILER:[A-Z]*=//p" "$build/CMakeCache.txt")
use find_package -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$folder/prefix" -DCMAKE_CXX_FLAGS="$flags"

# The installed headers and package files must not point back to where they were built.
source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$build/CMakeCache.txt")
if grep -rlF -e "$source/" -e "$build/" "$folder/prefix/include" "$folder/prefix"/lib*/cmake; then
    echo "these installed files name the source or the build folder"
    exit 1
fi
set -- "${2:-}" -G Ninja -DAIMC_SUBDIRECTORY="$here/../.."
if [ "$1" = subdirectory ]; then
    shift
    use add_subdirectory "$@"
else
    shift
    quiet cmake -S "$here" -B "$folder/configured" "$@"  # missing targets show here
    echo "add_subdirectory: configured"
fi
