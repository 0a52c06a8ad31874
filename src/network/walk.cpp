// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/walk.h"

#include "aimc/base/fixed_point.h"

#include "code_table.h"
#include "maps.h"

#include <algorithm>
#include <utility>

namespace aimc::network {
namespace {

using config::NodeOp;

constexpr std::int64_t word_max = 32767;

/// code * 2^bits, half to even when bits are dropped.
std::int64_t shifted(std::int64_t code, int bits)
{
    return bits >= 0 ? code * (std::int64_t{1} << bits)
                     : round_shift(code, -bits, RoundMode::rnd_conv);
}

/// sum * 2^up / n, half to even.
std::int64_t mean(std::int64_t sum, int up, std::int64_t n)
{
    const std::int64_t top = sum * (std::int64_t{1} << up);
    std::int64_t down = top / n;
    std::int64_t rest = top % n;
    if (rest < 0) {
        --down;
        rest += n;
    }
    const bool rounds_up = 2 * rest > n || (2 * rest == n && down % 2 != 0);
    return down + (rounds_up ? 1 : 0);
}

}  // namespace

Wiring make_wiring(config::Network network, Program program, Plan plan, Scales scales,
                   int residual_fraction)
{
    Wiring out{std::move(network), std::move(program), std::move(plan),
               std::move(scales),  residual_fraction,  {}};
    out.layer_of.assign(out.program.steps.size(), 0);
    for (std::size_t l = 0; l < out.plan.layers.size(); ++l) {
        out.layer_of[out.plan.layers[l].step] = l;
    }
    return out;
}

struct Walk::State {
    explicit State(const Wiring& w) : wiring(w), tables(w.network.nodes.size())
    {
        for (std::size_t n = 0; n < tables.size(); ++n) {
            const auto& node = w.network.nodes[n];
            if (!node.on_tiles()) { continue; }
            tables[n] = code_table(w, node);
        }
    }

    const Step& now() const { return wiring.program.steps[step]; }
    const config::NetworkNode& node() const { return wiring.network.nodes[now().node]; }

    void prepare()
    {
        const Im2colTable& table = tables[now().node];
        const LayerPlan& layer = wiring.plan.layers[wiring.layer_of[step]];
        work.layer = wiring.layer_of[step];
        work.n = layer.positions;
        work.x.resize(table.positions() * table.rows());
        table.gather(maps[now().inputs[0]], padded, work.x.data());
        work.first_read =
            number * wiring.plan.reads_per_image() + wiring.plan.first_read(work.layer);
        work.residual.clear();
        if (!now().residual) { return; }
        const int bits = wiring.residual_fraction + wiring.scales.residual_shift[step];
        for (const std::int8_t code : maps[*now().residual].values) {
            const std::int64_t word = shifted(code, bits);
            const std::int64_t held = std::clamp(word, -word_max - 1, word_max);
            clipped += held != word;
            work.residual.push_back(static_cast<std::int16_t>(held));
        }
    }

    /// A word or a sum as a code, held at the largest.
    std::int8_t to_code(std::int64_t value) const
    {
        const std::int64_t largest = wiring.scales.largest_code;
        return static_cast<std::int8_t>(std::clamp(value, -largest, largest));
    }

    /// A step outside the tiles.
    Map<std::int8_t> made() const
    {
        const Map<std::int8_t>& in = maps[now().inputs[0]];
        switch (node().op) {
            case NodeOp::max_pool: return max_pooled(in, node());
            case NodeOp::shortcut: return shortcut(in, node());
            case NodeOp::flatten: return flattened(in);
            case NodeOp::average_pool:
            case NodeOp::global_average_pool: return averaged(in);
            case NodeOp::add: return added(in, maps[now().inputs[1]]);
            default: return in;
        }
    }

