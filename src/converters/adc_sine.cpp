// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/adc_sine.h"

#include "adc_line.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace aimc::converters {
namespace {

constexpr double two_pi = 6.283185307179586476925;

double counts_at(const std::vector<CountKnot>& knots, double input)
{
    const auto above = std::upper_bound(knots.begin(), knots.end(), input,
                                        [](double x, const CountKnot& k) { return x < k.i_uA; });
    if (above == knots.begin()) { return knots.front().counts; }
    if (above == knots.end()) { return knots.back().counts; }
    const CountKnot& from = *(above - 1);
    const double share = (input - from.i_uA) / (above->i_uA - from.i_uA);
    return from.counts + share * (above->counts - from.counts);
}

}  // namespace

SineMetrics measure_sine(const std::vector<CountKnot>& knots, double sigma_lsb,
                         config::Rounding rounding)
{
    const std::vector<double> levels = transition_levels(knots, rounding);
    if (levels.size() < 2 || levels.back() <= levels.front()) { return {none, none, none, none}; }
    const double span = levels.back() - levels.front();
    const double lsb = span / static_cast<double>(levels.size() - 1);
    SineMetrics m{levels.front() + span / 2.0, span / 2.0 + lsb / 2.0, none, none};

    double sum = 0.0;
    double squares = 0.0;
    double in_phase = 0.0;
    double quadrature = 0.0;
    for (std::int64_t i = 0; i < sine_samples; ++i) {
        const auto step = static_cast<double>(i * sine_periods % sine_samples);
        const double phase = two_pi * (step + 0.25) / sine_samples;
        const double s = std::sin(phase);
        const double code = code_of(counts_at(knots, m.middle + m.amplitude * s), rounding);
        sum += code;
        squares += code * code;
        in_phase += code * s;
        quadrature += code * std::cos(phase);
    }
    constexpr double n = sine_samples;
    const double signal = 2.0 * (in_phase * in_phase + quadrature * quadrature) / (n * n);
    const double rest = squares / n - (sum / n) * (sum / n) - signal + sigma_lsb * sigma_lsb;
    m.sinad_dB = 10.0 * std::log10(signal / rest);
    m.enob = (m.sinad_dB - 1.76) / 6.02;
    return m;
}

}  // namespace aimc::converters
