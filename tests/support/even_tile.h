// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/config/tile_config.h"
#include "aimc/schemes/scheme_path.h"

#include "support/pim_tile.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::test {

/// Recombined sums of reads 0 .. n - 1, in LSB.  [n x cols]
inline Matrix<std::int32_t> read_all(const config::TileConfig& c, const Matrix<std::int16_t>& w,
                                     const Matrix<std::int8_t>& x)
{
    config::TileConfig single = c;
    single.nmpu.branch = config::Branch::single;  // the difference in one word
    const schemes::SchemePath path(single, w);
    Matrix<std::int32_t> sums(x.rows(), c.cols), none(x.rows(), c.cols);
    schemes::SchemePath::Scratch scratch;
    converters::AdcEvents events;
    path.read_batch(x.row(0), x.cols(), x.rows(), {}, scratch, sums.row(0), none.row(0), nullptr,
                    events);
    return sums;
}

/// W x in whole numbers.  [n x cols]
inline Matrix<std::int32_t> products(const Matrix<std::int16_t>& w, const Matrix<std::int8_t>& x)
{
    Matrix<std::int32_t> sums(x.rows(), w.cols());
    for (std::size_t k = 0; k < x.rows(); ++k) {
        for (std::size_t r = 0; r < w.rows(); ++r) {
            for (std::size_t c = 0; c < w.cols(); ++c) {
                sums.row(k)[c] += x.row(k)[r] * w(WordLine{r}, BitLine{c});
            }
        }
    }
    return sums;
}

inline double rms(const std::vector<double>& values)
{
    double sum = 0.0;
    for (const double v : values) { sum += v * v; }
    return std::sqrt(sum / static_cast<double>(values.size()));
}

constexpr double units_per_lsb = 130.0;
constexpr int middle = 64;  ///< of an input's codes

/// 7-bit converters whose input is evenly spread over all that they span, -63 .. 63 LSB of 130
/// units: s = x_0 + 128 (x_1 - x_2) with x_2 in the middle. One conversion makes one output.
inline config::TileConfig even_tile(std::size_t cols)
{
    config::TileConfig c = pim_tile(config::Scheme::native, 3, cols);
    c.pim.weight_bits = 9;
    c.pim.input_bits = 7;
    c.pim.slice_bits = 7;
    c.pim.group_size = 3;
    c.pim.range_share = 63.0 * units_per_lsb / (3.0 * 255.0 * 127.0);
    return c;
}

inline Matrix<std::int16_t> even_weights(const config::TileConfig& c)
{
    Matrix<std::int16_t> w(3, c.cols);
    for (std::size_t col = 0; col < c.cols; ++col) {
        w(WordLine{0}, BitLine{col}) = 1;
        w(WordLine{1}, BitLine{col}) = 128;
        w(WordLine{2}, BitLine{col}) = -128;
    }
    return w;
}

inline double analog_lsb(const std::int8_t* x)
{
    return (x[0] + 128 * (x[1] - x[2])) / units_per_lsb;
}

/// Every input of an even tile once, as far as its analog value is at most `most_lsb`: noise and
/// offsets then meet no end of the range.
inline Matrix<std::int8_t> even_inputs(double most_lsb)
{
    std::vector<std::int8_t> kept;
    for (int k = 0; k < 128 * 128; ++k) {
        const std::int8_t x[] = {static_cast<std::int8_t>(k % 128),
                                 static_cast<std::int8_t>(k / 128), middle};
        if (std::abs(analog_lsb(x)) <= most_lsb) { kept.insert(kept.end(), x, x + 3); }
    }
    Matrix<std::int8_t> inputs(kept.size() / 3, 3);
    inputs.data() = kept;
    return inputs;
}

}  // namespace aimc::test
