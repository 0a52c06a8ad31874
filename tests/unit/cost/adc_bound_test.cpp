// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/adc_bound.h"

#include "aimc/cost/energy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace aimc::cost {
namespace {

using config::BoundModel;

config::TileConfig bounded(BoundModel model)
{
    config::TileConfig tile;
    tile.energy.adc_bound.model = model;
    return tile;
}

TEST(AdcBound, IsNoneUnlessAskedFor)
{
    EXPECT_FALSE(adc_bound_of({}, 256.0, 1.0).has_value());
    EXPECT_FALSE(energy_of({}, 1, 1).adc_bound.has_value());
    EXPECT_FALSE(energy_of({}, 1, 1).adc_over_bound().has_value());
    config::TileConfig digital = bounded(BoundModel::ams);
    digital.kind = config::TileKind::digital_cim;
    EXPECT_FALSE(adc_bound_of(digital, 0.0, 1.0).has_value()) << "it converts nothing";
}

TEST(AdcBound, OfAnOscillatorTileIsThatOfItsCounter)
{
    const auto b = adc_bound_of(bounded(BoundModel::ams), 256.0, 4.0);
    EXPECT_EQ(b->enob, 12.0);
    EXPECT_EQ(b->n_mult, 256);
    EXPECT_DOUBLE_EQ(b->conversion_pJ, ams_bound_pJ(12.0));
    EXPECT_DOUBLE_EQ(b->mac_fJ, 1000.0 * b->conversion_pJ / 256.0);
    EXPECT_DOUBLE_EQ(b->per_mvm_nJ, 0.256 * b->conversion_pJ);
    EXPECT_DOUBLE_EQ(b->adc_share, b->per_mvm_nJ / (b->per_mvm_nJ + 4.0));
    EXPECT_NE(b->tag.find("recalled"), std::string::npos);
}

TEST(AdcBound, LooksAtTheConverterThatTheTileHas)
{
    config::TileConfig tile = bounded(BoundModel::survey);
    tile.adc.model = config::AdcModel::ams;
    tile.adc.ams.enob = 9.5;
    tile.adc.ams.n_mult = 4;
    EXPECT_EQ(adc_bound_of(tile, 1.0, 1.0)->enob, 9.5);
    EXPECT_EQ(adc_bound_of(tile, 1.0, 1.0)->n_mult, 4);
    tile.kind = config::TileKind::pim;
    tile.pim.bits = 7;
    tile.pim.scheme = config::Scheme::differential;
    EXPECT_EQ(adc_bound_of(tile, 1.0, 1.0)->enob, 7.0);
    EXPECT_EQ(adc_bound_of(tile, 1.0, 1.0)->n_mult, 144);
    tile.energy.adc_bound.enob = 11.25;
    tile.energy.adc_bound.n_mult = 30;
    EXPECT_EQ(adc_bound_of(tile, 1.0, 1.0)->enob, 11.25);
    EXPECT_EQ(adc_bound_of(tile, 1.0, 1.0)->n_mult, 30);
}

TEST(AdcBound, DerateMultipliesEnergies)
{
    config::TileConfig tile = bounded(BoundModel::linear);
    const auto b = adc_bound_of(tile, 10.0, 1.0);
    tile.energy.adc_bound.derate = 3.0;
    const auto real = adc_bound_of(tile, 10.0, 1.0);
    EXPECT_DOUBLE_EQ(real->conversion_pJ, 3.0 * b->conversion_pJ);
    EXPECT_DOUBLE_EQ(real->mac_fJ, 3.0 * b->mac_fJ);
    EXPECT_DOUBLE_EQ(real->per_mvm_nJ, 3.0 * b->per_mvm_nJ);
    EXPECT_EQ(real->derate, 3.0);
}

TEST(AdcBound, SurveyAndSupplyAreThoseAskedFor)
{
    config::TileConfig tile = bounded(BoundModel::survey);
    tile.energy.adc_bound.enob = 1.0;
    EXPECT_NEAR(adc_bound_of(tile, 1.0, 1.0)->conversion_pJ, 0.344, 1e-5);
    tile.energy.adc_bound.survey = config::Survey::until_2025;
    EXPECT_NEAR(adc_bound_of(tile, 1.0, 1.0)->conversion_pJ, 0.267, 1e-5);
    EXPECT_NE(adc_bound_of(tile, 1.0, 1.0)->tag.find("2025"), std::string::npos);
    tile.energy.adc_bound.model = BoundModel::linear;
    tile.energy.adc_bound.vdd_V = 2.0;
    EXPECT_DOUBLE_EQ(adc_bound_of(tile, 1.0, 1.0)->conversion_pJ, 0.100004 * 4.0);
}

TEST(AdcBound, ATileOfMoreRowsThanAConverterSumsConvertsMoreOften)
{
    config::TileConfig tile = bounded(BoundModel::ams);
    EXPECT_EQ(conversions_per_phase(tile), 256.0);
    tile.energy.adc_bound.n_mult = 100;
    EXPECT_EQ(conversions_per_phase(tile), 3.0 * 256.0);
    // all products of an MVM at the energy of one: 65,536 x 313 fJ
    tile.energy.adc_bound.n_mult = 8;
    const auto b = *energy_of(tile, 1, 1).adc_bound;
    EXPECT_NEAR(b.per_mvm_nJ, 65536.0 * b.mac_fJ * 1e-6, 1e-9);
}

TEST(AdcBound, StandsBesideTheEnergyAsConfigured)
{
    const config::TileConfig tile = bounded(BoundModel::ams);
    const EnergyReport e = energy_of(tile, 2, 8);  // four phases each
    ASSERT_TRUE(e.adc_bound.has_value());
    EXPECT_DOUBLE_EQ(e.adc_bound->per_mvm_nJ, 4.0 * 0.256 * ams_bound_pJ(12.0));
    EXPECT_NEAR(*e.adc_over_bound(), 34.1 / ams_bound_pJ(12.0), 1e-9);
    EXPECT_DOUBLE_EQ(e.per_mvm_nJ, energy_of({}, 2, 8).per_mvm_nJ) << "it changes no total";
    const double rest = *e.input.per_mvm_nJ + *e.array.per_mvm_nJ;
    EXPECT_DOUBLE_EQ(e.adc_bound->adc_share,
                     e.adc_bound->per_mvm_nJ / (e.adc_bound->per_mvm_nJ + rest));
}

TEST(AdcBound, RefusesWhatIsLessThanNothing)
{
    EXPECT_THROW(adc_bound_of({}, -1.0, 1.0), std::invalid_argument);
    EXPECT_THROW(adc_bound_of({}, 1.0, std::nan("")), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::cost
