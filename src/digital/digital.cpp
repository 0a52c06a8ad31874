// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/digital.h"

namespace aimc::digital {

int tree_levels(std::size_t rows)
{
    int levels = 0;
    for (std::size_t words = rows; words > 1; words = (words + 1) / 2) { ++levels; }
    return levels;
}

int tree_bits(std::size_t rows, int weight_bits) { return weight_bits + tree_levels(rows); }

int accumulator_bits(std::size_t rows, const config::DigitalConfig& digital)
{
    return tree_bits(rows, digital.weight_bits) + digital.input_bits;
}

std::int64_t tree_full_adders(std::size_t rows, int weight_bits)
{
    std::int64_t adders = 0;
    int width = weight_bits;
    for (std::size_t words = rows; words > 1; words = (words + 1) / 2) {
        adders += static_cast<std::int64_t>(words / 2) * width;
        ++width;
    }
    return adders;
}

std::int64_t column_full_adders(std::size_t rows, const config::DigitalConfig& digital)
{
    return digital.input_bits_per_cycle *
           (tree_full_adders(rows, digital.weight_bits) + accumulator_bits(rows, digital));
}

int cycles_per_vector(const config::DigitalConfig& digital)
{
    return (digital.input_bits + digital.input_bits_per_cycle - 1) / digital.input_bits_per_cycle;
}

unsigned occupied_bits(const std::int8_t* x, std::size_t rows)
{
    unsigned occupied = 0;
    for (std::size_t r = 0; r < rows; ++r) { occupied |= static_cast<std::uint8_t>(x[r]); }
    return occupied;
}

bool is_read(const config::DigitalConfig& digital, int group, unsigned occupied)
{
    if (!digital.skip_zero_planes) { return true; }
    const unsigned format = occupied & ((1U << digital.input_bits) - 1);
    const int from = group * digital.input_bits_per_cycle;
    const unsigned planes = ((1U << digital.input_bits_per_cycle) - 1) << from;
    return (format & planes) != 0 || (format == 0 && group == 0);
}

int cycles_of(const config::DigitalConfig& digital, unsigned occupied)
{
    int read = 0;
    for (int group = 0; group < cycles_per_vector(digital); ++group) {
        read += is_read(digital, group, occupied) ? 1 : 0;
    }
    return read;
}

int n_steps(const config::DigitalConfig& digital, const std::int8_t* x, std::size_t rows)
{
    if (!digital.skip_zero_planes) { return cycles_per_vector(digital); }
    return cycles_of(digital, occupied_bits(x, rows));
}

double giga_operations_per_s(const config::TileConfig& tile)
{
    constexpr double ps_per_ns = 1000.0;
    const double operations = 2.0 * static_cast<double>(tile.rows) * static_cast<double>(tile.cols);
    const double t_vector_ns =
        cycles_per_vector(tile.digital) * static_cast<double>(tile.t_clk_ps) / ps_per_ns;
    return operations / t_vector_ns;
}

}  // namespace aimc::digital
