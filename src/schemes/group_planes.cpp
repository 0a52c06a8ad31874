// SPDX-License-Identifier: Apache-2.0
#include "group_planes.h"

#include "aimc/base/pair_product.h"
#include "aimc/schemes/scheme.h"

#include <algorithm>

namespace aimc::schemes::detail {
namespace {

/// What a physical column of an output holds of one weight.
int cell(const config::PimConfig& pim, int physical, int weight)
{
    switch (pim.scheme) {
        case config::Scheme::native: return weight;
        case config::Scheme::differential: return std::max(physical == 0 ? weight : -weight, 0);
        case config::Scheme::bit_serial: break;
    }
    const auto bits = static_cast<unsigned>(weight);  // two's complement
    return static_cast<int>(bits >> static_cast<unsigned>(physical) & 1U);
}

}  // namespace

GroupPlanes::GroupPlanes(const config::PimConfig& pim, const Matrix<std::int16_t>& weights,
                         config::Range rows, config::Range cols)
    : rows_(rows.size()),
      group_size_(std::min(static_cast<std::size_t>(config::group_size(pim)), rows_)),
      groups_(schemes::groups(pim, rows_)),
      pairs_((group_size_ + 1) / 2),
      blocks_((cols.size() + pair_block_cols - 1) / pair_block_cols),
      cells_(static_cast<std::size_t>(schemes::physical_columns(pim)))
{
    for (std::size_t k = 0; k < cells_.size(); ++k) {
        cells_[k].assign(blocks_ * groups_ * pairs_ * pair_block_cols * 2, 0);
        for (std::size_t r = 0; r < rows_; ++r) {
            const std::size_t in_group = r % group_size_;
            const std::size_t pair = r / group_size_ * pairs_ + in_group / 2;
            for (std::size_t c = 0; c < cols.size(); ++c) {
                const std::size_t block = c / pair_block_cols * groups_ * pairs_ + pair;
                const std::size_t column = block * pair_block_cols + c % pair_block_cols;
                const int w = weights(WordLine{rows.from + r}, BitLine{cols.from + c});
                cells_[k][column * 2 + in_group % 2] =
                    static_cast<std::int16_t>(cell(pim, static_cast<int>(k), w));
            }
        }
    }
}

std::size_t GroupPlanes::stride() const { return blocks_ * pair_block_cols; }

void GroupPlanes::pack(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                       const Slice& slice, std::int16_t* factors) const
{
    const int mask = (1 << slice.bits) - 1;
    const int sign = slice.negative ? -1 : 1;
    std::fill(factors, factors + n * factor_stride(), std::int16_t{0});
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t g = 0; g < groups_; ++g) {
            const std::size_t first = g * group_size_;
            const std::int8_t* from = x + k * x_stride + first;
            std::int16_t* to = factors + k * factor_stride() + g * pairs_ * 2;
            const std::size_t size = std::min(group_size_, rows_ - first);
            for (std::size_t i = 0; i < size; ++i) {
                const int magnitude = std::max(sign * from[i], 0);
                to[i] = static_cast<std::int16_t>(magnitude >> slice.shift & mask);
            }
        }
    }
}

void GroupPlanes::sum(std::size_t physical, std::size_t group, const std::int16_t* factors,
                      std::size_t n, SimdLevel simd, std::uint32_t* sums) const
{
    pair_product(simd)({cells_[physical].data(), factors, groups_ * pairs_, group * pairs_,
                        (group + 1) * pairs_, blocks_, n, sums});
}

}  // namespace aimc::schemes::detail
