// SPDX-License-Identifier: Apache-2.0
// What word lines carry in the steps of a read, for tiles that are not analog.
#include "aimc/digital/digital.h"
#include "aimc/schemes/scheme.h"

#include "vcd_signals.h"

#include <algorithm>
#include <cstdlib>

namespace aimc::report {

int word_line_bits(const config::TileConfig& config)
{
    switch (config.kind) {
        case config::TileKind::analog: break;
        case config::TileKind::pim: return config.pim.slice_bits;
        case config::TileKind::digital_cim: return config.digital.input_bits_per_cycle;
    }
    return 1;
}

/// From one edge to another; afterwards the line rests.
void VcdWriter::Impl::drive(std::size_t row, int value, std::uint64_t from, std::uint64_t to)
{
    if (value == 0 || row >= wl.size()) { return; }
    if (word_line_bits(config) == 1) {
        dump.pulse(from, to, wl[row]);
    } else {
        dump.change(from, wl[row], value);
        dump.change(to, wl[row], 0);
    }
}

/// Passes, in each the groups, in each the slices from the lowest: the digit of each input that
/// takes part, while it is driven; then the conversions.
void VcdWriter::Impl::evaluations(const mvm::MvmRecord& r)
{
    const config::PimConfig& p = config.pim;
    const auto& codes = r.values.x;
    const schemes::Passes passes = schemes::passes_of(codes.data(), codes.size());
    const auto per_group = static_cast<std::size_t>(config::group_size(p));
    const auto n_step = static_cast<std::uint64_t>(schemes::n_step_cycles(p));
    const auto n_drive = static_cast<std::uint64_t>(p.n_evaluate);
    std::uint64_t begin = r.times.start;
    for (const bool negative : {false, true}) {
        if (!(negative ? passes.negative : passes.positive)) { continue; }
        for (std::size_t first = 0; first < codes.size(); first += per_group) {
            for (int slice = 0; slice < schemes::slices(p); ++slice, begin += n_step) {
                dump.pulse(begin, begin + n_drive, integrating);
                const std::size_t end = std::min(first + per_group, codes.size());
                for (std::size_t row = first; row < end; ++row) {
                    if (negative != (codes[row] < 0)) { continue; }
                    const int digit = std::abs(int{codes[row]}) >> (slice * p.slice_bits);
                    drive(row, digit & ((1 << p.slice_bits) - 1), begin, begin + n_drive);
                }
            }
        }
    }
}

/// One group of bit planes per cycle, the highest first.
void VcdWriter::Impl::planes(const mvm::MvmRecord& r)
{
    const config::DigitalConfig& d = config.digital;
    const auto& codes = r.values.x;
    const unsigned occupied = digital::occupied_bits(codes.data(), codes.size());
    const unsigned mask = (1U << d.input_bits_per_cycle) - 1U;
    std::uint64_t cycle = r.times.start;
    for (int group = digital::cycles_per_vector(d) - 1; group >= 0; --group) {
        if (!digital::is_read(d, group, occupied)) { continue; }
        dump.pulse(cycle, cycle + 1, integrating);
        const int from = group * d.input_bits_per_cycle;
        for (std::size_t row = 0; row < codes.size(); ++row) {
            const auto code = static_cast<unsigned>(static_cast<std::uint8_t>(codes[row])) &
                              ((1U << d.input_bits) - 1U);
            drive(row, static_cast<int>((code >> from) & mask), cycle, cycle + 1);
        }
        ++cycle;
    }
}

void VcdWriter::Impl::steps(const mvm::MvmRecord& r)
{
    switch (config.kind) {
        case config::TileKind::analog: phases(r); break;
        case config::TileKind::pim: evaluations(r); break;
        case config::TileKind::digital_cim: planes(r); break;
    }
}

}  // namespace aimc::report
