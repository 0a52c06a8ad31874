// SPDX-License-Identifier: Apache-2.0
#include "vcd_signals.h"

#include "aimc/mvm/timing.h"

#include <algorithm>

namespace aimc::report {

namespace {

const std::vector<const char*> state_words = {"idle",      "reading",        "input_starved",
                                              "post_busy", "output_blocked", "drain"};
/// By code. Four-phase: sign of the input, sign of the weight. One-phase: all rows at once.
const std::vector<const char*> phase_words = {"", "PP", "PN", "NP", "NN", "all"};

/// Bits that hold 0 .. largest.
int bits_for(std::size_t largest)
{
    int bits = 2;  // a bus, so that it can be drawn as z
    while ((largest >> static_cast<unsigned>(bits)) != 0) { ++bits; }
    return bits;
}

}  // namespace

VcdWriter::Impl::Impl(const config::TileConfig& tile, const VcdSelection& selection)
    : config(tile),
      dump(selection, tile.t_clk_ps),
      opens(selection.from),
      closes(selection.to),
      n_pipeline(static_cast<std::uint64_t>(mvm::n_pipeline_cycles(tile)))
{
    declare_inputs();
    declare_outputs();
    dump.begin();
}

int VcdWriter::Impl::level(const std::string& scope, const char* name, std::int64_t initial)
{
    return dump.declare(scope, name, 1, WaveKind::level, initial);
}

/// One signal per row or column: name_0, name_1, ... Empty when none is selected.
std::vector<int> VcdWriter::Impl::bus(const std::string& scope, const std::string& name,
                                      std::size_t n, int width)
{
    std::vector<int> all;
    for (std::size_t i = 0; i < n; ++i) {
        all.push_back(dump.declare(scope, name + std::to_string(i), width,
                                   width == 1 ? WaveKind::level : WaveKind::word,
                                   width == 1 ? 0 : unknown));
    }
    // Of a bus that nobody asked for, nobody looks at the values.
    const bool selected = std::any_of(all.begin(), all.end(), [](int one) { return one >= 0; });
    return selected ? all : std::vector<int>{};
}

void VcdWriter::Impl::declare_inputs()
{
    dump.declare_clock("tile");
    const std::string control = "tile.controller";
    state = dump.declare(control, "state", 3, WaveKind::word, idle);
    state_name = dump.declare(control, "state_name", 112, WaveKind::text, idle, &state_words);
    mvm = dump.declare(control, "mvm", 32, WaveKind::word, unknown);
    start = level(control, "start");
    const std::string dac = "tile.dac_bank";
    x_valid = level(dac, "valid");
    x_taken = level(dac, "taken");
    x_ready = level(dac, "ready", config.controller.input_slots);
    x_fill = dump.declare(dac, "fill", 8, WaveKind::fill, 0);
    wl = bus(dac, "wl_", config.rows, word_line_bits(config));
    x = bus(dac, "x_", config.rows, 8);
    const std::string array = "tile.crossbar";
    array_busy = level(array, "busy");
    integrating = level(array, "integrating");
    phase = dump.declare(array, "phase", 24, WaveKind::text, no_phase, &phase_words);
    const std::string adc = "tile.adc_bank";
    counts_valid = level(adc, "counts_valid");
    counts_taken = level(adc, "counts_taken");
    banks = dump.declare(adc, "banks_held", 2, WaveKind::fill, 0);
    c_p = bus(adc, "cp_", config.cols, config::count_bits(config));
    const bool single =
        config.post == config::PostUnit::nmpu && config.nmpu.branch == config::Branch::single;
    c_n = bus(adc, "cn_", single ? 0 : config.cols, config::count_bits(config));
}

void VcdWriter::Impl::declare_outputs()
{
    const bool is_nmpu = config.post == config::PostUnit::nmpu;
    const std::string unit = is_nmpu ? "tile.nmpu_bank" : "tile.ldpu";
    post_busy_wave = level(unit, "busy");
    post_mvm = dump.declare(unit, "mvm", 32, WaveKind::word, nothing);
    if (is_nmpu) {
        const auto n_lanes = static_cast<std::size_t>(config.nmpu.lanes);
        columns_per_lane = (config.cols + n_lanes - 1) / n_lanes;
        for (std::size_t l = 0; l < n_lanes; ++l) {
            const std::string lane = unit + ".lane_" + std::to_string(l);
            lanes.push_back(
                {level(lane, "busy"),
                 dump.declare(lane, "column", bits_for(config.cols - 1), WaveKind::word, nothing),
                 dump.declare(lane, "y", config.nmpu.out_bits, WaveKind::word, unknown)});
        }
    }
    const std::string buffer = "tile.output_buffer";
    y_valid = level(buffer, "valid");
    y_taken = level(buffer, "taken");
    y_ready = level(buffer, "ready", config.controller.output_slots);
    y_fill = dump.declare(buffer, "fill", 8, WaveKind::fill, 0);
    y_mvm = dump.declare(buffer, "mvm", 32, WaveKind::word, nothing);
    y = bus(buffer, "y_", config.cols, config.nmpu.out_bits);
}

}  // namespace aimc::report
