// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/scheme_energy.h"

#include "aimc/cost/energy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace aimc::cost {
namespace {

config::TileConfig pim_tile()
{
    config::TileConfig tile;
    tile.kind = config::TileKind::pim;
    tile.pim.scheme = config::Scheme::differential;
    return tile;
}

TEST(SchemeEnergy, WithoutABoundNothingIsKnownAndThatIsNotZero)
{
    const EnergyReport report = energy_of(pim_tile(), 2, 8);
    EXPECT_TRUE(std::isnan(report.per_mvm_nJ));
    EXPECT_TRUE(std::isnan(report.tops_per_w));
    EXPECT_FALSE(report.adc.per_mvm_nJ.has_value());
    EXPECT_EQ(report.tag.rfind("none", 0), 0U) << report.tag;
}

TEST(SchemeEnergy, IsTheBoundOfEveryConversionAndNothingElse)
{
    config::TileConfig tile = pim_tile();
    tile.energy.adc_bound.model = config::BoundModel::ams;
    tile.energy.adc_bound.derate = 3.0;
    const EnergyReport report = energy_of(tile, 2, 8);  // 4 evaluations, 2 physical columns
    EXPECT_NEAR(report.per_mvm_nJ, 4 * 2 * 256 * 3.0 * 0.3e-3, 1e-9);
    EXPECT_NEAR(report.tops_per_w, 2.0 * 256 * 256 / report.per_mvm_nJ * 1e-3, 1e-9);
    EXPECT_EQ(report.tag.rfind("Bound", 0), 0U) << report.tag;
    EXPECT_FALSE(report.array.per_mvm_nJ.has_value());
}

TEST(SchemeEnergy, AGivenPostUnitIsAllThatIsKnown)
{
    config::TileConfig tile = pim_tile();
    tile.energy.nmpu_column_pJ = 0.5;
    EXPECT_NEAR(energy_of(tile, 1, 1).per_mvm_nJ, 0.5e-3 * 256, 1e-12);
    EXPECT_THROW(scheme_energy_of(tile, 0, 0), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::cost
