// SPDX-License-Identifier: Apache-2.0
#include "float_product.h"

namespace aimc::network::detail {
namespace {

/// Four vectors by sixteen columns at a time stay in registers.
template <std::size_t vectors>
AIMC_ALWAYS_INLINE void product_of(const float* x, const float* w, float* y, std::size_t rows,
                                   std::size_t stride)
{
    for (std::size_t from = 0; from < stride; from += float_block) {
        float sum[vectors][float_block] = {};
        for (std::size_t r = 0; r < rows; ++r) {
            const float* const line = w + r * stride + from;
            for (std::size_t v = 0; v < vectors; ++v) {
                const float code = x[v * rows + r];
                for (std::size_t c = 0; c < float_block; ++c) { sum[v][c] += code * line[c]; }
            }
        }
        for (std::size_t v = 0; v < vectors; ++v) {
            for (std::size_t c = 0; c < float_block; ++c) { y[v * stride + from + c] = sum[v][c]; }
        }
    }
}

AIMC_ALWAYS_INLINE void product_body(const float* x, const float* w, float* y, std::size_t n,
                                     std::size_t rows, std::size_t stride)
{
    std::size_t k = 0;
    for (; k + 4 <= n; k += 4) { product_of<4>(x + k * rows, w, y + k * stride, rows, stride); }
    for (; k < n; ++k) { product_of<1>(x + k * rows, w, y + k * stride, rows, stride); }
}
AIMC_SIMD_CLONES(product_loop, product_body,
                 (const float* x, const float* w, float* y, std::size_t n, std::size_t rows,
                  std::size_t stride),
                 (x, w, y, n, rows, stride))

}  // namespace

FloatProduct float_product(SimdLevel level) { return product_loop(level); }

}  // namespace aimc::network::detail
