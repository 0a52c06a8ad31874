// SPDX-License-Identifier: Apache-2.0
#include "aimc/schemes/scheme.h"

#include "aimc/base/fixed_point.h"

#include <algorithm>
#include <cmath>

namespace aimc::schemes {

using config::PimConfig;
using config::Scheme;

int physical_columns(const PimConfig& pim)
{
    switch (pim.scheme) {
        case Scheme::native: return 1;
        case Scheme::differential: return 2;
        case Scheme::bit_serial: break;
    }
    return pim.weight_bits;
}

int slices(const PimConfig& pim) { return (pim.input_bits + pim.slice_bits - 1) / pim.slice_bits; }

std::size_t groups(const PimConfig& pim, std::size_t rows)
{
    const auto n = static_cast<std::size_t>(config::group_size(pim));
    return (rows + n - 1) / n;
}

std::int64_t largest_partial_sum(const PimConfig& pim)
{
    const std::int64_t weight = pim.scheme == Scheme::bit_serial ? 1 : signed_max(pim.weight_bits);
    return config::group_size(pim) * weight * ((std::int64_t{1} << pim.slice_bits) - 1);
}

CodeRange code_range(const PimConfig& pim)
{
    if (pim.scheme == Scheme::native) {
        const auto most = static_cast<std::int32_t>(signed_max(pim.bits));
        return {-most, most};
    }
    return {0, (std::int32_t{1} << pim.bits) - 1};
}

double full_scale(const PimConfig& pim)
{
    const double spanned = pim.range_share * static_cast<double>(largest_partial_sum(pim));
    return std::max(spanned, static_cast<double>(code_range(pim).most));
}

double step(const PimConfig& pim) { return full_scale(pim) / code_range(pim).most; }

std::int64_t levels(const PimConfig& pim)
{
    return (pim.scheme == Scheme::native ? 2 : 1) * largest_partial_sum(pim) + 1;
}

int lossless_bits(const PimConfig& pim)
{
    int bits = 1;
    while ((std::int64_t{1} << bits) < levels(pim)) { ++bits; }
    return bits;
}

Passes passes_of(const std::int8_t* x, std::size_t rows)
{
    int least = 0;
    int most = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        least = std::min<int>(least, x[r]);
        most = std::max<int>(most, x[r]);
    }
    return {most > 0 || least == 0, least < 0};
}

int n_steps(const PimConfig& pim, const std::int8_t* x, std::size_t rows)
{
    return passes_of(x, rows).count() * static_cast<int>(groups(pim, rows)) * slices(pim);
}

std::size_t conversions_per_output(const PimConfig& pim, std::size_t rows)
{
    return groups(pim, rows) * static_cast<std::size_t>(slices(pim) * physical_columns(pim));
}

int n_step_cycles(const PimConfig& pim)
{
    const int in_turn = (physical_columns(pim) + pim.converters - 1) / pim.converters;
    return pim.n_evaluate + in_turn * config::n_convert(pim);
}

double resolution_lost(double sigma_lsb)
{
    return 0.5 * std::log2(1.0 + 12.0 * sigma_lsb * sigma_lsb);
}

double effective_bits(int bits, double sigma_lsb) { return bits - resolution_lost(sigma_lsb); }

int suggested_training_bits(int bits, double sigma_lsb)
{
    return static_cast<int>(std::lround(effective_bits(bits, sigma_lsb)));
}

double wrong_code_probability(double sigma_lsb)
{
    return sigma_lsb > 0.0 ? std::erfc(0.5 / (sigma_lsb * std::sqrt(2.0))) : 0.0;
}

double rms_to_analog(double sigma_lsb) { return std::sqrt(sigma_lsb * sigma_lsb + 1.0 / 12.0); }

double uncorrected_rms(const PimConfig& pim, double code)
{
    const double gain = pim.gain_sd * code;
    return std::sqrt(pim.offset_sd_lsb * pim.offset_sd_lsb + gain * gain);
}

}  // namespace aimc::schemes
