// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/read_phases.h"

#include "support/small_work.h"

#include <gtest/gtest.h>

namespace aimc::test {
namespace {

TEST(ReadPhases, AreThoseOfTheCrossbarForEveryInput)
{
    Dice dice(5);
    const auto inputs = random_inputs(200, 9, dice);
    for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
        for (const bool skips : {false, true}) {
            config::ReadConfig read;
            read.mode = mode;
            read.skip_empty_phases = skips;
            const tile::ReadPhases phases(read);
            for (std::size_t k = 0; k < inputs.rows(); ++k) {
                const std::int8_t* x = inputs.row(k);
                EXPECT_EQ(phases.of(x, inputs.cols()), crossbar::phases_of(read, x, inputs.cols()));
            }
        }
    }
}

}  // namespace
}  // namespace aimc::test
