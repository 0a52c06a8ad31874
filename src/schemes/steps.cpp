// SPDX-License-Identifier: Apache-2.0
#include "aimc/schemes/steps.h"

#include <algorithm>
#include <cmath>

namespace aimc::schemes {

int n_steps(const config::PimConfig& pim, const std::int8_t* x, std::size_t rows)
{
    const bool any_negative = std::any_of(x, x + rows, [](std::int8_t v) { return v < 0; });
    const bool any_positive = std::any_of(x, x + rows, [](std::int8_t v) { return v > 0; });
    const int passes = any_negative && any_positive ? 2 : 1;
    const auto per_group = static_cast<std::size_t>(config::group_size(pim));
    const auto groups = static_cast<int>((rows + per_group - 1) / per_group);
    const int slices = (pim.input_bits + pim.slice_bits - 1) / pim.slice_bits;
    return passes * groups * slices;
}

int columns_per_output(const config::PimConfig& pim)
{
    switch (pim.scheme) {
        case config::Scheme::native: return 1;
        case config::Scheme::differential: return 2;
        case config::Scheme::bit_serial: break;
    }
    return pim.weight_bits;
}

double converter_step(const config::PimConfig& pim)
{
    const bool is_native = pim.scheme == config::Scheme::native;
    const double code = std::ldexp(1.0, is_native ? pim.bits - 1 : pim.bits) - 1.0;
    const double weight =
        pim.scheme == config::Scheme::bit_serial ? 1.0 : std::ldexp(1.0, pim.weight_bits - 1) - 1.0;
    const double slice = std::ldexp(1.0, pim.slice_bits) - 1.0;
    return std::max(1.0, pim.range_share * (config::group_size(pim) * weight * slice) / code);
}

int n_step_cycles(const config::PimConfig& pim)
{
    const int rounds = (columns_per_output(pim) + pim.converters - 1) / pim.converters;
    return pim.n_evaluate + rounds * config::n_convert(pim);
}

}  // namespace aimc::schemes
