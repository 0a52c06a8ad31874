// SPDX-License-Identifier: Apache-2.0
// Published energy and area beside ours. Energies and ratios are set to match, so most of this is
// consistency: it shows that all printed figures follow from the same three energies per event.
#include "aimc/cost/energy.h"

#include "aimc/cost/area.h"

#include "support/figure.h"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace aimc;

constexpr double operations = 2.0 * 256 * 256;

cost::EnergyReport read_in(int phases)
{
    return cost::energy_of(config::TileConfig{}, 1, static_cast<std::uint64_t>(phases));
}

/// Rounded to `digits` decimals, as a paper prints it.
double printed(double value, int digits)
{
    const double ten = std::pow(10.0, digits);
    return std::round(value * ten) / ten;
}

// Derived from LeGallo23, 9.76 TOPS/W and 0.86 uJ per MVM of 64 cores (second-hand notes).
TEST(LeGallo23, OnePhaseEnergyOfAnMvm)
{
    const auto e = read_in(1);
    test::figure("one_phase_nJ", e.per_mvm_nJ);
    test::figure("one_phase_TOPS_per_W", e.tops_per_w);
    EXPECT_EQ(printed(e.per_mvm_nJ, 1), 13.4);
    EXPECT_EQ(printed(e.tops_per_w, 2), 9.76);
    EXPECT_EQ(printed(64e-3 * e.per_mvm_nJ, 2), 0.86);
}

// Derived from LeGallo23, 2.48 TOPS/W and 3.38 uJ per MVM of 64 cores (second-hand notes).
TEST(LeGallo23, FourPhaseEnergyOfAnMvm)
{
    const auto e = read_in(4);
    test::figure("four_phase_nJ", e.per_mvm_nJ);
    test::figure("four_phase_TOPS_per_W", e.tops_per_w);
    EXPECT_EQ(printed(e.per_mvm_nJ, 1), 52.8);
    EXPECT_EQ(printed(e.tops_per_w, 2), 2.48);
    EXPECT_EQ(printed(64e-3 * e.per_mvm_nJ, 2), 3.38);
}

// LeGallo23: 63.1 TOPS at 9.76 TOPS/W are 6.47 W, 16.1 at 2.48 are 6.49 W. That the two modes take
// the same power is why the totals cannot tell energy per phase from energy per time.
TEST(LeGallo23, PowerOf64CoresIsTheSameInBothModes)
{
    const double one = 64.0 * read_in(1).per_mvm_nJ / 133.0;
    const double four = 64.0 * read_in(4).per_mvm_nJ / 521.0;
    test::figure("one_phase_W", one, 3);
    test::figure("four_phase_W", four, 3);
    EXPECT_NEAR(one, 63.1 / 9.76, 0.01);
    EXPECT_NEAR(four, 16.1 / 2.48, 0.01);
}

// Singh25, second-hand notes: output conversion is 60-70 % of tile energy. Ours was chosen so.
TEST(Singh25, ConversionIsSixtyToSeventyPercent)
{
    for (const int phases : {1, 4}) {
        const auto e = read_in(phases);
        const double share = *e.adc.per_mvm_nJ / e.per_mvm_nJ;
        test::figure("adc_share_of_" + std::to_string(phases), share);
        EXPECT_GE(share, 0.60);
        EXPECT_LE(share, 0.70);
    }
}

// Khaddam22: 10.5 TOPS/W are 12.48 nJ of a single core. Not set to match: another chip and another
// measurement; a known gap of 7.6 %.
TEST(Khaddam22, SingleCoreTakesLessThanACoreOfTheChip)
{
    const double single = operations / 10.5 * 1e-3;
    test::figure("single_core_nJ", single);
    EXPECT_EQ(printed(single, 2), 12.48);
    const double gap = read_in(1).per_mvm_nJ / single - 1.0;
    test::figure("ours_above_single_core", gap);
    EXPECT_NEAR(gap, 0.076, 0.001);
}

// Khaddam22: 1.008 TOPS and 1.59 TOPS/mm2. LeGallo23: 63.1 TOPS and 1.55 TOPS/mm2 agree.
TEST(Khaddam22, AreaOfACore)
{
    const double mm2 = *cost::area_of(config::TileConfig{}).tile_mm2.value;
    test::figure("tile_mm2", mm2);
    EXPECT_EQ(mm2, printed(1.008 / 1.59, 3));
    EXPECT_NEAR(mm2, 63.1 / 1.55 / 64.0, 0.003);
}

// Ferro24: 505x against one NMPU (machine-made summary), 7.8x against all 64 (abstract).
TEST(Ferro24, AreasOfLdpuAndNmpus)
{
    config::TileConfig tile;
    const double nmpus = *cost::area_of(tile).post_in_nmpus.value;
    tile.post = config::PostUnit::ldpu;
    const double ldpu = *cost::area_of(tile).post_in_nmpus.value;
    test::figure("ldpu_in_nmpus", ldpu, 0);
    test::figure("ldpu_over_64_nmpus", ldpu / nmpus, 2);
    EXPECT_EQ(ldpu, 505.0);
    EXPECT_EQ(nmpus, 64.0);
    EXPECT_NEAR(ldpu / nmpus, 7.8, 0.1) << "7.89: the two published figures agree to 1.2 %";
}

}  // namespace
