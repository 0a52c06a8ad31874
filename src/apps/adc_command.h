// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/curve_file.h"

#include <string>

namespace aimc::apps {

/// Static metrics of every curve of a file: what `sim adc CURVES.csv` prints, at most 100 columns
/// wide. Gain is given in counts per unit of the file's input, and relative to the mean of its
/// curves. Choice: a curve file names no nominal gain, so the mean stands in for it.
std::string adc_table(const config::CurveFile& file);

/// The same as JSON, "format": "aimc-adc-metrics/1", with both lines of every curve.
std::string adc_json(const config::CurveFile& file);

}  // namespace aimc::apps
