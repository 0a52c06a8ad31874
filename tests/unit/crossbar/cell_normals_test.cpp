// SPDX-License-Identifier: Apache-2.0
#include "crossbar/cell_normals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace aimc::crossbar {
namespace {

constexpr double one = 1 << normal_fraction;

TEST(NormalTable, HasTheMomentsOfAStandardNormal)
{
    double mean = 0.0;
    double square = 0.0;
    double fourth = 0.0;
    for (const std::int16_t steps : normal_table()) {
        const double z = steps / one;
        mean += z / 65536;
        square += z * z / 65536;
        fourth += z * z * z * z / 65536;
    }
    EXPECT_EQ(mean, 0.0);
    EXPECT_NEAR(square, 1.0, 1e-6);
    EXPECT_NEAR(fourth, 3.0, 0.005) << "the tails end at 4.33";
}

TEST(NormalTable, IsSymmetricAndRisesAsTheDistributionDoes)
{
    const NormalTable& table = normal_table();
    ASSERT_EQ(table.size(), 65536U);
    EXPECT_TRUE(std::is_sorted(table.begin(), table.end()));
    for (std::size_t i = 0; i < 65536; ++i) { ASSERT_EQ(table[i], -table[65535 - i]); }
    for (std::size_t i = 40; i < 65536 - 40; i += 97) {
        const double share = 0.5 * std::erfc(-table[i] / one / std::sqrt(2.0));
        ASSERT_NEAR(share, (static_cast<double>(i) + 0.5) / 65536, 6e-5) << i;
    }
}

TEST(NormalTable, IsFrozen)
{
    const NormalTable& table = normal_table();
    EXPECT_EQ(table[65535], 17715);
    EXPECT_EQ(table[55139], 4096);
    EXPECT_EQ(table[32768], 0);
    std::uint64_t mix = 0;
    for (const std::int16_t z : table) { mix = mix * 31 + static_cast<std::uint16_t>(z); }
    EXPECT_EQ(mix, 536373555276000192U);
}

TEST(CellNormals, TakeSixteenBitsOfTheDocumentedWord)
{
    const Place place{0x123456789abcdefULL, Purpose::calibration_read_noise, 3, 250, 12,
                      0x9876543210ULL};
    std::vector<std::int16_t> z(304);
    cell_normals(place, 0, z.size(), z.data());
    for (std::uint32_t c = 0; c < z.size(); ++c) {
        const std::uint32_t word = philox_block(place, c / 8)[c % 8 / 2];
        ASSERT_EQ(z[c], normal_table()[c % 2 == 0 ? word & 0xffffU : word >> 16U]) << c;
    }
}

}  // namespace
}  // namespace aimc::crossbar
