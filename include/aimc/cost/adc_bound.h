// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <optional>
#include <string>

/// What converters must take at least, beside what a configuration says that they take. A bound of
/// the converter alone, and a loose one: other blocks take energy as well, and the best published
/// converters rarely fit the pitch of a column, which `derate` is for.
namespace aimc::cost {

/// Least energy of one conversion by the AMS model: 0.3 pJ up to 10.5 bit, beyond that
/// 10^(0.1 (6.02 enob - 68.25)) pJ, a Schreier figure of merit of 187 dB.
/// Source: Rekhi19 (recalled; cross-checked with the ADC survey until 2018, of which no converter
/// takes less).
/// @param enob  [bit]   @return  [pJ]
double ams_bound_pJ(double enob);

/// Envelope of the ADC survey: the mean of its three lowest energies, and of its three lowest
/// energy / 4^ENOB times 4^enob: 0.344 pJ + 0.2595 aJ 4^enob until 2018, 0.267 pJ + 0.1446 aJ
/// 4^enob until 2025.
/// Derived: from the survey's data (Murmann, rev 20250609); the form is that of its plots.
/// @param enob  [bit]   @return  [pJ]
double survey_bound_pJ(double enob, config::Survey survey);

/// Linear and thermal term: (100 fF enob + 0.001 fF 4^enob) vdd^2.
/// Source: zigzag-imc, fitted to converters of 22 to 28 nm analog arrays.
/// @param enob  [bit]   @param vdd_V  [V]   @return  [pJ]
double linear_bound_pJ(double enob, double vdd_V);

/// Bound of one tile. Energies include `derate`.
struct AdcBound {
    config::BoundModel model = config::BoundModel::none;
    double enob = 0.0;           ///< [bit]
    int n_mult = 0;              ///< products per conversion
    double derate = 1.0;         ///< [-] times the bound
    double conversion_pJ = 0.0;  ///< [pJ] one conversion
    double mac_fJ = 0.0;         ///< [fJ] conversion_pJ / n_mult, one conversion per product
    double per_mvm_nJ = 0.0;     ///< [nJ] all conversions of an MVM
    double mvm_mac_fJ = 0.0;     ///< [fJ] per_mvm_nJ / (rows x cols): all phases, slices, planes
    double adc_share = 0.0;      ///< [-] per_mvm_nJ / (per_mvm_nJ and the rest of the read)
    std::string tag;             ///< where the model is from, and how sure that is
};

/// energy.adc_bound.n_mult, or how many products the tile converts at once: adc.ams.n_mult, the
/// group of a pim tile, or all rows.
int products_per_conversion(const config::TileConfig& tile);

/// Conversions of one read phase of an analog tile: one per column and group of products.
/// Choice: a tile of more rows than a converter sums makes further conversions, as the AMS model
/// does; all rows are summed at once by default, and then it is one per column.
double conversions_per_phase(const config::TileConfig& tile);

/// The bound that energy.adc_bound asks for; none without a model, and for a digital tile, which
/// converts nothing.
/// @param conversions_per_mvm    of all columns and phases
/// @param read_nJ_without_adc    [nJ] what the rest of a read takes per MVM
/// @throws std::invalid_argument  a count or an energy below 0
std::optional<AdcBound> adc_bound_of(const config::TileConfig& tile, double conversions_per_mvm,
                                     double read_nJ_without_adc);

}  // namespace aimc::cost
