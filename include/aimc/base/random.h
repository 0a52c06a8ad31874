// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace aimc {

/// What a random number is for. Each purpose has numbers of its own, so that switching one noise
/// source on or off never changes another's. The values are frozen: golden traces depend on them.
enum class Purpose : std::uint8_t {
    programming = 1,
    drift = 2,
    read_noise = 3,
    adc_gain = 4,
    adc_offset = 5,
    adc_shape = 6,
    adc_thermal = 7,
    input_offset = 8,
    polarity_asymmetry = 9,
    weights = 10,
    inputs = 11,
    calibration_inputs = 12,
    frozen_read_noise = 13,
    stuck_device = 14,
    dead_line = 15,
    verify_read = 16,
    calibration_read_noise = 19,   ///< read_noise during calibration
    calibration_adc_thermal = 23,  ///< adc_thermal during calibration
    batch_norm = 32,               ///< of a generated workload
    residuals = 33,                ///< of a generated workload
    pim_gain = 34,
    pim_offset = 35,
    ams_fixed = 36,
    pim_thermal = 37,
    ams_random = 38,
    calibration_pim_thermal = 53,  ///< pim_thermal during calibration
    calibration_ams_random = 54,   ///< ams_random during calibration
};

/// Where a random number belongs. Noise is a function of (seed, purpose, tile, row, column, read),
/// not a stream: it is the same number whoever asks, in whatever order, on how many threads.
///
/// Layout (frozen): Philox4x32-10 (Salmon et al., SC'11) with
///   key     = { seed bits 0..31, seed bits 32..63 }
///   counter = { column / 4, row (16 bits) | lane << 16, read bits 0..31,
///               purpose << 24 | tile << 8 | read bits 32..39 };
/// output word (column mod 4) belongs to the column. `lane` tells apart what shares a place:
/// read noise: the phase (0 PP, 1 PN, 2 NP, 3 NN, 4 one-phase), per cell: phase | polarity << 3;
/// thermal noise: phase | polarity << 3; programming, drift, ADC curves: polarity << 2; calibration
/// inputs: the layer, with row 0 and the column counting word lines; batch norm: 0 the factor, 1
/// its sign, 2 the summand; stuck devices: polarity << 2 | device of the pair; dead lines: 0 bit
/// lines, 1 word lines (the column counts them); PIM gains and offsets: the physical column of an
/// output (0 native; 0 W+, 1 W-; the weight bit); PIM thermal noise: slice | pass << 3 | physical
/// column << 4 (pass 1: negative inputs), with the group's first word line as its row. Draws that
/// share a place differ in `read`: programming and verifying reads, by the iteration; read noise
/// per segment and per cell by `row`, the pulse length or the word line. These two take 16 bits a
/// column: half column % 2 (0: low) of word column % 8 / 2 of the block that counter word column /
/// 8 names. The fixed AMS error has the 64-bit hash of its vector in `read` (bits 0..39), `row`
/// (40..55) and `lane` (56..63).
struct Place {
    std::uint64_t seed = 0;
    Purpose purpose = Purpose::programming;
    std::uint16_t tile = 0;
    std::uint16_t row = 0;
    std::uint16_t lane = 0;
    std::uint64_t read = 0;
};

/// Four raw words: those of columns 4 * block .. 4 * block + 3 at this place.
std::array<std::uint32_t, 4> philox_block(const Place& place, std::uint32_t block);

/// Uniform in (0, 1): (word + 1/2) / 2^32, never 0 or 1.
constexpr double to_uniform(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

double uniform(const Place& place, std::uint32_t column);
double normal(const Place& place, std::uint32_t column);  ///< standard normal, |z| <= 6.3

/// Standard normals for columns 0 .. n-1: out[c] = normal(place, c).
void normals(const Place& place, std::uint32_t n, double* out);

/// Columns first .. first + n - 1.
struct ColumnSpan {
    std::uint32_t first = 0;
    std::uint32_t n = 0;
};

/// The same for several reads in a row, in SIMD words:
/// out[k * stride + i] = normal(place with read + k, columns.first + i).
/// @param out  [n_reads x stride], stride >= columns.n
void normals(const Place& place, std::size_t n_reads, ColumnSpan columns, SimdLevel simd,
             std::size_t stride, double* out);

/// The words behind them: normal_of(out[k * stride + i]) is what normals() gives there.
void random_words(const Place& place, std::size_t n_reads, ColumnSpan columns, SimdLevel simd,
                  std::size_t stride, std::uint32_t* out);
double normal_of(std::uint32_t word);  ///< the standard normal that a word stands for

/// z[i] = normal_of(words[i]) to about seven digits, several times as fast. For sums that are
/// rounded: where the error could matter, one asks normal_of. Levels may differ within the error.
void near_normals(const std::uint32_t* words, std::size_t n, SimdLevel simd, float* z);
/// |near - exact| <= near_normal_error * |exact|, for every word.
constexpr double near_normal_error = 1.4e-6;

}  // namespace aimc
