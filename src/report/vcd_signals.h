// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/vcd.h"

#include "vcd_grammar.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aimc::report {

/// Codes of tile.controller.state; the order of `state_words`.
enum ArrayState : std::int64_t { idle, reading, input_starved, post_busy, output_blocked, drain };

/// Codes of tile.crossbar.phase beside 1 .. 4, the phases of four_phase.
constexpr std::int64_t no_phase = nothing, all_signs = 5;

/// Bits that a word line carries at a time: a level of an analog tile.
int word_line_bits(const config::TileConfig& config);

/// Every transfer at edge t shows as valid and taken both high in the cycle that begins at t.
struct VcdWriter::Impl {
    struct LaneWaves {
        int busy, column, y;
    };

    config::TileConfig config;
    WaveDump dump;
    int x_valid = -1, x_taken = -1, x_fill = -1, x_ready = -1;
    int state = -1, state_name = -1, mvm = -1, start = -1;
    int array_busy = -1, integrating = -1, phase = -1;
    int counts_valid = -1, counts_taken = -1, banks = -1;
    int post_busy_wave = -1, post_mvm = -1;
    int y_valid = -1, y_taken = -1, y_fill = -1, y_ready = -1, y_mvm = -1;
    std::vector<int> wl, x, c_p, c_n, y;
    std::vector<LaneWaves> lanes;
    std::size_t columns_per_lane = 1;

    std::uint64_t opens, closes;                ///< the window [cycles]
    std::optional<mvm::MvmRecord> newest_over;  ///< of those that are over before the window
    std::optional<mvm::MvmTimes> last;
    /// [from, H) in which nothing but an output slot kept the post unit from one of the newest
    /// vectors.
    std::deque<std::pair<std::uint64_t, std::uint64_t>> blocked;
    std::uint64_t n_pipeline;  ///< F [cycles]

    Impl(const config::TileConfig& tile, const VcdSelection& selection);

    int level(const std::string& scope, const char* name, std::int64_t initial = 0);
    std::vector<int> bus(const std::string& scope, const std::string& name, std::size_t n,
                         int width);
    void declare_inputs();
    void declare_outputs();
    void draw(const mvm::MvmRecord& record);
    void remember(const mvm::MvmTimes& t);
    void controller(const mvm::MvmRecord& r);
    void gap(std::uint64_t from, std::uint64_t to, std::uint64_t in);
    void set_state(std::uint64_t cycle, ArrayState code);
    void input(const mvm::MvmRecord& r);
    void steps(const mvm::MvmRecord& r);
    void phases(const mvm::MvmRecord& r);
    void evaluations(const mvm::MvmRecord& r);
    void planes(const mvm::MvmRecord& r);
    void drive(std::size_t row, int value, std::uint64_t from, std::uint64_t to);
    /// The edge at which the array has read the vector: C, or F cycles before it.
    std::uint64_t read_end(const mvm::MvmTimes& t) const { return t.counts - n_pipeline; }
    void converters(const mvm::MvmRecord& r);
    void post(const mvm::MvmRecord& r);
    void output(const mvm::MvmRecord& r);
};

}  // namespace aimc::report
