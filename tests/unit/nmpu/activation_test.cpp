// SPDX-License-Identifier: Apache-2.0
#include "aimc/nmpu/activation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

namespace aimc::nmpu {
namespace {

using config::Activation;

TEST(NmpuActivation, EqualsItsFormulaForEvery8BitValue)
{
    int n_cases = 0;
    for (std::int32_t y = -128; y <= 127; ++y) {
        for (const std::int32_t clip : {0, 1, 6, 126, 127}) {
            bool identity = false;
            bool relu = false;
            bool clipped = false;
            EXPECT_EQ(activate(y, Activation::identity, clip, identity), y);
            EXPECT_EQ(activate(y, Activation::relu, clip, relu), std::max(y, 0));
            const std::int32_t expected = std::min(std::max(y, 0), clip);
            EXPECT_EQ(activate(y, Activation::clipped_relu, clip, clipped), expected);
            EXPECT_FALSE(identity) << y;
            EXPECT_EQ(relu, y < 0) << y;
            EXPECT_EQ(clipped, expected != y) << y << " with clip " << clip;
            n_cases += 3;
        }
    }
    std::cout << "nmpu activation: " << n_cases << " cases\n";
}

TEST(NmpuActivation, KeepsAFlagThatWasSet)
{
    bool changed = true;
    EXPECT_EQ(activate(5, Activation::relu, 0, changed), 5);
    EXPECT_TRUE(changed) << "the flag gathers, it is not an answer about this value alone";
}

}  // namespace
}  // namespace aimc::nmpu
