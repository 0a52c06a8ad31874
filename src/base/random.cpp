// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/random.h"

#include "aimc/base/exact_math.h"

#include <Random123/philox.h>

namespace aimc {

std::array<std::uint32_t, 4> philox_block(const Place& p, std::uint32_t block)
{
    using Generator = r123::Philox4x32;  // ten rounds
    const Generator::key_type key{
        {static_cast<std::uint32_t>(p.seed), static_cast<std::uint32_t>(p.seed >> 32U)}};
    const auto read_high = static_cast<std::uint32_t>(p.read >> 32U) & 0xffU;
    const Generator::ctr_type counter{{block, p.row | static_cast<std::uint32_t>(p.lane) << 16U,
                                       static_cast<std::uint32_t>(p.read),
                                       static_cast<std::uint32_t>(p.purpose) << 24U |
                                           static_cast<std::uint32_t>(p.tile) << 8U | read_high}};
    const auto words = Generator{}(counter, key);
    return {words[0], words[1], words[2], words[3]};
}

double uniform(const Place& place, std::uint32_t column)
{
    return to_uniform(philox_block(place, column / 4)[column % 4]);
}

double normal(const Place& place, std::uint32_t column)
{
    return normal_quantile(uniform(place, column));
}

double normal_of(std::uint32_t word) { return normal_quantile(to_uniform(word)); }

void normals(const Place& place, std::uint32_t n, double* out)
{
    for (std::uint32_t c = 0; c < n; c += 4) {
        const auto words = philox_block(place, c / 4);
        for (std::uint32_t i = 0; i < 4 && c + i < n; ++i) {
            out[c + i] = normal_quantile(to_uniform(words[i]));
        }
    }
}

}  // namespace aimc
