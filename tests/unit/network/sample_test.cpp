// SPDX-License-Identifier: Apache-2.0
#include "network/sample.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace aimc::network {
namespace {

TEST(SpreadSample, IsIncreasingWithoutRepeats)
{
    for (const std::size_t total : {1U, 2U, 3U, 7U, 64U, 1000U, 1024U, 65536U, 262144U}) {
        for (const std::size_t most : {1U, 2U, 5U, 512U, 2048U}) {
            const auto chosen = spread_sample(total, most);
            EXPECT_EQ(chosen.size(), std::min(total, most));
            EXPECT_LT(chosen.back(), total);
            for (std::size_t k = 1; k < chosen.size(); ++k) {
                EXPECT_LT(chosen[k - 1], chosen[k]) << total << " " << most;
            }
        }
    }
}

TEST(SpreadSample, HasEveryImageAndEveryPixelAlike)
{
    const std::size_t images = 64;
    const std::size_t positions = 256;  // 16 x 16 pixels
    std::vector<int> of_image(images, 0);
    std::vector<int> of_column(16, 0);
    for (const std::size_t at : spread_sample(images * positions, 2048)) {
        ++of_image[at / positions];
        ++of_column[at % positions % 16];
    }
    for (const int n : of_image) { EXPECT_NEAR(n, 32, 10); }
    for (const int n : of_column) { EXPECT_NEAR(n, 128, 26); }
}

TEST(SpreadSample, EachOfImageFindsItsOwn)
{
    const std::size_t positions = 9;
    const auto chosen = spread_sample(5 * positions, 17);
    std::size_t next = 0;
    for (std::size_t image = 0; image < 5; ++image) {
        each_of_image(chosen, image, positions, [&](std::size_t k, std::size_t position) {
            EXPECT_EQ(k, next++);
            EXPECT_LT(position, positions);
            EXPECT_EQ(image * positions + position, chosen[k]);
        });
    }
    EXPECT_EQ(next, chosen.size()) << "every one is found once";
}

}  // namespace
}  // namespace aimc::network
