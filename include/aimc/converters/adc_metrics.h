// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/converters/curves.h"

#include <cstddef>
#include <vector>

namespace aimc::converters {

/// One corner of a transfer curve as a data sheet draws it: what a whole window counts.
struct CountKnot {
    double i_uA = 0.0;    ///< [uA] constant bit-line current; any other unit of input will do
    double counts = 0.0;  ///< [counts] over the window, before the counter rounds
};

/// A figure and the code where it was found.
struct Extreme {
    double value;   ///< [counts], with its sign
    int code = -1;  ///< -1: nowhere
};

struct Extremes {
    Extreme min, max;
    const Extreme& largest() const;  ///< of the two the one of larger magnitude
};

/// A line through the transition levels, counts = gain * nominal counts + offset, and how far the
/// curve is from it. Not a number where the curve has fewer than two transition levels.
struct LineMetrics {
    double gain;     ///< [-] relative to nominal
    double offset;   ///< [counts]
    Extremes inl;    ///< at transition k - 1 -> k; positive: the count runs ahead of the line
    Extremes dnl;    ///< of code k; positive: the code is wide; -1: it is missing
    double inl_rms;  ///< [counts]
};

/// Errors against the ideal converter, in nominal counts; positive: it reads too much.
/// Source: Microchip's ADC definitions: the first transition against 0.5 LSB; after removal of that
/// offset, the last against full scale - 1.5 LSB; the largest error of any transition.
/// Choice: these ideal levels, k - 0.5, are those of a converter that rounds to the nearest code.
/// A counter that floors is held against its own, at k.
struct DataSheetErrors {
    double offset;  ///< [counts]
    double gain;    ///< [counts] at the last transition
    Extreme absolute_accuracy;
};

/// Static metrics of one transfer curve.
///
///   T[k] * gain + offset + e[k] = y[k]     T[k]: input, in nominal counts, where k - 1 becomes k
///   INL[k] = e[k]     DNL[k] = (T[k+1] - T[k]) * gain - 1     y[k] = k (floor), k - 0.5 (nearest)
///
/// Both end codes are left out: they have no width.
/// Source: IEEE 1241 (terminal based: e is zero at both ends; independently based: least squares).
struct AdcMetrics {
    LineMetrics end_point;       ///< terminal based
    LineMetrics best_fit;        ///< independently based
    DataSheetErrors data_sheet;  ///< NaN without a line
    double measured_lsb;         ///< (T_last - T_first) / steps between them          [input]
    int first_code = 0;          ///< codes in use
    int last_code = 0;
    int missing_codes = 0;  ///< best-fit DNL at or below missing_code_dnl
    bool monotone = true;   ///< the counts never fall while the input rises
    double bits;            ///< n = log2(codes in use)
    double enob;            ///< [bit] n - log2(1 + 12 (INL_rms^2 + sigma^2)) / 2, best fit
};

/// Source: IEEE 1241. Many tools use -1.
constexpr double missing_code_dnl = -0.9;

/// A correction of the counts: scale * count + offset, scale > 0.
struct CountAffine {
    double scale = 1.0;
    double offset = 0.0;  ///< [counts]
};

/// The correction that takes a line back to gain 1 and offset 0, as real numbers.
CountAffine correction_of(const LineMetrics& line);

/// Code that the counter gives for so many counts.
/// Choice: as in CcoAdc, 2^-10 count below the next code is that code.
int code_of(double counts, config::Rounding rounding = config::Rounding::floor);

/// Input at which the counter goes from code k - 1 to k, for k = first code + 1 .. last code.
/// Where a curve falls and rises again, the first crossing counts.                       [uA]
std::vector<double> transition_levels(const std::vector<CountKnot>& knots,
                                      config::Rounding rounding = config::Rounding::floor);

/// @param knots                  inputs never fall; straight lines between, held outside
/// @param nominal_counts_per_uA  slope of the ideal curve
/// @param sigma_lsb              thermal noise, for the ENOB                           [counts]
/// @param correction             applied to the counts, as the post unit does; INL and DNL stay in
///                               steps of the corrected counter
AdcMetrics measure_curve(const std::vector<CountKnot>& knots, double nominal_counts_per_uA,
                         double sigma_lsb, CountAffine correction = {},
                         config::Rounding rounding = config::Rounding::floor);

/// INL at transition first code + 1 + i; DNL of code first code + 1 + i, one fewer.     [counts]
struct Deviations {
    std::vector<double> inl, dnl;
};
/// @param line  of `measure_curve` on the same knots, not corrected
Deviations deviations_from(const LineMetrics& line, const std::vector<CountKnot>& knots,
                           double nominal_counts_per_uA,
                           config::Rounding rounding = config::Rounding::floor);

/// A modelled curve as seen over one conversion: the free-running offset added, and clipped at zero
/// and at the rate of the last knot as CcoAdc does.
std::vector<CountKnot> counts_over_window(const std::vector<Knot>& curve, double offset_counts,
                                          int n_window);

/// Least, mean and largest over columns; columns without a line are left out.
struct MinMeanMax {
    double min, mean, max;
};
MinMeanMax min_mean_max(const std::vector<double>& values);

struct LineSummary {
    MinMeanMax gain, offset;  ///< [-], [counts]
    MinMeanMax inl, dnl;      ///< [counts] largest magnitude of each column
    MinMeanMax inl_rms;       ///< [counts]
};

struct MetricsSummary {
    std::size_t columns = 0;       ///< curves measured
    std::size_t not_monotone = 0;  ///< of these
    LineSummary end_point, best_fit;
    MinMeanMax missing_codes, enob;
};
MetricsSummary summarise(const std::vector<AdcMetrics>& columns);

}  // namespace aimc::converters
