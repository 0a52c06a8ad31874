// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/random.h"

#include "philox_batch.h"

#include <algorithm>
#include <cstring>

namespace aimc {

void random_words(const Place& place, std::size_t n_reads, std::uint32_t n_blocks, SimdLevel simd,
                  std::uint32_t* out)
{
    const auto philox = detail::philox_for(simd);
    const detail::PhiloxKey key{static_cast<std::uint32_t>(place.seed),
                                static_cast<std::uint32_t>(place.seed >> 32U)};
    const std::uint32_t second = place.row | static_cast<std::uint32_t>(place.lane) << 16U;
    const std::uint32_t last = static_cast<std::uint32_t>(place.purpose) << 24U |
                               static_cast<std::uint32_t>(place.tile) << 8U;
    const std::size_t all = n_reads * n_blocks;
    detail::PhiloxCounters counters{};
    std::uint32_t words[4 * detail::philox_lanes];
    std::uint64_t read = place.read;
    std::uint32_t block = 0;
    for (std::size_t done = 0; done < all;) {
        const std::size_t n = std::min(detail::philox_lanes, all - done);
        for (std::size_t i = 0; i < n; ++i) {
            counters.a[i] = block;
            counters.b[i] = second;
            counters.c[i] = static_cast<std::uint32_t>(read);
            counters.d[i] = last | (static_cast<std::uint32_t>(read >> 32U) & 0xffU);
            if (++block == n_blocks) {
                block = 0;
                ++read;
            }
        }
        const std::size_t whole =
            (n + detail::philox_word - 1) / detail::philox_word * detail::philox_word;
        philox(counters, whole, key, words);
        std::memcpy(out + 4 * done, words, 4 * n * sizeof *words);
        done += n;
    }
}

}  // namespace aimc
