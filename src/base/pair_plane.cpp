// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/pair_plane.h"

namespace aimc {
namespace {

template <bool add, std::uint32_t middle>
AIMC_ALWAYS_INLINE void gather_body(const std::uint32_t* sums, std::size_t n, double* total)
{
    for (std::size_t i = 0; i < n; ++i) {
        // signed words convert faster than unsigned ones
        const double sum = static_cast<std::int32_t>(sums[i] ^ middle) + double{middle};
        total[i] = add ? total[i] + sum : sum;
    }
}
#define AIMC_GATHER(name, add, middle)                 \
    AIMC_SIMD_CLONES(name, (gather_body<add, middle>), \
                     (const std::uint32_t* sums, std::size_t n, double* total), (sums, n, total))
AIMC_GATHER(set_unsigned, false, 0x80000000U)
AIMC_GATHER(add_unsigned, true, 0x80000000U)
AIMC_GATHER(set_signed, false, 0U)
AIMC_GATHER(add_signed, true, 0U)
#undef AIMC_GATHER

}  // namespace

void PairPlane::multiply(const std::int16_t* factors, std::size_t n, SimdLevel simd, bool add,
                         AlignedVector<std::uint32_t>& sums, double* total) const
{
    sums.resize(n * stride());
    const auto run = pair_product(simd);
    for (std::size_t from = 0; from < pairs; from += most_pairs) {
        run({cells.data(), factors, pairs, from, std::min(from + most_pairs, pairs), blocks, n,
             sums.data()});
        const bool more = add || from > 0;
        const auto gather = is_signed ? (more ? add_signed(simd) : set_signed(simd))
                                      : (more ? add_unsigned(simd) : set_unsigned(simd));
        gather(sums.data(), n * stride(), total);
    }
}

}  // namespace aimc
