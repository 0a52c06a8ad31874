// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/converters/adc_metrics.h"

namespace aimc::converters {

/// Coherent sampling: so many samples of so many periods of the sine. The periods are odd, so no
/// two samples see the same phase; and the phases start a quarter of their step late, so no two see
/// the same input. A static curve has no memory: the frequency is named, but does not matter.
/// Choice: both numbers.
constexpr int sine_samples = 16384;
constexpr int sine_periods = 1021;

/// A simulated full-scale sine through a static transfer curve. Its peaks are half a measured LSB
/// beyond the first and the last transition, in the middle of the two end codes: for n bits an
/// amplitude of (2^n - 1) / 2 LSB.
/// Choice: with peaks at the far edge of the end codes the quantisation error there goes with the
/// signal, and an ideal 8-bit converter seems to have 7.98 bits; so it has 8.01.
struct SineMetrics {
    double middle;     ///< [input]
    double amplitude;  ///< [input] of full scale
    double sinad_dB;   ///< rms of the sine over rms of everything else but DC
    double enob;       ///< [bit] (SINAD - 1.76) / 6.02
};

/// Not a number for a curve of fewer than two transition levels. Not for the data path: libm's
/// sine makes the inputs.
///
/// @param sigma_lsb  thermal noise; its power is added, no noise is drawn                [counts]
SineMetrics measure_sine(const std::vector<CountKnot>& knots, double sigma_lsb,
                         config::Rounding rounding = config::Rounding::floor);

}  // namespace aimc::converters
