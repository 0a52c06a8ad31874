// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace aimc {

/// Whole contents of a regular file of at most 1 GiB. Throws InputError (exit 3) that names the
/// file and the reason.
std::string read_file(const std::string& path);

/// Writes to a temporary name beside `path`, then renames: a reader sees the old file or the whole
/// new one. Folders are made. Throws OutputError (exit 5); then no file is left behind.
void write_file(const std::string& path, const std::string& contents);

/// SHA-256 in lower-case hex.
std::string sha256_hex(const std::string& bytes);

/// `name` as seen from the folder of `from_file`; absolute names stay.
std::string resolve_beside(const std::string& from_file, const std::string& name);

}  // namespace aimc
