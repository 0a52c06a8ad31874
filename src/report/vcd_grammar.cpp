// SPDX-License-Identifier: Apache-2.0
#include "vcd_grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace aimc::report {

void WaveDump::write_value(const Signal& s)
{
    if (s.width == 1) {
        text_ += s.drawn != 0 ? '1' : '0';
        text_ += s.id;
        text_ += '\n';
        return;
    }
    text_ += 'b';
    if (s.drawn == unknown || s.drawn == nothing) {
        text_ += s.drawn == unknown ? 'x' : 'z';
    } else if (s.kind == WaveKind::text) {
        const char* word = (*s.words)[static_cast<std::size_t>(s.drawn)];
        for (; *word != '\0'; ++word) {
            fmt::format_to(std::back_inserter(text_), "{:08b}", static_cast<unsigned>(*word));
        }
    } else {
        const auto mask = (std::uint64_t{1} << static_cast<unsigned>(s.width)) - 1;
        fmt::format_to(std::back_inserter(text_), "{:b}",
                       static_cast<std::uint64_t>(s.drawn) & mask);
    }
    text_ += ' ';
    text_ += s.id;
    text_ += '\n';
}

void WaveDump::write_time(std::uint64_t cycle, bool middle)
{
    const fmt::format_int ps(cycle * t_clk_ps_ + (middle ? t_clk_ps_ / 2 : 0));
    text_ += '#';
    text_.append(ps.data(), ps.size());
    text_ += '\n';
}

/// The clock's own edge, when `cycle` has been stamped.
void WaveDump::rise(std::uint64_t cycle)
{
    next_tick_ = cycle + 1;
    if (clock_ < 0) { return; }
    Signal& clock = signals_[static_cast<std::size_t>(clock_)];
    clock.drawn = 1;
    write_value(clock);
}

/// Clock cycles without any other change.
void WaveDump::tick_until(std::uint64_t cycle)
{
    if (clock_ < 0) { return; }
    Signal& clock = signals_[static_cast<std::size_t>(clock_)];
    const auto fall = [&] {
        if (clock.drawn == 0) { return; }
        clock.drawn = 0;
        write_time(next_tick_ - 1, true);
        write_value(clock);
    };
    fall();
    while (next_tick_ < cycle) {
        write_time(next_tick_);
        rise(next_tick_);
        fall();
    }
}

void WaveDump::open_window()
{
    is_open_ = true;
    write_time(selection_.from);
    text_ += "$dumpvars\n";
    next_tick_ = selection_.from + 1;
    for (Signal& s : signals_) {
        s.drawn = &s - signals_.data() == clock_ ? 1 : s.visible();
        write_value(s);
    }
    text_ += "$end\n";
}

void WaveDump::flush(std::uint64_t before)
{
    std::stable_sort(pending_.begin(), pending_.end(),
                     [](const Change& a, const Change& b) { return a.cycle < b.cycle; });
    auto at = pending_.begin();
    while (at != pending_.end() && at->cycle < before) {
        const std::uint64_t cycle = at->cycle;
        if (cycle > selection_.from && !is_open_) { open_window(); }
        touched_.clear();
        for (; at != pending_.end() && at->cycle == cycle; ++at) {
            Signal& s = signals_[static_cast<std::size_t>(at->signal)];
            const bool adds = s.kind == WaveKind::level || s.kind == WaveKind::fill;
            s.value = adds ? s.value + at->value : at->value;
            touched_.push_back(at->signal);
        }
        if (!is_open_) { continue; }
        bool stamped = false;
        for (const int index : touched_) {
            Signal& s = signals_[static_cast<std::size_t>(index)];
            if (s.visible() == s.drawn) { continue; }
            if (!stamped) {
                tick_until(cycle);
                write_time(cycle);
                rise(cycle);
                stamped = true;
            }
            s.drawn = s.visible();
            write_value(s);
        }
    }
    pending_.erase(pending_.begin(), at);
    const std::uint64_t drawn_to = std::min(before, selection_.to);
    if (!is_open_ && drawn_to > selection_.from) { open_window(); }
    if (is_open_) { tick_until(drawn_to); }
}

void WaveDump::finish(std::uint64_t end)
{
    flush(end);
    const std::uint64_t stop = std::max(std::min(end, selection_.to), selection_.from + 1);
    if (!is_open_) { open_window(); }
    tick_until(stop);
    write_time(stop);
}

std::string WaveDump::take() { return std::exchange(text_, {}); }

}  // namespace aimc::report
