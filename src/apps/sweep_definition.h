// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/sweep_file.h"

#include <string>

namespace aimc::apps {

/// The sweep as understood, as JSON that is a sweep again (its configuration by absolute name).
std::string definition_json(const config::SweepFile& file);

/// SHA-256 of that without the name of the configuration, which is another one on every machine.
std::string definition_digest(const config::SweepFile& file);

}  // namespace aimc::apps
