// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/curve_file.h"

#include <optional>
#include <string>

namespace aimc::apps {

/// How `sim adc` takes the curves of a file.
struct AdcOptions {
    std::optional<double> sigma_lsb;  ///< [counts] thermal noise; a curve file has none
    std::optional<double> nominal;    ///< [counts / input unit] slope of the ideal converter
    config::Rounding rounding = config::Rounding::floor;
    bool as_words = false;  ///< the affine correction in the NMPU's 8-bit words, not real numbers
    bool full = false;      ///< JSON: the points, levels, INL[k] and DNL[k] of every curve
};

/// Metrics of every curve of a file: what `sim adc CURVES.csv` prints, at most 100 columns wide, in
/// one block each for the two lines, the data sheet, the recorded points, and before and after the
/// affine correction.
/// Choice: a curve file names no nominal gain; the mean best-fit gain of its curves stands in.
std::string adc_table(const config::CurveFile& file, const AdcOptions& options = {});

/// The same as JSON, "format": "aimc-adc-metrics/2".
std::string adc_json(const config::CurveFile& file, const AdcOptions& options = {});

}  // namespace aimc::apps
