// SPDX-License-Identifier: Apache-2.0
#include "cell_normals.h"

#include "aimc/base/exact_math.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace aimc::crossbar {
namespace {

NormalTable make_table()
{
    constexpr std::size_t half = 32768;
    std::vector<double> z(half);  // not on the stack: a thread of the kernel has 64 kB
    double square = 0.0;
    for (std::size_t i = 0; i < half; ++i) {
        z[i] = normal_quantile((static_cast<double>(i) + 0.5) / (2.0 * half));
        square += z[i] * z[i];
    }
    const double scale = (1 << normal_fraction) / std::sqrt(square / half);
    NormalTable table(2 * half);
    for (std::size_t i = 0; i < half; ++i) {
        const auto steps = static_cast<std::int16_t>(std::floor(-z[i] * scale + 0.5));
        table[i] = static_cast<std::int16_t>(-steps);
        table[2 * half - 1 - i] = steps;
    }
    return table;
}

}  // namespace

const NormalTable& normal_table()
{
    static const NormalTable table = make_table();
    return table;
}

void cell_normals(const Place& place, std::size_t first, std::size_t n, std::int16_t* z)
{
    const std::int16_t* table = normal_table().data();
    const auto draw = [&](std::size_t block, std::int16_t* out) {
        const auto words = philox_block(place, static_cast<std::uint32_t>(block));
        for (std::size_t k = 0; k < 4; ++k) {
            out[2 * k] = table[words[k] & 0xffffU];
            out[2 * k + 1] = table[words[k] >> 16U];
        }
    };
    const std::size_t skip = first % 8;
    if (skip == 0) {
        for (std::size_t c = 0; c < n; c += 8) { draw((first + c) / 8, z + c); }
        return;
    }
    std::array<std::int16_t, 16> two{};  // blocks that the columns straddle
    draw(first / 8, two.data());
    for (std::size_t c = 0; c < n; c += 8) {
        draw((first + c) / 8 + 1, two.data() + 8);
        std::copy_n(two.data() + skip, 8, z + c);
        std::copy_n(two.data() + 8, 8, two.data());
    }
}

}  // namespace aimc::crossbar
