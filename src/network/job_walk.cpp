// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/job_walk.h"

#include "aimc/mvm/timing.h"

#include <algorithm>
#include <utility>

namespace aimc::network {
namespace {

/// The words of a block on the bit lines of its tile; the others rest at zero.
mvm::PostWords on_bit_lines(const mvm::PostWords& words, const config::Range& at, std::size_t cols)
{
    mvm::PostWords out = words;
    out.nmpu.assign(cols, {});
    out.ldpu.assign(cols, {});
    std::copy(words.nmpu.begin(), words.nmpu.end(),
              out.nmpu.begin() + static_cast<std::ptrdiff_t>(at.from));
    std::copy(words.ldpu.begin(), words.ldpu.end(),
              out.ldpu.begin() + static_cast<std::ptrdiff_t>(at.from));
    return out;
}

}  // namespace

JobWalk::JobWalk(const config::TileConfig& config, const Wiring& wiring, const Tiles& tiles,
                 const std::vector<LayerWords>& words, const Matrix<std::uint8_t>& images,
                 std::function<bool()> stop)
    : config_(config),
      wiring_(wiring),
      tiles_(tiles),
      words_(words),
      images_(images),
      stop_(std::move(stop)),
      walk_(wiring)
{
    const std::size_t n_layers = wiring.plan.layers.size();
    out_.scores = Matrix<std::int32_t>(images.rows(), wiring.network.n_classes());
    out_.layers.resize(n_layers);
    out_.all_cycles.assign(n_layers, 0);
}

bool JobWalk::start_image()
{
    if (image_ == images_.rows()) { return false; }
    if (on_image) { walk_.keep_maps(); }
    walk_.start(images_.row(image_), first_number + image_);
    image_events_.assign(wiring_.plan.layers.size(), {});
    image_cycles_.assign(wiring_.plan.layers.size(), 0);
    started_ = true;
    return true;
}

bool JobWalk::next_job(mvm::Job& job)
{
    if (in_layer_) {
        if (records_ < walk_.work().n) { return false; }  // stopped
        end_block();
    } else if (!started_ && !start_image()) {
        return false;
    }
    while (!in_layer_) {
        if (walk_.next()) {
            in_layer_ = true;
            block_ = 0;
            layer_cycles_ = chain_cycles_ = 0;
            result_.resize(walk_.work().n * layer().cols);
            break;
        }
        const auto& scores = walk_.scores();
        std::copy(scores.begin(), scores.end(), out_.scores.row(image_));
        out_.answers.push_back(static_cast<std::uint8_t>(argmax(scores)));
        out_.residuals_clipped += walk_.residuals_clipped();
        for (std::size_t l = 0; l < out_.layers.size(); ++l) {  // of whole images only
            out_.layers[l].add(image_events_[l]);
            out_.all_cycles[l] += image_cycles_[l];
        }
        if (on_image) { on_image(image_, walk_); }
        ++image_;
        if (stop_requested() || !start_image()) { return false; }
    }
    fill(job);
    return true;
}

void JobWalk::fill(mvm::Job& job)
{
    const LayerWork& work = walk_.work();
    const LayerPlan& plan = layer();
    const Block& block = plan.blocks[block_];
    const std::size_t width = block.cols.size();
    const std::size_t link = block_ % plan.links;
    if (link == 0) {
        ready_.clear();
        handed_on_.clear();
        chain_cycles_ = 0;
        for (std::size_t k = 0; k < work.n && !work.residual.empty(); ++k) {
            const auto* const from = work.residual.data() + k * plan.cols + block.cols.from;
            handed_on_.insert(handed_on_.end(), from, from + width);
        }
    }
    job.words = on_bit_lines(words_[work.layer].blocks[block_], block.at_cols, config_.cols);
    Matrix<std::int8_t> lines(work.n, config_.rows);
    job.residuals = {};
    if (job.words.residual_in) { job.residuals = Matrix<std::int16_t>(work.n, config_.cols); }
    for (std::size_t k = 0; k < work.n; ++k) {
        drive_block(plan, block, work.x.data() + k * plan.rows, lines.row(k) + block.at_rows.from);
        if (!job.words.residual_in) { continue; }
        const std::int16_t* const words = handed_on_.data() + k * width;
        std::copy(words, words + width, job.residuals.row(k) + block.at_cols.from);
    }
    job.inputs = std::move(lines);
    job.arrival = {};
    job.sink = {};
    job.residual_ready = takes_turns(plan) ? std::vector<std::uint64_t>{} : ready_;
    job.first_read = work.first_read + block_ / plan.links * work.n;
    job.chip = &tiles_.chip(block.tile);
    handed_on_.assign(work.n * width, 0);
    ready_.assign(work.n, 0);
    records_ = 0;
}

void JobWalk::on_record(const mvm::MvmRecord& record)
{
    const LayerPlan& plan = layer();
    const Block& block = plan.blocks[block_];
    const std::size_t width = block.cols.size();
    const std::size_t link = block_ % plan.links;
    const auto k = static_cast<std::size_t>(record.mvm);
    const auto from = static_cast<std::ptrdiff_t>(block.at_cols.from);
    LayerEvents& events = image_events_[walk_.work().layer];
    ++events.mvms;
    events.phases +=
        mvm::steps_in(config_, record.times.counts - record.times.start -
                                   static_cast<std::uint64_t>(mvm::n_pipeline_cycles(config_)));
    last_out_ = record.times.out;
    ++records_;
    if (link + 1 < plan.links) {
        const bool residual_in = !record.values.residual.empty();
        ready_[k] = record.times.post +
                    static_cast<std::uint64_t>(mvm::n_first_column_cycles(config_, residual_in));
        const int shift = config_.nmpu.residual_fraction - config_.nmpu.partial_fraction;
        for (std::size_t c = 0; c < width; ++c) {
            handed_on_[k * width + c] = handed_on(record.values.partial[block.at_cols.from + c],
                                                  shift, events.words_clipped);
        }
        return;
    }
    const bool partial = wiring_.program.steps[plan.step].partial_out;
    const auto& leaving = partial ? record.values.partial : record.values.y;
    std::copy_n(leaving.begin() + from, width,
                result_.begin() + static_cast<std::ptrdiff_t>(k * plan.cols + block.cols.from));
}

void JobWalk::end_block()
{
    const LayerPlan& plan = layer();
    const bool in_turn = takes_turns(plan);
    chain_cycles_ = in_turn ? chain_cycles_ + last_out_ : last_out_;
    ++block_;
    if (block_ % plan.links == 0) {
        layer_cycles_ =
            in_turn ? layer_cycles_ + chain_cycles_ : std::max(layer_cycles_, chain_cycles_);
    }
    if (block_ < plan.blocks.size()) { return; }
    image_cycles_[walk_.work().layer] = layer_cycles_;
    walk_.give(result_.data());
    in_layer_ = false;
}

void JobWalk::on_events(const converters::AdcEvents& events,
                        const std::vector<mvm::LaneCounters>& lanes)
{
    LayerEvents& layer = image_events_[walk_.work().layer];
    layer.adc.add(events);
    for (const auto& lane : lanes) { layer.post.add(lane); }
}

NetworkRun JobWalk::take()
{
    out_.complete = image_ == images_.rows();
    out_.sum_up();
    return std::move(out_);
}

}  // namespace aimc::network
