// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace aimc::config::detail {

constexpr std::size_t max_config_bytes = std::size_t{16}
                                         << 20U;  ///< more is a slip, not a configuration

/// Whole contents of a configuration file; nothing, and the reason in `why`, when that cannot be
/// had.
std::optional<std::string> read_config_text(const std::string& path, std::string& why);

/// Why a text cannot be JSON at all, or nothing. Zero bytes are refused here because the parser
/// would take one for the end and leave the rest unread.
std::string not_json(const std::string& text);

}  // namespace aimc::config::detail
