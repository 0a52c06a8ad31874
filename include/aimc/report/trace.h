// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/mvm/post.h"
#include "aimc/mvm/record.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace aimc::report {

/// Everything above the events of an aimc-trace/1 file. From it and the counts a third party can
/// recompute every output without our code.
struct TraceHeader {
    std::string config;  ///< path as given
    std::uint64_t mvms = 0;
    std::uint64_t device_seed = 0;
    std::uint64_t read_seed = 0;
    std::vector<std::string> sets;  ///< "path.to.key=value"
    std::string chip;               ///< frozen chip as given, or empty
    std::string config_sha256;      ///< informative
    bool partial_output = false;    ///< post events carry s= (A) instead of y=
};

class HexDigits;

/// Writes an aimc-trace/1. Records come in order of `mvm`; events leave sorted by cycle, stage,
/// mvm.
class TraceWriter {
public:
    TraceWriter(const TraceHeader& header, const config::TileConfig& config,
                const mvm::PostWords& words);
    ~TraceWriter();
    TraceWriter(TraceWriter&&) noexcept;
    TraceWriter& operator=(TraceWriter&&) noexcept;
    void add(const mvm::MvmRecord& record);
    /// The text that is final so far, handed over once (for streaming to a file).
    std::string take();
    /// The same, put in place of `text`, whose memory is used for what comes: no allocation.
    void take(std::string& text);
    /// All that is left. @param complete  false: ends with "# incomplete"
    std::string finish(bool complete = true);

private:
    struct Event {
        std::uint64_t cycle;
        std::uint64_t mvm;
        unsigned char stage;  ///< place in the alphabet of the stage names
        std::string line;
        friend bool operator<(const Event& a, const Event& b)
        {
            return std::tie(a.cycle, a.stage, a.mvm) < std::tie(b.cycle, b.stage, b.mvm);
        }
    };
    /// Opens the line of an event; the caller appends its payload.
    std::string& push(std::uint64_t cycle, unsigned char stage, std::uint64_t mvm);
    void release(std::uint64_t before);

    config::TileConfig config_;
    int count_bits_;
    bool partial_output_;
    std::unique_ptr<HexDigits> hex_;
    std::vector<Event> waiting_;      ///< sorted
    std::vector<std::string> spare_;  ///< lines to be used again
    std::string ready_;
};

/// A golden file taken apart. Throws InputError (exit 3) naming the line when it is no trace.
struct ParsedTrace {
    TraceHeader header;
    std::vector<std::string> head_lines;  ///< all "# " lines but config, config_sha256
    std::vector<std::string> events;
    std::size_t first_event_line = 0;  ///< 1-based
};
ParsedTrace parse_trace(const std::string& text, const std::string& file);

/// First difference of two traces, as a few lines a person can read (cycle, stage, MVM, column or
/// row, expected, got), or nothing. `note` gets "config changed, all events agree" when that is so.
std::optional<std::string> first_difference(const ParsedTrace& golden, const ParsedTrace& actual,
                                            std::string& note);

}  // namespace aimc::report
