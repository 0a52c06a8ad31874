// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace aimc::test {

/// A matrix written as its rows.
template <class T>
Matrix<T> matrix(const std::vector<std::vector<int>>& rows)
{
    Matrix<T> m(rows.size(), rows.front().size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::transform(rows[r].begin(), rows[r].end(), m.row(r),
                       [](int v) { return static_cast<T>(v); });
    }
    return m;
}

/// Weights over the upper left corner of a tile.
inline config::Layer layer_of(const std::vector<std::vector<int>>& weights)
{
    config::Layer layer;
    layer.name = "layer";
    layer.weights = matrix<std::int16_t>(weights);
    layer.rows = {0, layer.weights.rows()};
    layer.cols = {0, layer.weights.cols()};
    return layer;
}

/// Weights of a 4 x 4 tile with every sign, both ends and a column of nothing.
inline config::Workload tiny_work()
{
    config::Workload work;
    work.name = "tiny";
    work.layers = {layer_of({{1, -2, 0, 127}, {3, 4, 0, -127}, {-5, 6, 0, 127}, {0, -1, 0, 1}})};
    work.inputs = matrix<std::int8_t>({{1, 0, 0, 0},
                                       {0, -1, 0, 0},
                                       {1, 2, 3, 4},
                                       {127, -127, 127, -127},
                                       {-127, 127, -127, 127},
                                       {0, 0, 0, 0}});
    return work;
}

}  // namespace aimc::test
