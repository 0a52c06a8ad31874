// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/config/input_codes.h"
#include "aimc/config/workload.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aimc::config::detail {

/// Weights as codes and the code that stands for 1. int8 files are codes already (-127 .. 127);
/// float files are scaled so that max |w| is 32767, rounded half to even.
struct WeightCodes {
    Matrix<std::int16_t> codes;  ///< [rows x cols]
    int code_max = 127;
    double unit = 1.0;  ///< the weight that code_max stands for
};
WeightCodes load_weights(const std::string& path);
/// The same of float weights that have been read. @param path  for messages
WeightCodes scaled_codes(const std::string& path, const Matrix<double>& weights);

/// Input vectors [n x rows], int8 codes -127 .. 127.
Matrix<std::int8_t> load_inputs(const std::string& path);
/// What is wrong with the first code that a tile does not take; empty: nothing.
std::string code_not_taken(const Matrix<std::int8_t>& inputs, InputCodes taken);

/// A batch normalisation as its file has it: [2 x cols], float32 or float64, finite.
BatchNorm load_batch_norm(const std::string& path);

/// Residual words [vectors x cols], int16.
Matrix<std::int16_t> load_residuals(const std::string& path);

/// Class numbers [n], 0 .. 255, from any integer dtype.
std::vector<std::uint8_t> load_labels(const std::string& path);

}  // namespace aimc::config::detail
