// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstddef>
#include <cstdint>

// Widths, counts and times of a tile of kind digital_cim, as functions of its sizes. column.h
// builds the same column gate by gate; tests hold the two together.
namespace aimc::digital {

/// Levels of a binary tree of `rows` words: log2, rounded up; 0 for one row.
int tree_levels(std::size_t rows);
/// Width of the tree's sum, w + log2 N, rounded up. [bit]
/// Source: fritchman21 (14 bits for 64 rows, 15 for 128, 8-bit weights)
int tree_bits(std::size_t rows, int weight_bits);
/// Width of the accumulator, w + b_i + log2 N, rounded up. [bit]
/// Choice: it holds every sum of the inputs' format, also with the weight -2^(w-1); the published
/// RTL of fritchman21 cuts what it adds to 8 bits.
int accumulator_bits(std::size_t rows, const config::DigitalConfig& digital);

/// Full adders of one tree: an adder of words of k bits has k of them, and its last carry is the
/// top bit of the sum. N(w + 1) - (w + log2 N + 1) where N is a power of two.
/// Source: fritchman21 and zigzag-imc (1267 for 256 rows of 4 bits)
/// Choice: of an odd number of words the last one passes a level without an adder.
std::int64_t tree_full_adders(std::size_t rows, int weight_bits);
/// Full adders of a column: a tree and an adder of the accumulator's width for each input bit that
/// comes in one cycle.
std::int64_t column_full_adders(std::size_t rows, const config::DigitalConfig& digital);

/// Cycles in which one vector occupies the input lines: input_bits / input_bits_per_cycle, rounded
/// up. One vector follows the other without a gap.
int cycles_per_vector(const config::DigitalConfig& digital);
/// Bits that some code of a vector has, in two's complement; bits beyond the format as well.
unsigned occupied_bits(const std::int8_t* x, std::size_t rows);
/// Whether the bits from `group` * input_bits_per_cycle up get a cycle, in a vector whose two's
/// complement codes have the bits `occupied` among them. Without skip_zero_planes all do; with it
/// only those that some code has, but one cycle always stays, that of group 0.
/// @param group  0 .. cycles_per_vector - 1; the last comes first
bool is_read(const config::DigitalConfig& digital, int group, unsigned occupied);
/// Cycles of such a vector, 1 .. cycles_per_vector.
int cycles_of(const config::DigitalConfig& digital, unsigned occupied);
/// Cycles in which input bits of a vector are broadcast. @param x  [rows] of the part that is read
int n_steps(const config::DigitalConfig& digital, const std::int8_t* x, std::size_t rows);
/// From the first bits on the input lines to the finished sum of a vector that skips nothing.
/// [cycles]
/// Derived: fritchman21's column has an input, a tree and an accumulator register, b_i + 2 clocks
inline int latency(const config::DigitalConfig& digital)
{
    return cycles_per_vector(digital) + digital.n_pipeline;
}

/// Throughput with vectors in a row that skip nothing; a product and its sum are two operations.
/// [Gop/s]
double giga_operations_per_s(const config::TileConfig& tile);

}  // namespace aimc::digital
