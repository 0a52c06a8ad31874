// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/crossbar.h"

#include "../../support/tiny_tile.h"

#include <algorithm>
#include <vector>

/// Arrays of integer conductances, inputs for them, and what a read gives.
namespace aimc::crossbar {

using Input = std::vector<std::int8_t>;

/// Cells of integer weights: G+ = max(w, 0), G- = max(-w, 0).
inline GridArray array_of(const std::vector<std::vector<int>>& w)
{
    GridArray a;
    const std::size_t rows = w.size();
    const std::size_t cols = w.front().size();
    a.g_pos = a.g_neg = Matrix<ConductanceLsb>(rows, cols);
    a.noise_pos = a.noise_neg = Matrix<std::uint16_t>(rows, cols);
    a.asymmetry.assign(cols, 0.0);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < cols; ++c) {
            a.g_pos.row(r)[c].raw = static_cast<std::int16_t>(std::max(w[r][c], 0));
            a.g_neg.row(r)[c].raw = static_cast<std::int16_t>(std::max(-w[r][c], 0));
        }
    }
    return a;
}

/// A repeatable number in low .. high.
inline int pick(std::uint16_t row, std::uint32_t column, int low, int high)
{
    const Place place{11, Purpose::weights, 0, row, 0, 0};
    return low + static_cast<int>(uniform(place, column) * (high - low + 1));
}

inline std::vector<std::vector<int>> random_weights(std::size_t rows, std::size_t cols)
{
    std::vector<std::vector<int>> w(rows, std::vector<int>(cols));
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < cols; ++c) {
            w[r][c] =
                pick(static_cast<std::uint16_t>(r), static_cast<std::uint32_t>(c), -3000, 3000);
        }
    }
    return w;
}

inline Input random_input(std::size_t rows)
{
    Input x(rows);
    for (std::size_t r = 0; r < rows; ++r) {
        x[r] = static_cast<std::int8_t>(pick(999, static_cast<std::uint32_t>(r), -127, 127));
    }
    return x;
}

inline config::TileConfig tile(const GridArray& a, config::ReadMode mode)
{
    config::TileConfig c = test::tiny_tile();
    c.rows = a.rows();
    c.cols = a.cols();
    c.read.mode = mode;
    c.adc.integration = config::Integration::charge;  // only then is the charge collected
    return c;
}

using Rows = std::vector<std::vector<int>>;
/// The segments of a wave, first columns only.
inline Rows segments(const ColumnWave& w, std::size_t cols)
{
    Rows out;
    for (std::size_t s = 0; s < w.n_cycles.size(); ++s) {
        out.emplace_back(w.segment(s), w.segment(s) + cols);
    }
    return out;
}

inline ColumnWave drive(const GridArray& a, const Input& x, Phase phase, ReadId id = {},
                        SimdLevel simd = best_simd_level())
{
    const auto mode =
        phase == Phase::all ? config::ReadMode::one_phase : config::ReadMode::four_phase;
    ColumnWave wave;
    Crossbar(tile(a, mode), a, simd).drive(x.data(), phase, id, wave);
    return wave;
}

}  // namespace aimc::crossbar
