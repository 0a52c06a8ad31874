// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/controller.h"

#include "aimc/sim/fifo.h"
#include "aimc/tile/adc_bank.h"
#include "aimc/tile/crossbar_array.h"
#include "aimc/tile/dac_bank.h"
#include "aimc/tile/output_buffer.h"
#include "aimc/tile/post_bank.h"
#include "aimc/tile/residual_port.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace aimc::tile {

Controller::Controller(const sc_core::sc_module_name& name, const config::TileConfig& config,
                       SimdLevel simd)
    : sc_module(name),
      config_(config),
      simd_(simd),
      test_currents_(config.cols, 0),
      states_(mvm::n_pipeline_cycles(config))
{
    targets_.codes = Matrix<std::int16_t>(config.rows, config.cols);
    chip_.current_ratio = config.adc.current_ratio.value_or(1.0);
    words_.nmpu.resize(config.cols);
    words_.ldpu.resize(config.cols);
    words_.activation = config.nmpu.activation;
    words_.scale_exponent = config.nmpu.scale_exponent.value_or(0);
}

int Controller::lanes() const
{
    return config_.post == config::PostUnit::nmpu ? config_.nmpu.lanes : config_.ldpu.lanes;
}

bool Controller::takes(const std::int8_t* x) const
{
    const int most = config::largest_input(config_);
    const int least = config::takes_negative_inputs(config_) ? -most : 0;
    // to the end, whatever is found: without a way out the compiler looks at many codes at once
    std::int8_t lowest = 0;
    std::int8_t highest = 0;
    for (std::size_t r = 0; r < config_.rows; ++r) {
        lowest = std::min(lowest, x[r]);
        highest = std::max(highest, x[r]);
    }
    return lowest >= least && highest <= most;
}

int Controller::n_post(const MvmToken& token) const
{
    return mvm::n_post_cycles(config_, !token.record.values.residual.empty());
}

std::size_t Controller::vector_bytes() const
{
    const bool with_x = words_.residual_in && !residual_port_;
    return with_x ? residual_at(config_.rows) + 2 * config_.cols : config_.rows;
}

bool Controller::expects_words(std::size_t stored) const
{
    if (words_.residual_in && residual_port_) { return true; }
    const auto waiting = std::count_if(inside_.begin(), inside_.end(), [](const MvmToken* token) {
        return token->awaits_words && token->record.values.residual.empty();
    });
    return static_cast<std::size_t>(waiting) > stored;
}

MvmToken& Controller::new_token(const unsigned char* vector, std::size_t bytes)
{
    MvmToken& token = new_token(reinterpret_cast<const std::int8_t*>(vector), nullptr);
    if (bytes > config_.rows) {
        auto& residual = token.record.values.residual;
        residual.resize(config_.cols);
        std::memcpy(residual.data(), vector + residual_at(config_.rows), 2 * config_.cols);
    }
    return token;
}

MvmToken& Controller::new_token(const std::int8_t* x, const std::int16_t* residual)
{
    MvmToken& token = tokens_.take();
    token.record.mvm = next_mvm_++;
    token.read_index = next_read_++;
    token.awaits_words = words_.residual_in && residual_port_;
    auto& v = token.record.values;
    v.x.assign(x, x + config_.rows);
    v.residual.clear();
    if (residual != nullptr) { v.residual.assign(residual, residual + config_.cols); }
    for (auto* out : {&v.c_p, &v.c_n, &v.y, &v.partial}) { out->resize(config_.cols); }
    inside_.push_back(&token);
    ++mvms_in_;
    return token;
}

void Controller::prepare_read(MvmToken& token)
{
    const std::int8_t* x = token.record.values.x.data();
    const bool is_analog = config_.kind == config::TileKind::analog;
    token.phases = is_analog ? crossbar::phases_of(config_.read, x, config_.rows)
                             : crossbar::PhaseList{crossbar::Phase::all};
    const int steps =
        is_analog ? static_cast<int>(token.phases.size()) : mvm::n_steps(config_, x, config_.rows);
    token.n_read = mvm::n_read_cycles(config_, steps);
}

void Controller::start_read(MvmToken& token)
{
    token.path = path();
    token.test_currents.clear();
    if (adc_test_) { token.test_currents = test_currents_; }
}

void Controller::convert(MvmToken& token)
{
    if (!token.test_currents.empty()) {
        convert_test_currents(token);
        return;
    }
    // The path of S_k, not path(): it may have been written meanwhile.
    auto& v = token.record.values;
    token.path->read(v.x.data(), {token.read_index, false}, scratch_, v.c_p.data(), v.c_n.data());
}

