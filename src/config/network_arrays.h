// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aimc::config::detail {

/// Numbers of a float16, float32 or float64 file, finite. [rows x cols]; one axis is one row.
Matrix<double> load_numbers(const std::string& path);

/// Weights of a network's node as codes.
struct NodeWeights {
    Matrix<std::int16_t> codes;  ///< [rows x cols]
    int code_max = 127;
    double step = 0.0;  ///< weight of one code step; 0: the file has codes alone (int8)
};
/// int8 files are codes; float files are scaled so that max |w| is 32767, rounded half to even.
NodeWeights load_node_weights(const std::string& path);

}  // namespace aimc::config::detail
