// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace aimc {

inline constexpr std::uintmax_t most_file_bytes = std::uintmax_t{1} << 30U;  ///< Choice: 1 GiB

/// Whole contents of a file. What is too large or has no end (a device, a pipe) is not read at all.
/// Throws InputError (exit 3) that names the file and the reason.
std::string read_file(const std::string& path, std::uintmax_t most_bytes = most_file_bytes);

/// Writes to a temporary name beside `path`, then renames: a reader sees the old file or the whole
/// new one. Folders are made. Throws OutputError (exit 5); then no file is left behind.
void write_file(const std::string& path, const std::string& contents);

/// SHA-256 in lower-case hex.
std::string sha256_hex(const std::string& bytes);

/// `name` as seen from the folder of `from_file`; absolute names stay.
std::string resolve_beside(const std::string& from_file, const std::string& name);

}  // namespace aimc
