// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/adc_bound.h"

#include <cmath>
#include <stdexcept>

namespace aimc::cost {
namespace {

using config::BoundModel;
using config::TileConfig;

constexpr double pico_of_femto = 1e-3;
constexpr double pico_of_atto = 1e-6;
constexpr double nano_of_pico = 1e-3;

// Source: Rekhi19 (recalled)
constexpr double ams_floor_pJ = 0.3;
constexpr double ams_floor_enob = 10.5;
constexpr double ams_slope_dB = 6.02;
constexpr double ams_offset_dB = 68.25;

// Source: zigzag-imc
constexpr double linear_fF = 100.0;
constexpr double thermal_fF = 0.001;

/// Derived: from the survey's data, see survey_bound_pJ.
struct Envelope {
    double floor_pJ, thermal_aJ;
};
constexpr Envelope until_2018{0.344, 0.2595};
constexpr Envelope until_2025{0.267, 0.1446};

double enob_of(const TileConfig& tile)
{
    const auto& given = tile.energy.adc_bound.enob;
    if (given) { return *given; }
    if (tile.kind == config::TileKind::pim) { return tile.pim.bits; }
    if (tile.adc.model == config::AdcModel::ams) { return tile.adc.ams.enob; }
    return tile.adc.count_bits;
}

double bound_pJ(const config::AdcBoundConfig& bound, double enob)
{
    switch (bound.model) {
        case BoundModel::ams: return ams_bound_pJ(enob);
        case BoundModel::survey: return survey_bound_pJ(enob, bound.survey);
        case BoundModel::linear: return linear_bound_pJ(enob, bound.vdd_V);
        case BoundModel::none: break;
    }
    throw std::logic_error("bound_pJ: no model");
}

std::string tag_of(const config::AdcBoundConfig& bound)
{
    switch (bound.model) {
        case BoundModel::ams:
            return "Source: Rekhi19, recalled and not read there; cross-checked with the ADC "
                   "survey until 2018, of which no converter takes less";
        case BoundModel::survey:
            return std::string(
                       "Derived: from the ADC survey (Murmann, rev 20250609), converters "
                       "until ") +
                   (bound.survey == config::Survey::until_2018 ? "2018" : "2025");
        case BoundModel::linear:
            return "Source: zigzag-imc, fitted to converters of 22 to 28 nm analog arrays";
        case BoundModel::none: break;
    }
    return "";
}

}  // namespace

double ams_bound_pJ(double enob)
{
    if (enob <= ams_floor_enob) { return ams_floor_pJ; }
    return std::pow(10.0, 0.1 * (ams_slope_dB * enob - ams_offset_dB));
}

double survey_bound_pJ(double enob, config::Survey survey)
{
    const Envelope& e = survey == config::Survey::until_2018 ? until_2018 : until_2025;
    return e.floor_pJ + e.thermal_aJ * pico_of_atto * std::pow(4.0, enob);
}

double linear_bound_pJ(double enob, double vdd_V)
{
    return (linear_fF * enob + thermal_fF * std::pow(4.0, enob)) * vdd_V * vdd_V * pico_of_femto;
}

int products_per_conversion(const TileConfig& tile)
{
    const auto& given = tile.energy.adc_bound.n_mult;
    if (given) { return *given; }
    if (tile.kind == config::TileKind::pim) { return config::group_size(tile.pim); }
    if (tile.adc.model == config::AdcModel::ams) { return tile.adc.ams.n_mult; }
    return static_cast<int>(tile.rows);
}

double conversions_per_phase(const TileConfig& tile)
{
    const auto n = static_cast<std::size_t>(products_per_conversion(tile));
    return static_cast<double>(tile.cols * ((tile.rows + n - 1) / n));
}

std::optional<AdcBound> adc_bound_of(const TileConfig& tile, double conversions_per_mvm,
                                     double read_nJ_without_adc)
{
    const config::AdcBoundConfig& asked = tile.energy.adc_bound;
    if (!(conversions_per_mvm >= 0.0) || !(read_nJ_without_adc >= 0.0)) {
        throw std::invalid_argument("adc_bound_of: a count or an energy below 0");
    }
    if (asked.model == BoundModel::none || tile.kind == config::TileKind::digital_cim) {
        return std::nullopt;
    }
    AdcBound b;
    b.model = asked.model;
    b.enob = enob_of(tile);
    b.n_mult = products_per_conversion(tile);
    b.derate = asked.derate;
    b.conversion_pJ = b.derate * bound_pJ(asked, b.enob);
    b.mac_fJ = b.conversion_pJ / b.n_mult / pico_of_femto;
    b.per_mvm_nJ = conversions_per_mvm * b.conversion_pJ * nano_of_pico;
    b.mvm_mac_fJ = b.per_mvm_nJ /
                   (static_cast<double>(tile.rows) * static_cast<double>(tile.cols)) /
                   nano_of_pico / pico_of_femto;
    const double total = b.per_mvm_nJ + read_nJ_without_adc;
    b.adc_share = total > 0.0 ? b.per_mvm_nJ / total : 0.0;
    b.tag = tag_of(asked);
    return b;
}

}  // namespace aimc::cost
