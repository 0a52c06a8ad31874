// SPDX-License-Identifier: Apache-2.0
#include "key_makers.h"

// Keys of the converters.

namespace aimc::config::detail {

void add_adc_keys(std::vector<Key>& all)
{
    all.push_back(choice("adc.model", AIMC_FIELD(adc.model),
                         "Choice: the converter of the tile this project is about",
                         "oscillator: the physical converter; ams: an exact conversion and one "
                         "Gaussian error, by effective bits."));
    all.push_back(choice("adc.curves", AIMC_FIELD(adc.curves),
                         "Choice: nothing random unless asked for",
                         "Transfer curves: ideal (one straight line), parametric (drawn from the "
                         "spread below) or file (replayed points)."));
    all.push_back(file("adc.curve_file", AIMC_FIELD(adc.curve_file), "Choice: none",
                       "Curve file (CSV, with its .json beside it); needs `curves: file`."));
    all.push_back(
        choice("adc.few_curves", AIMC_FIELD(adc.few_curves), "Choice: nothing is guessed",
               "A curve file with fewer columns than the tile: reject it, or repeat its columns."));
    all.push_back(choice("adc.non_monotone", AIMC_FIELD(adc.non_monotone),
                         "Choice: nothing is guessed",
                         "A curve that falls somewhere: reject the file, or use its best "
                         "non-decreasing fit."));
    all.push_back(number("adc.gain_MHz_per_uA", AIMC_FIELD(adc.gain_MHz_per_uA), {0.001, 1e6},
                         "MHz/uA",
                         "Derived: 2.48 MHz/uA are 7.09 % in Khaddam22 (second-hand notes)",
                         "Count rate per current of ideal and parametric curves."));
    all.push_back(number(
        "adc.full_scale_uA", AIMC_FIELD(adc.full_scale_uA), {0.001, 1e6}, "uA",
        "Derived: about 3.3 GHz peak (Khaddam22) / 35 MHz/uA",
        "The oscillator's ceiling; null: none (ideal curves only). A curve file has its own."));
    all.push_back(or_word(
        "calibrate", number("adc.current_ratio", AIMC_FIELD(adc.current_ratio), {0.0001, 1000.0},
                            "-", "Choice: the current as it is",
                            "Ratio of the input current mirror; calibrate: at most 0.1 % of "
                            "the conversions exceed the ceiling (0.05 % in calibration).")));
    all.push_back(integer("adc.count_bits", AIMC_FIELD(adc.count_bits), {1, 24}, "bit",
                          "Source: LeGallo23, machine-made description of a figure (2 x 12 bit)",
                          "Width of each of the two counters; they clip."));
    all.push_back(choice("adc.rounding", AIMC_FIELD(adc.rounding), "Choice: a counter floors",
                         "What happens to the last, unfinished count of a conversion."));
    all.push_back(choice("adc.integration", AIMC_FIELD(adc.integration),
                         "Choice: exact for non-linear curves",
                         "time_resolved: the curve acts on the current at each moment; charge: on "
                         "its mean."));
    all.push_back(number("adc.sigma_lsb", AIMC_FIELD(adc.sigma_lsb), {0.0, 1000.0}, "counts",
                         "Choice: none; no figure was found",
                         "Thermal noise (standard deviation), fresh for each conversion."));
    all.push_back(
        number("adc.polarity_deadband_uA", AIMC_FIELD(adc.polarity_deadband_uA), {0.0, 1000.0},
               "uA", "Choice: none; no figure was found",
               "Currents smaller than this may be counted to the wrong polarity (one_phase)."));
    all.push_back(number("adc.input_offset_sd_uA", AIMC_FIELD(adc.input_offset_sd_uA),
                         {0.0, 1000.0}, "uA", "Choice: none; no figure was found",
                         "Standard deviation of each column's input offset current."));

    all.push_back(number("adc.ams.enob", AIMC_FIELD(adc.ams.enob), {1.0, 24.0}, "bit",
                         "Choice: any will do, Rekhi19 sweeps it",
                         "Effective number of bits of one conversion."));
    all.push_back(integer("adc.ams.n_mult", AIMC_FIELD(adc.ams.n_mult), {1, 65536}, "products",
                          "Choice: the 8 of the sheet's cross-check with Rekhi19's headline",
                          "Products that are summed before one conversion."));
    all.push_back(integer("adc.ams.n_total", AIMC_FIELD(adc.ams.n_total), {1, 1 << 24}, "products",
                          "Choice: all that a column holds, layers that share it together",
                          "Products of one neuron; null: word lines from the first to the last "
                          "weight of its column."));
    all.push_back(number("adc.ams.fixed_share", AIMC_FIELD(adc.ams.fixed_share), {0.0, 1.0}, "-",
                         "Choice: all of it fresh, as a Gaussian at the output is",
                         "Share of the error's variance that belongs to device and vector and "
                         "comes back at every repeat, as quantisation error does."));

    all.push_back(number("adc.parametric.gain_sd", AIMC_FIELD(adc.parametric.gain_sd), {0.0, 1.0},
                         "-", "Source: Khaddam22, second-hand notes (7.09 % after calibration)",
                         "Standard deviation of the relative gain."));
    all.push_back(number("adc.parametric.gain_limit", AIMC_FIELD(adc.parametric.gain_limit),
                         {0.0, 0.95}, "-", "Source: Khaddam22, second-hand notes (within +-21 %)",
                         "Gains are cut at 1 -+ this."));
    all.push_back(number("adc.parametric.offset_sd_counts",
                         AIMC_FIELD(adc.parametric.offset_sd_counts), {0.0, 1000.0}, "counts",
                         "Choice: no figure was found for this chip",
                         "Standard deviation of the free-running counts per conversion."));
    all.push_back(number("adc.parametric.s_shape_counts", AIMC_FIELD(adc.parametric.s_shape_counts),
                         {0.0, 1000.0}, "counts", "Choice: no INL was published",
                         "Largest deviation of a curve from its straight line."));
    all.push_back(number("adc.parametric.polarity_correlation",
                         AIMC_FIELD(adc.parametric.polarity_correlation), {0.0, 1.0}, "-",
                         "Choice: no figure was found; try 0 and 1 too",
                         "Correlation between the gain errors of a column's two polarities."));
    all.push_back(integer("adc.parametric.segments", AIMC_FIELD(adc.parametric.segments), {1, 64},
                          "", "Choice: enough for a smooth S-shape",
                          "Straight pieces of each curve."));
}

}  // namespace aimc::config::detail
