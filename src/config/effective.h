// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_reader.h"

#include <string>

namespace aimc::config::detail {

enum class FileNames {
    absolute,  ///< so that the result runs as a configuration from any folder
    as_given,  ///< the same text on every machine
};

/// Every key with its value, as JSON.
std::string effective_json(const ReadKeys& read, FileNames names);

/// The configuration as understood: a table that fits 100 columns unless a value is long.
std::string explained(const ReadKeys& read);

}  // namespace aimc::config::detail
