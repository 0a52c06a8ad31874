// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_table.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

/// One JSON value against one key.
namespace aimc::config::detail {

/// The value, if it is allowed there.
std::optional<Value> checked(const nlohmann::json& value, const Key& key);
/// What is said of a value that is not.
std::string complaint(const nlohmann::json& value, const Key& key);

bool has_control(const std::string& text);  ///< control characters, line ends among them
bool is_name(const std::string& text);      ///< fit for Kind::text: it names a folder too
bool is_word(const std::string& text, const Key& key);  ///< one of Key::words

}  // namespace aimc::config::detail
