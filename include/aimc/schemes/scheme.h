// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstddef>
#include <cstdint>

/// What a PIM scheme is made of, as numbers: ranges, converters, conversions, cycles, and what
/// noise leaves of a converter's bits.
///
/// A weight W has b_w bits and |W| <= 2^(b_w - 1) - 1; an input's magnitude has b_i bits, which the
/// DAC drives m at a time, x = sum_l 2^(l m) x_l; N products are summed before one conversion.
///
///   native        s = sum W x_l                                      y = sum_l 2^(l m) Q(s)
///   differential  s+ = sum W+ x_l, s- = sum W- x_l, W = W+ - W-      Q(s+) - Q(s-) in its place
///   bit_serial    s_k = sum w_k x_l, w_k: bits in two's complement   sum_k +-2^k Q(s_k), top bit -
///
/// Source: PIM-QAT (arXiv 2209.08617) for the three schemes and their group sizes. Reconstructed:
/// the paper's equations were not available; these are the textbook forms of what it names.
namespace aimc::schemes {

/// Analog columns behind one output: 1 native, 2 differential, b_w bit_serial.
int physical_columns(const config::PimConfig& pim);
/// L: slices of an input, ceil(b_i / m); the last may hold fewer bits.
int slices(const config::PimConfig& pim);
/// G: groups of `rows` products, ceil(rows / N); the last may hold fewer.
std::size_t groups(const config::PimConfig& pim, std::size_t rows);
/// F: the largest partial sum of a whole group, in magnitude. [products of units]
std::int64_t largest_partial_sum(const config::PimConfig& pim);

/// Codes of one conversion: -(2^(b-1) - 1) .. 2^(b-1) - 1 native (a sum has a sign), 0 .. 2^b - 1.
struct CodeRange {
    std::int32_t least = 0, most = 0;
};
CodeRange code_range(const config::PimConfig& pim);
/// Partial sum of the largest code: range_share * F. Choice: at least the largest code itself, so
/// that a converter of more codes than sums steps by one unit and is exact.
double full_scale(const config::PimConfig& pim);
/// LSB of the converter, full_scale / largest code. [units of a partial sum]
double step(const config::PimConfig& pim);

/// How many values a partial sum of a whole group can take.
std::int64_t levels(const config::PimConfig& pim);
/// The fewest bits that give each of them a code of its own; native at least 2.
int lossless_bits(const config::PimConfig& pim);

/// Which signs of input a read drives, each in a pass of its own; one without any drives none, in
/// the pass of positive ones.
struct Passes {
    bool positive, negative;
    int count() const { return positive && negative ? 2 : 1; }
};
/// @param x  [rows] input codes of the part of the tile that is read
Passes passes_of(const std::int8_t* x, std::size_t rows);
/// Evaluations of one read: passes x groups x slices.
int n_steps(const config::PimConfig& pim, const std::int8_t* x, std::size_t rows);

/// Conversions of one output and pass: G L, 2 G L, b_w G L.
std::size_t conversions_per_output(const config::PimConfig& pim, std::size_t rows);
/// Cycles of one group and slice: evaluation, and the conversions that share a converter. [cycles]
int n_step_cycles(const config::PimConfig& pim);

// What thermal noise of `sigma_lsb` does to a converter. Derived: Gaussian noise before a rounding.

/// 0.5 log2(1 + 12 sigma^2) [bit]
double resolution_lost(double sigma_lsb);
/// bits - resolution_lost [bit]
double effective_bits(int bits, double sigma_lsb);
/// Resolution to train at, for a converter of `bits`: the effective bits, rounded. A first guess;
/// the paper reads the best one from a figure that was not available.
int suggested_training_bits(int bits, double sigma_lsb);
/// Share of wrong codes when the input sits on a code's centre. [-]
double wrong_code_probability(double sigma_lsb);
/// Rms difference of a code and its analog value, sqrt(sigma^2 + 1/12). [LSB]
double rms_to_analog(double sigma_lsb);
/// Rms error at `code` over columns that nobody corrects, sqrt(offset_sd^2 + (gain_sd code)^2).
/// [LSB]
double uncorrected_rms(const config::PimConfig& pim, double code);

}  // namespace aimc::schemes
