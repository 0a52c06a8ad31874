// SPDX-License-Identifier: Apache-2.0
#include "aimc/schemes/scheme.h"

#include "aimc/schemes/column_errors.h"

#include "support/pim_tile.h"

#include <gtest/gtest.h>

namespace {

using namespace aimc;
using config::PimConfig;
using config::Scheme;

PimConfig pim(Scheme scheme, int bits = 7)
{
    PimConfig p;
    p.scheme = scheme;
    p.bits = bits;
    return p;
}

TEST(Scheme, RangesOfTheDefaultSchemes)
{
    EXPECT_EQ(schemes::largest_partial_sum(pim(Scheme::native)), 9 * 7 * 15);
    EXPECT_EQ(schemes::largest_partial_sum(pim(Scheme::differential)), 144 * 7 * 15);
    EXPECT_EQ(schemes::largest_partial_sum(pim(Scheme::bit_serial)), 144 * 15);
    EXPECT_EQ(schemes::code_range(pim(Scheme::native)).least, -63);
    EXPECT_EQ(schemes::code_range(pim(Scheme::native)).most, 63);
    EXPECT_EQ(schemes::code_range(pim(Scheme::bit_serial)).least, 0);
    EXPECT_EQ(schemes::code_range(pim(Scheme::bit_serial)).most, 127);
}

TEST(Scheme, StepIsTheRangeByItsCodesAndNeverBelowOneUnit)
{
    PimConfig p = pim(Scheme::native);
    EXPECT_EQ(schemes::step(p), 15.0);
    p.range_share = 0.5;
    EXPECT_EQ(schemes::step(p), 7.5);
    p.bits = 16;
    EXPECT_EQ(schemes::step(p), 1.0);
}

TEST(Scheme, ALastSliceOrGroupThatIsNotFullCountsAsOne)
{
    PimConfig p = pim(Scheme::bit_serial);
    p.input_bits = 7;
    p.slice_bits = 3;
    EXPECT_EQ(schemes::slices(p), 3);
    EXPECT_EQ(schemes::groups(p, 144), 1U);
    EXPECT_EQ(schemes::groups(p, 145), 2U);
    EXPECT_EQ(schemes::conversions_per_output(p, 145), 2U * 3U * 4U);
}

TEST(Scheme, ConvertersShareThePhysicalColumnsOfAnOutput)
{
    PimConfig p = pim(Scheme::bit_serial);
    EXPECT_EQ(schemes::n_step_cycles(p), 4 + 4 * 8);
    p.converters = 3;
    EXPECT_EQ(schemes::n_step_cycles(p), 4 + 2 * 8);
    p.converters = 16;
    p.n_convert = 1;
    p.n_evaluate = 0;
    EXPECT_EQ(schemes::n_step_cycles(p), 1);
    EXPECT_EQ(schemes::n_step_cycles(pim(Scheme::native, 10)), 4 + 11);
    EXPECT_EQ(schemes::n_step_cycles(pim(Scheme::differential)), 4 + 2 * 8);
}

TEST(ColumnErrors, AreDrawnOnceForEveryPhysicalColumn)
{
    config::TileConfig c = test::pim_tile(Scheme::differential, 8, 16);
    const auto none = schemes::draw_column_errors(c);
    EXPECT_EQ(none.gain, std::vector<double>(32, 1.0));
    EXPECT_EQ(none.offset, std::vector<double>(32, 0.0));
    c.pim.gain_sd = 0.1;
    const auto drawn = schemes::draw_column_errors(c);
    EXPECT_EQ(drawn.offset, none.offset);
    for (std::size_t k = 0; k < 16; ++k) { EXPECT_NE(drawn.gain[k], drawn.gain[16 + k]); }
}

}  // namespace
