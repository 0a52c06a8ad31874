// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aimc::config {

/// One recorded point of an ADC transfer curve: `code` counts over the window at a constant input.
struct CurvePoint {
    double input = 0.0;  ///< magnitude, in the file's input unit
    double code = 0.0;   ///< [counts]; whole for recorded files
};

/// Curves of one column, points sorted by input. One-phase reads use both, four-phase `pos` only.
struct ColumnCurves {
    std::vector<CurvePoint> pos;
    std::vector<CurvePoint> neg;
};

/// An aimc-adc-curves/1 pair of files (NAME.csv and NAME.json), checked.
struct CurveFile {
    std::string name;       ///< as given
    bool measured = false;  ///< kind: measured | synthetic
    std::string chip;
    std::string input_unit;
    double full_scale = 0.0;             ///< in input_unit
    double full_scale_current_uA = 0.0;  ///< the bit-line current that full_scale stands for
    int code_bits = 12;
    double t_window_ns = 128.0;
    std::string source;
    std::string licence;
    std::size_t isotonic_columns = 0;   ///< curves changed by the isotonic policy
    std::vector<ColumnCurves> columns;  ///< index = column number in the file, no gaps
};

/// Throws InputError naming file, line and column. `isotonic` replaces codes by their best
/// non-decreasing fit (pool adjacent violators).
CurveFile load_curve_file(const std::string& csv_path, NonMonotone policy);

}  // namespace aimc::config
