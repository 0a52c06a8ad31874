// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/error.h"

#include "vcd_grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <fnmatch.h>

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
    if (fits(scope + '.' + name)) { return true; }
    std::string around;
    for (const std::string& part : parts(scope)) {
        around += (around.empty() ? "" : ".") + part;
        if (fits(around)) { return true; }
    }
    return false;
}

int WaveDump::declare(const std::string& scope, const std::string& name, int width, WaveKind kind,
                      std::int64_t initial, const std::vector<const char*>* words)
{
    if (!is_selected(scope, name)) { return -1; }
    signals_.push_back(
        {id_code(signals_.size()), name, scope, width, kind, initial, initial, words});
    signals_.back().drawn = signals_.back().visible();
    return static_cast<int>(signals_.size()) - 1;
}

void WaveDump::declare_clock(const std::string& scope)
{
    // a clock of 1 ps has no middle at which it could fall
    if (t_clk_ps_ >= 2) { clock_ = declare(scope, "clk", 1, WaveKind::level, 0); }
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
        for (auto at = same.first; at != open.end(); ++at) { text_ += "$upscope $end\n"; }
        for (auto at = same.second; at != wanted.end(); ++at) {
            text_ += "$scope module " + *at + " $end\n";
        }
        open = wanted;
        const std::string range = s.width > 1 ? fmt::format(" [{}:0]", s.width - 1) : "";
        text_ += fmt::format("$var {} {} {} {}{} $end\n", s.kind == WaveKind::word ? "reg" : "wire",
                             s.width, s.id, s.name, range);
    }
    for (std::size_t i = 0; i < open.size(); ++i) { text_ += "$upscope $end\n"; }
    text_ += "$enddefinitions $end\n";
}

}  // namespace aimc::report
