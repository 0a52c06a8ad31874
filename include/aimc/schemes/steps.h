// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstddef>
#include <cstdint>

namespace aimc::schemes {

/// Evaluations of one read: passes x groups x slices. Negative inputs take a pass of their own; a
/// pass in which nothing would be driven is left out, but one always runs.
/// @param x  [rows] input codes of the part of the tile that is read
int n_steps(const config::PimConfig& pim, const std::int8_t* x, std::size_t rows);

/// Physical columns that make one output: 1 native, 2 differential, b_w bit-serial.
int columns_per_output(const config::PimConfig& pim);

/// LSB of the converter, in steps of weight x input slice; at least 1.
double converter_step(const config::PimConfig& pim);

/// Cycles of one evaluation and its conversions. A converter that several physical columns share
/// takes them one after the other.
int n_step_cycles(const config::PimConfig& pim);

}  // namespace aimc::schemes
