// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/layer_unit.h"

#include "aimc/base/fixed_point.h"

#include <algorithm>
#include <numeric>

namespace aimc::network {

void LayerEvents::add(const LayerEvents& other)
{
    adc.add(other.adc);
    post.add(other.post);
    phases += other.phases;
    mvms += other.mvms;
    words_clipped += other.words_clipped;
}

std::int16_t handed_on(std::int32_t partial, int shift, std::uint64_t& clipped)
{
    const std::int64_t word = shift >= 0 ? std::int64_t{partial} * (std::int64_t{1} << shift)
                                         : round_shift(partial, -shift, RoundMode::rnd_conv);
    bool overflowed = false;
    const auto held = static_cast<std::int16_t>(fit(word, 16, OverflowMode::sat, overflowed));
    clipped += overflowed;
    return held;
}

mvm::PostWords port_words(const Step& step, std::size_t link, std::size_t links)
{
    mvm::PostWords words;
    const bool last = link + 1 == links;
    words.residual_in = link > 0 || step.residual.has_value();
    words.partial_out = !last || step.partial_out;
    words.activation = last ? step.activation : config::Activation::identity;
    return words;
}

LayerUnit::LayerUnit(const config::TileConfig& config, const Wiring& wiring, const Tiles& tiles,
                     std::size_t layer, const LayerWords& words)
    : plan_(wiring.plan.layers[layer]),
      tiles_(tiles),
      layer_(layer),
      cols_(plan_.cols),
      shift_(config.nmpu.residual_fraction - config.nmpu.partial_fraction),
      partial_out_(wiring.program.steps[plan_.step].partial_out)
{
    for (std::size_t b = 0; b < plan_.blocks.size(); ++b) {
        config::TileConfig of_block = config;
        of_block.cols = plan_.blocks[b].cols.size();
        posts_.emplace_back(of_block, words.blocks[b], tiles.simd());
    }
}

void LayerUnit::run(const std::int8_t* x, std::size_t n, const std::int16_t* residual,
                    crossbar::ReadId first, LayerScratch& s, std::int32_t* out, std::int32_t* sums,
                    Phases* phases, LayerEvents& events) const
{
    s.phases.resize(n);
    for (std::size_t b = 0; b < plan_.blocks.size(); ++b) {
        const Block& block = plan_.blocks[b];
        const std::size_t link = b % plan_.links;
        const std::size_t width = block.cols.size();
        for (auto* v : {&s.c_p, &s.c_n, &s.y, &s.partial}) { v->resize(n * width); }
        tiles_.read(layer_, b, x, n, first, s.read, s.c_p.data(), s.c_n.data(), s.phases.data());
        if (link == 0) {
            s.words.clear();
            for (std::size_t k = 0; k < n && residual != nullptr; ++k) {
                const std::int16_t* const from = residual + k * cols_ + block.cols.from;
                s.words.insert(s.words.end(), from, from + width);
            }
        }
        const std::int16_t* const words = s.words.empty() ? nullptr : s.words.data();
        posts_[b].process_batch(s.c_p.data(), s.c_n.data(), words, n, s.y.data(), s.partial.data(),
                                s.lanes);
        if (phases != nullptr) { phases->push_back(s.phases); }
        events.mvms += n;
        events.phases = std::accumulate(s.phases.begin(), s.phases.end(), events.phases);
        if (link + 1 < plan_.links) {
            s.words.resize(n * width);
            std::transform(s.partial.begin(), s.partial.end(), s.words.begin(), [&](auto partial) {
                return handed_on(partial, shift_, events.words_clipped);
            });
            continue;
        }
        const auto& leaving = partial_out_ ? s.partial : s.y;
        for (std::size_t k = 0; k < n; ++k) {
            const std::size_t to = k * cols_ + block.cols.from;
            std::copy_n(&leaving[k * width], width, out + to);
            if (sums != nullptr) { std::copy_n(&s.partial[k * width], width, sums + to); }
        }
    }
    events.adc.add(s.read.events);
    s.read.events = {};
    for (auto& lane : s.lanes) {
        events.post.add(lane);
        lane = {};
    }
}

void LayerUnit::run(const LayerWork& work, bool calibration, LayerScratch& scratch,
                    std::vector<std::int32_t>& out, LayerEvents& events,
                    std::vector<std::int32_t>* sums, Phases* phases) const
{
    out.resize(work.n * cols_);
    if (sums != nullptr) { sums->resize(work.n * cols_); }
    run(work.x.data(), work.n, work.residual_words(), {work.first_read, calibration}, scratch,
        out.data(), sums != nullptr ? sums->data() : nullptr, phases, events);
}

}  // namespace aimc::network
