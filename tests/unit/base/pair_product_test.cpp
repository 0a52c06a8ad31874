// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/pair_product.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace aimc {
namespace {

TEST(PairProduct, IsTheProductAtEveryLevel)
{
    constexpr std::size_t pairs = 5, blocks = 2, vectors = 13, cols = blocks * pair_block_cols;
    std::mt19937 dice(3);
    const auto word = [&](std::int16_t top) {
        return static_cast<std::int16_t>(
            static_cast<int>(dice() % static_cast<unsigned>(2 * top + 1)) - top);
    };
    std::vector<std::int16_t> cells(blocks * pairs * pair_block_cols * 2), x(vectors * pairs * 2);
    for (auto& cell : cells) { cell = word(32767); }
    for (auto& factor : x) { factor = word(127); }
    constexpr std::size_t from = 1, to = 4;
    std::vector<std::uint32_t> want(vectors * cols, 0);
    for (std::size_t k = 0; k < vectors; ++k) {
        for (std::size_t c = 0; c < cols; ++c) {
            std::int64_t sum = 0;
            for (std::size_t r = 2 * from; r < 2 * to; ++r) {
                const std::size_t pair = c / pair_block_cols * pairs + r / 2;
                sum +=
                    std::int64_t{
                        cells[(pair * pair_block_cols + c % pair_block_cols) * 2 + r % 2]} *
                    x[k * pairs * 2 + r];
            }
            want[k * cols + c] = static_cast<std::uint32_t>(sum);
        }
    }
    for (const SimdLevel simd : simd_levels()) {
        std::vector<std::uint32_t> sums(want.size(), 1);
        pair_product(simd)({cells.data(), x.data(), pairs, from, to, blocks, vectors, sums.data()});
        EXPECT_EQ(sums, want) << to_string(simd);
    }
}

}  // namespace
}  // namespace aimc
