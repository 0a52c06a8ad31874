// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <string>
#include <utility>
#include <vector>

/// How each enumerator is spelt in JSON: by its own name; rounding and overflow by SystemC's.
namespace aimc::config::detail {

template <class E>
using WordList = std::vector<std::pair<E, std::string>>;

inline WordList<TileKind> word_list(TileKind)
{
    return {{TileKind::analog, "analog"},
            {TileKind::pim, "pim"},
            {TileKind::digital_cim, "digital_cim"}};
}
inline WordList<Scheme> word_list(Scheme)
{
    return {{Scheme::native, "native"},
            {Scheme::differential, "differential"},
            {Scheme::bit_serial, "bit_serial"}};
}
inline WordList<AdcModel> word_list(AdcModel)
{
    return {{AdcModel::oscillator, "oscillator"}, {AdcModel::ams, "ams"}};
}
inline WordList<BoundModel> word_list(BoundModel)
{
    return {{BoundModel::none, "none"},
            {BoundModel::ams, "ams"},
            {BoundModel::survey, "survey"},
            {BoundModel::linear, "linear"}};
}
inline WordList<Survey> word_list(Survey)
{
    return {{Survey::until_2018, "until_2018"}, {Survey::until_2025, "until_2025"}};
}
inline WordList<DigitalEnergy> word_list(DigitalEnergy)
{
    return {{DigitalEnergy::gates, "gates"},
            {DigitalEnergy::per_mac, "per_mac"},
            {DigitalEnergy::power, "power"}};
}
inline WordList<Node> word_list(Node) { return {{Node::nm_28, "28nm"}, {Node::nm_14, "14nm"}}; }
inline WordList<ReadMode> word_list(ReadMode)
{
    return {{ReadMode::one_phase, "one_phase"}, {ReadMode::four_phase, "four_phase"}};
}
inline WordList<DeviceModel> word_list(DeviceModel)
{
    return {{DeviceModel::ideal, "ideal"},
            {DeviceModel::hermes, "hermes"},
            {DeviceModel::pcm_like, "pcm_like"},
            {DeviceModel::table, "table"}};
}
inline WordList<Programming> word_list(Programming)
{
    return {{Programming::statistical, "statistical"}, {Programming::write_verify, "write_verify"}};
}
inline WordList<ExponentAt> word_list(ExponentAt)
{
    return {{ExponentAt::target, "target"}, {ExponentAt::programmed, "programmed"}};
}
inline WordList<IrDrop> word_list(IrDrop)
{
    return {
        {IrDrop::none, "none"}, {IrDrop::first_order, "first_order"}, {IrDrop::ladder, "ladder"}};
}
inline WordList<Compensation> word_list(Compensation)
{
    return {{Compensation::none, "none"},
            {Compensation::global, "global"},
            {Compensation::per_column, "per_column"}};
}
inline WordList<ReadNoise> word_list(ReadNoise)
{
    return {{ReadNoise::none, "none"},
            {ReadNoise::per_column, "per_column"},
            {ReadNoise::per_segment, "per_segment"},
            {ReadNoise::per_cell, "per_cell"}};
}
inline WordList<GMap> word_list(GMap)
{
    return {{GMap::as_given, "as_given"}, {GMap::tile, "tile"}, {GMap::column, "column"}};
}
inline WordList<CurveSource> word_list(CurveSource)
{
    return {{CurveSource::ideal, "ideal"},
            {CurveSource::parametric, "parametric"},
            {CurveSource::file, "file"}};
}
inline WordList<Rounding> word_list(Rounding)
{
    return {{Rounding::floor, "floor"}, {Rounding::nearest, "nearest"}};
}
inline WordList<Integration> word_list(Integration)
{
    return {{Integration::time_resolved, "time_resolved"}, {Integration::charge, "charge"}};
}
inline WordList<FewCurves> word_list(FewCurves)
{
    return {{FewCurves::reject, "reject"}, {FewCurves::repeat, "repeat"}};
}
inline WordList<NonMonotone> word_list(NonMonotone)
{
    return {{NonMonotone::reject, "reject"}, {NonMonotone::isotonic, "isotonic"}};
}
inline WordList<PostUnit> word_list(PostUnit)
{
    return {{PostUnit::nmpu, "nmpu"}, {PostUnit::ldpu, "ldpu"}};
}
inline WordList<Branch> word_list(Branch)
{
    return {{Branch::polarity, "polarity"},
            {Branch::difference, "difference"},
            {Branch::single, "single"}};
}
inline WordList<Activation> word_list(Activation)
{
    return {{Activation::identity, "identity"},
            {Activation::relu, "relu"},
            {Activation::clipped_relu, "clipped_relu"}};
}
inline WordList<TileOutput> word_list(TileOutput)
{
    return {{TileOutput::y, "y"}, {TileOutput::partial, "partial"}};
}
inline WordList<CalibrationMethod> word_list(CalibrationMethod)
{
    return {{CalibrationMethod::least_squares, "least_squares"},
            {CalibrationMethod::fixed, "fixed"},
            {CalibrationMethod::nominal, "nominal"},
            {CalibrationMethod::batch_norm, "batch_norm"},
            {CalibrationMethod::least_squares_batch_norm, "least_squares_batch_norm"}};
}
inline WordList<CalibrationVectors> word_list(CalibrationVectors)
{
    return {{CalibrationVectors::random_signed, "random_signed"},
            {CalibrationVectors::representative, "representative"}};
}
inline WordList<RoundMode> word_list(RoundMode)
{
    return {{RoundMode::trn, "SC_TRN"},           {RoundMode::rnd, "SC_RND"},
            {RoundMode::rnd_zero, "SC_RND_ZERO"}, {RoundMode::rnd_min_inf, "SC_RND_MIN_INF"},
            {RoundMode::rnd_inf, "SC_RND_INF"},   {RoundMode::rnd_conv, "SC_RND_CONV"}};
}
inline WordList<OverflowMode> word_list(OverflowMode)
{
    return {{OverflowMode::sat, "SC_SAT"},
            {OverflowMode::sat_sym, "SC_SAT_SYM"},
            {OverflowMode::wrap, "SC_WRAP"}};
}

}  // namespace aimc::config::detail
