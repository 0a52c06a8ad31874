// SPDX-License-Identifier: Apache-2.0
#include "vcd_grammar.h"

#include "aimc/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fnmatch.h>
#include <utility>

namespace aimc::report {

namespace {

/// Short code of a signal: printable characters ! to ~, base 94.
std::string id_code(std::size_t n)
{
    std::string id;
    do {
        id += static_cast<char>('!' + n % 94);
        n /= 94;
    } while (n > 0);
    return id;
}

std::vector<std::string> parts(const std::string& scope)
{
    std::vector<std::string> all;
    for (std::size_t at = 0; at != std::string::npos;) {
        const std::size_t dot = scope.find('.', at);
        all.push_back(scope.substr(at, dot == std::string::npos ? dot : dot - at));
        at = dot == std::string::npos ? dot : dot + 1;
    }
    return all;
}

}  // namespace

WaveDump::WaveDump(const VcdSelection& selection, std::int64_t t_clk_ps)
    : selection_(selection),
      t_clk_ps_(static_cast<std::uint64_t>(t_clk_ps)),
      next_tick_(selection.from)
{
}

/// The pattern may fit the signal, or a scope around it ("tile.adc_bank").
bool WaveDump::is_selected(const std::string& scope, const std::string& name) const
{
    const auto fits = [&](const std::string& whole) {
        return ::fnmatch(selection_.scope.c_str(), whole.c_str(), 0) == 0;
    };
    if (fits(scope + '.' + name)) {
        return true;
    }
    std::string around;
    for (const std::string& part : parts(scope)) {
        around += (around.empty() ? "" : ".") + part;
        if (fits(around)) {
            return true;
        }
    }
    return false;
}

int WaveDump::declare(const std::string& scope, const std::string& name, int width, WaveKind kind,
                      std::int64_t initial, const std::vector<const char*>* words)
{
    if (!is_selected(scope, name)) {
        return -1;
    }
    signals_.push_back(
        {id_code(signals_.size()), name, scope, width, kind, initial, initial, words});
    signals_.back().drawn = visible(signals_.back());
    return static_cast<int>(signals_.size()) - 1;
}

void WaveDump::declare_clock(const std::string& scope)
{
    // a clock of 1 ps has no middle at which it could fall
    if (t_clk_ps_ >= 2) {
        clock_ = declare(scope, "clk", 1, WaveKind::level, 0);
    }
}

void WaveDump::begin()
{
    if (signals_.empty()) {
        throw ConfigError("--vcd-scope", "\"" + selection_.scope +
                                             "\" fits no signal; names look like "
                                             "tile.controller.state, tile.adc_bank.cp_0");
    }
    text_ = "$date deterministic $end\n$version aimc $end\n$timescale 1 ps $end\n";
    std::vector<std::string> open;
    for (const Signal& s : signals_) {
        const auto wanted = parts(s.scope);
        const auto n = std::min(open.size(), wanted.size());
        const auto same = std::mismatch(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(n),
                                        wanted.begin());
        for (auto at = same.first; at != open.end(); ++at) {
            text_ += "$upscope $end\n";
        }
        for (auto at = same.second; at != wanted.end(); ++at) {
            text_ += "$scope module " + *at + " $end\n";
        }
        open = wanted;
        const std::string range = s.width > 1 ? fmt::format(" [{}:0]", s.width - 1) : "";
        text_ += fmt::format("$var {} {} {} {}{} $end\n", s.kind == WaveKind::word ? "reg" : "wire",
                             s.width, s.id, s.name, range);
    }
    for (std::size_t i = 0; i < open.size(); ++i) {
        text_ += "$upscope $end\n";
    }
    text_ += "$enddefinitions $end\n";
}

std::int64_t WaveDump::visible(const Signal& signal) const
{
    return signal.kind == WaveKind::level ? (signal.value > 0 ? 1 : 0) : signal.value;
}

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
        if (*word == '\0') {
            text_ += '0';
        }
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
    if (clock_ < 0) {
        return;
    }
    Signal& clock = signals_[static_cast<std::size_t>(clock_)];
    clock.drawn = 1;
    write_value(clock);
}

/// Clock cycles without any other change.
void WaveDump::tick_until(std::uint64_t cycle)
{
    if (clock_ < 0) {
        return;
    }
    Signal& clock = signals_[static_cast<std::size_t>(clock_)];
    const auto fall = [&] {
        if (clock.drawn == 0) {
            return;
        }
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
        s.drawn = &s - signals_.data() == clock_ ? 1 : visible(s);
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
        if (cycle > selection_.from && !is_open_) {
            open_window();
        }
        touched_.clear();
        for (; at != pending_.end() && at->cycle == cycle; ++at) {
            Signal& s = signals_[static_cast<std::size_t>(at->signal)];
            const bool adds = s.kind == WaveKind::level || s.kind == WaveKind::fill;
            s.value = adds ? s.value + at->value : at->value;
            touched_.push_back(at->signal);
        }
        if (!is_open_) {
            continue;
        }
        bool stamped = false;
        for (const int index : touched_) {
            Signal& s = signals_[static_cast<std::size_t>(index)];
            if (visible(s) == s.drawn) {
                continue;
            }
            if (!stamped) {
                tick_until(cycle);
                write_time(cycle);
                rise(cycle);
                stamped = true;
            }
            s.drawn = visible(s);
            write_value(s);
        }
    }
    pending_.erase(pending_.begin(), at);
    const std::uint64_t drawn_to = std::min(before, selection_.to);
    if (!is_open_ && drawn_to > selection_.from) {
        open_window();
    }
    // an open end (all known) stops at the last change; finish() says where the drawing ends
    if (is_open_ && before != ~std::uint64_t{0}) {
        tick_until(drawn_to);
    }
}

void WaveDump::finish(std::uint64_t end)
{
    flush(std::min(end + 1, ~std::uint64_t{0} - 1));
    const std::uint64_t stop = std::max(std::min(end, selection_.to), selection_.from);
    if (!is_open_) {
        open_window();
    }
    tick_until(stop);
    write_time(stop);
}

std::string WaveDump::take() { return std::exchange(text_, {}); }

}  // namespace aimc::report
