// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <string>

namespace aimc::config {

/// How an enumerator is spelt in configurations, traces and reports: by its own name; rounding and
/// overflow by SystemC's.
std::string word_of(RoundMode mode);
std::string word_of(OverflowMode mode);
std::string word_of(Branch branch);
std::string word_of(Activation activation);
std::string word_of(CalibrationMethod method);
std::string word_of(TileKind kind);
std::string word_of(Scheme scheme);
std::string word_of(BoundModel model);

}  // namespace aimc::config