void Controller::convert_test_currents(MvmToken& token)
{
    auto& v = token.record.values;
    for (auto* counts : {&v.c_p, &v.c_n}) { counts->assign(config_.cols, 0); }
    const auto& adc = token.path->analog().adc();
    for (const crossbar::Phase phase : token.phases) {
        test_wave(token, phase);
        adc.convert(scratch_.wave, phase, {token.read_index, false}, v.c_p.data(), v.c_n.data(),
                    scratch_.events);
    }
    adc.finish(v.c_p.data(), v.c_n.data(), scratch_.events);
}

/// A constant current for the whole window: c+ sees positive ones, c- the others.
void Controller::test_wave(const MvmToken& token, crossbar::Phase phase)
{
    using crossbar::Phase;
    crossbar::ColumnWave& wave = scratch_.wave;
    wave.stride = (config_.cols + 15) / 16 * 16;
    wave.n_on = config_.read.n_window;
    wave.n_cycles.assign(1, wave.n_on);
    wave.current.assign(std::max(wave.current.size(), wave.stride), 0);
    wave.charge.assign(wave.stride, 0);
    for (std::size_t c = 0; c < config_.cols; ++c) {
        std::int32_t i = token.test_currents[c];
        if (phase == Phase::pp) { i = std::max(i, 0); }
        if (phase == Phase::pn) { i = std::max(-i, 0); }
        if (phase == Phase::np || phase == Phase::nn) { i = 0; }
        wave.current[c] = i;
        wave.charge[c] = std::int64_t{i} * wave.n_on;
    }
}

void Controller::process(MvmToken& token, std::vector<mvm::LaneCounters>& per_lane)
{
    if (!post_) { post_ = std::make_unique<mvm::PostProcessor>(config_, words_, simd_); }
    auto& v = token.record.values;
    token.partial_out = words_.partial_out;
    post_->process(v.c_p.data(), v.c_n.data(), v.residual_words(), v.y.data(), v.partial.data(),
                   per_lane);
    if (post_observer_) { post_observer_(token); }
}

void Controller::on_handed_over(MvmToken& token)
{
    sc_assert(!inside_.empty() && inside_.front() == &token);
    sim::pop_front(inside_);
    ++mvms_out_;
    states_.add(token.record.times, token.words_edge);
    if (observer_) { observer_(token); }
}

void Controller::give_back(MvmToken& token) { tokens_.give_back(token); }

void Controller::on_input_room()
{
    if (stages_.front_door != nullptr) { stages_.front_door->on_input_room(); }
}

void Controller::on_output_waiting()
{
    if (stages_.front_door != nullptr) { stages_.front_door->on_output_waiting(); }
}

void Controller::adopt_chip(const mvm::Chip& chip)
{
    chip_ = chip;
    chip_stale_ = false;
    path_.reset();
}

const mvm::Chip& Controller::chip()
{
    if (chip_stale_) {
        const double ratio = chip_.current_ratio;
        chip_ = mvm::make_chip(config_, targets_);
        chip_.current_ratio = ratio;
        chip_stale_ = false;
        path_.reset();
    }
    return chip_;
}

const std::shared_ptr<const mvm::ReadPath>& Controller::path()
{
    const mvm::Chip& now = chip();
    if (!path_) {
        mvm::Chip as_read = now;
        if (nominal_curves_) {
            as_read.curves =
                converters::nominal_curves(config_, mvm::largest_current_uA(config_, now.array));
        }
        path_ = std::make_shared<const mvm::ReadPath>(config_, as_read, simd_);
    }
    return path_;
}

std::vector<mvm::LaneCounters> Controller::lane_counters() const
{
    std::vector<mvm::LaneCounters> all;
    for (const PostLane& lane : stages_.post_bank->lane) { all.push_back(lane.counters); }
    return all;
}

void Controller::reset()
{
    for (Stage* stage : std::initializer_list<Stage*>{
             stages_.dac_bank, stages_.crossbar, stages_.adc_bank, stages_.post_bank,
             stages_.output_buffer, stages_.residual_port}) {
        stage->reset();
    }
    for (MvmToken* token : inside_) {
        // what is offered at the door comes back when the sink has taken it
        if (!token->aborted) { tokens_.give_back(*token); }
    }
    inside_.clear();
    next_mvm_ = next_read_ = 0;
    adc_test_ = nominal_curves_ = false;
    path_.reset();
    clear_counters();
}

void Controller::hold_reset(bool in_reset)
{
    in_reset_ = in_reset;
    reset();
}

void Controller::clear_counters()
{
    mvms_in_ = inside_.size();
    mvms_out_ = 0;
    scratch_.events = {};
    states_ = mvm::StateAccount(mvm::n_pipeline_cycles(config_));
    for (PostLane& lane : stages_.post_bank->lane) { lane.counters = {}; }
}

}  // namespace aimc::tile
