// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"

#include <vector>

namespace aimc::network {

/// Whether no value of a map can be below zero, by the operations that make it: [maps].
std::vector<bool> never_negative(const config::Network& network);

/// The first node on tiles that reads a map which may be negative, or has negative values around
/// its image; nullptr: none. A tile whose inputs have no sign cannot run it.
const config::NetworkNode* first_signed_reader(const config::Network& network);

}  // namespace aimc::network
