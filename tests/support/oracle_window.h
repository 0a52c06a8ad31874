// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/window.h"

#include "support/oracle_cases.h"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace aimc::test {

/// A list of signed numbers.
template <class T>
std::vector<T> signed_list(const OracleCase& c, const std::string& key)
{
    std::vector<T> values;
    for (const std::uint64_t bits : c.list(key)) { values.push_back(static_cast<T>(bits)); }
    return values;
}

/// Weights and vectors of a case whose window lies somewhere in a tile: keys tile_rows, tile_cols,
/// row0, rows, col0, cols, w, n, x. All other cells hold the largest weight, and what lies between
/// two vectors is no valid code: both would show in any sum that took them in.
struct OracleWindow {
    Matrix<std::int16_t> weights;  ///< [tile rows x tile cols]
    crossbar::Window window;       ///< {} if it is the whole tile
    std::size_t n, rows, cols, stride;
    std::vector<std::int8_t> x;  ///< [n x stride]

    OracleWindow(const OracleCase& c, int largest_weight)
        : weights(size(c, "tile_rows"), size(c, "tile_cols"),
                  static_cast<std::int16_t>(largest_weight)),
          n(size(c, "n")),
          rows(size(c, "rows")),
          cols(size(c, "cols")),
          stride(rows + 3),
          x(n * stride, -128)
    {
        const std::size_t row0 = size(c, "row0"), col0 = size(c, "col0");
        const auto w = signed_list<std::int16_t>(c, "w");
        for (std::size_t i = 0; i < rows * cols; ++i) {
            weights.row(row0 + i / cols)[col0 + i % cols] = w.at(i);
        }
        const auto codes = signed_list<std::int8_t>(c, "x");
        for (std::size_t i = 0; i < n * rows; ++i) {
            x[i / rows * stride + i % rows] = codes.at(i);
        }
        if (rows != weights.rows() || cols != weights.cols()) {
            window = {{row0, row0 + rows}, {col0, col0 + cols}};
        }
    }

private:
    static std::size_t size(const OracleCase& c, const std::string& key)
    {
        return static_cast<std::size_t>(c.number(key));
    }
};

/// nmpu.branch of a case.
inline config::Branch branch_of(const OracleCase& c)
{
    const std::string& name = c.text("branch");
    if (name == "polarity") { return config::Branch::polarity; }
    if (name == "difference") { return config::Branch::difference; }
    if (name == "single") { return config::Branch::single; }
    throw std::runtime_error("no branch: " + name);
}

}  // namespace aimc::test
