// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/vcd.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace aimc::report {

/// How a signal's number is kept and drawn.
enum class WaveKind {
    level,  ///< 1 bit; changes are +1 and -1, drawn high while the sum is above 0
    fill,   ///< changes are added, the sum is drawn
    word,   ///< changes replace the value; two's complement
    text,   ///< changes replace the value, an index into words, drawn as ASCII
};

constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::min();  ///< drawn as x
constexpr std::int64_t nothing = std::numeric_limits<std::int64_t>::max();  ///< drawn as z

/// Turns value changes into VCD text (IEEE 1364-2005, 18.2): declarations, window, clock.
/// Changes may come in any order as long as none is earlier than what was flushed.
class WaveDump {
public:
    WaveDump(const VcdSelection& selection, std::int64_t t_clk_ps);

    /// A signal, or -1 when it is not selected; changes of -1 are ignored.
    /// Signals of one scope are declared together, scopes depth first.
    int declare(const std::string& scope, const std::string& name, int width, WaveKind kind,
                std::int64_t initial, const std::vector<const char*>* words = nullptr);
    void declare_clock(const std::string& scope);
    /// Ends the declarations. Throws ConfigError when the selection left nothing.
    void begin();

    void change(std::uint64_t cycle, int signal, std::int64_t value)
    {
        if (signal >= 0 && cycle < selection_.to) { pending_.push_back({cycle, signal, value}); }
    }
    /// High from one edge to another.
    void pulse(std::uint64_t from, std::uint64_t to, int signal)
    {
        change(from, signal, 1);
        change(to, signal, -1);
    }
    /// All changes before this cycle are known: write them.
    void flush(std::uint64_t before);
    /// @param end  [cycles] later than every change: where the drawing stops, unless the window
    /// does first
    void finish(std::uint64_t end);
    std::string take();

private:
    struct Signal {
        std::string id, name, scope;
        int width;
        WaveKind kind;
        std::int64_t value;
        std::int64_t drawn;
        const std::vector<const char*>* words;
        std::int64_t visible() const
        {
            return kind == WaveKind::level ? (value > 0 ? 1 : 0) : value;
        }
    };
    struct Change {
        std::uint64_t cycle;
        int signal;
        std::int64_t value;
    };
    bool is_selected(const std::string& scope, const std::string& name) const;
    void write_value(const Signal& s);
    void write_time(std::uint64_t cycle, bool middle = false);
    void rise(std::uint64_t cycle);
    void tick_until(std::uint64_t cycle);
    void open_window();

    VcdSelection selection_;
    std::uint64_t t_clk_ps_;
    std::string text_;
    std::vector<Signal> signals_;
    std::vector<Change> pending_;
    std::vector<int> touched_;
    int clock_ = -1;
    std::uint64_t next_tick_ = 0;  ///< first cycle whose clock is not drawn yet
    bool is_open_ = false;         ///< the window has begun
};

}  // namespace aimc::report