    Map<std::int8_t> averaged(const Map<std::int8_t>& in) const
    {
        const auto sum = pooled<std::int32_t>(in, node(), 0, std::plus<>());
        const auto n = static_cast<std::int64_t>(node().window.n_pixels());
        Map<std::int8_t> out{sum.shape, std::vector<std::int8_t>(sum.values.size())};
        for (std::size_t i = 0; i < sum.values.size(); ++i) {
            out.values[i] = to_code(mean(sum.values[i], wiring.scales.average_up[step], n));
        }
        return out;
    }

    Map<std::int8_t> added(const Map<std::int8_t>& a, const Map<std::int8_t>& b) const
    {
        const auto& shift = wiring.scales.add_shift[step];
        Map<std::int8_t> out{a.shape, std::vector<std::int8_t>(a.values.size())};
        for (std::size_t i = 0; i < a.values.size(); ++i) {
            out.values[i] =
                to_code(shifted(a.values[i], -shift[0]) + shifted(b.values[i], -shift[1]));
        }
        return out;
    }

    void store(Map<std::int8_t> map)
    {
        if (now().activation != config::Activation::identity && !node().on_tiles()) {
            for (auto& v : map.values) { v = std::max<std::int8_t>(v, 0); }
        }
        maps[now().output] = std::move(map);
        for (std::size_t m = 0; m < maps.size() && !keep; ++m) {
            if (wiring.program.last_use[m] == step && m != now().output) { maps[m].values.clear(); }
        }
        ++step;
    }

    const Wiring& wiring;
    std::vector<Im2colTable> tables;  ///< [nodes]
    std::vector<Map<std::int8_t>> maps;
    std::vector<std::int8_t> padded;
    std::vector<std::int32_t> scores;
    LayerWork work;
    std::uint64_t number = 0, clipped = 0;
    std::size_t step = 0;
    bool keep = false;
};

Walk::Walk(const Wiring& wiring) : state_(std::make_unique<State>(wiring)) {}
Walk::~Walk() = default;
Walk::Walk(Walk&&) noexcept = default;

void Walk::start(const std::uint8_t* image, std::uint64_t number)
{
    State& s = *state_;
    s.maps.resize(s.wiring.network.nodes.size() + 1);
    s.maps[0] = image_map<std::int8_t>(image, s.wiring.network.input,
                                       [&](std::uint8_t b) { return s.wiring.scales.input[b]; });
    s.number = number;
    s.clipped = 0;
    s.step = 0;
}

bool Walk::next()
{
    State& s = *state_;
    while (s.step < s.wiring.program.steps.size()) {
        if (s.node().on_tiles()) {
            s.prepare();
            return true;
        }
        s.store(s.made());
    }
    return false;
}

const LayerWork& Walk::work() const { return state_->work; }

void Walk::give(const std::int32_t* out)
{
    State& s = *state_;
    const std::size_t n = s.node().out.size();
    if (s.now().partial_out) {
        s.scores.assign(out, out + n);
        ++s.step;
        return;
    }
    Map<std::int8_t> map{s.node().out, std::vector<std::int8_t>(n)};
    std::transform(out, out + n, map.values.begin(), [&](std::int32_t y) { return s.to_code(y); });
    s.store(std::move(map));
}

const std::vector<std::int32_t>& Walk::scores() const { return state_->scores; }
std::uint64_t Walk::residuals_clipped() const { return state_->clipped; }
void Walk::keep_maps() { state_->keep = true; }

std::vector<std::int32_t> Walk::map(std::size_t number) const
{
    const State& s = *state_;
    if (number == s.wiring.program.steps.back().output) { return s.scores; }
    const auto& map = s.maps[number];
    const std::size_t pixels = map.shape.height * map.shape.width;
    std::vector<std::int32_t> out(map.values.size());
    for (std::size_t c = 0; c < map.shape.channels; ++c) {
        for (std::size_t p = 0; p < pixels && !out.empty(); ++p) {
            out[c * pixels + p] = map.values[p * map.shape.channels + c];
        }
    }
    return out;
}

}  // namespace aimc::network
