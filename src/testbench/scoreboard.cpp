// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/scoreboard.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace aimc::testbench {
namespace {

[[noreturn]] void mismatch(std::uint64_t mvm, const std::string& what)
{
    throw std::logic_error("scoreboard: MVM " + std::to_string(mvm) + ": " + what);
}

}  // namespace

Scoreboard::Scoreboard(const config::TileConfig& config, const mvm::Chip& chip, SimdLevel simd,
                       std::uint64_t n_values)
    : config_(config), simd_(simd), n_values_(n_values)
{
    adopt_chip(chip);
}

void Scoreboard::adopt_chip(const mvm::Chip& chip)
{
    path_ = std::make_unique<mvm::ReadPath>(config_, chip, simd_);
}

void Scoreboard::start(const mvm::Job& job)
{
    job_ = &job;
    post_ = std::make_unique<mvm::PostProcessor>(config_, job.words, simd_);
    recurrence_ = std::make_unique<mvm::Recurrence>(
        mvm::timing_rules(config_, job.words.residual_in), job.arrival, job.sink);
    next_ = 0;
}

void Scoreboard::check(const mvm::MvmRecord& record)
{
    const std::uint64_t k = next_++;
    if (record.mvm != k) { mismatch(k, "lost or out of order, got " + std::to_string(record.mvm)); }
    const std::int8_t* x = job_->inputs.block(k, 1, made_);
    if (!std::equal(record.values.x.begin(), record.values.x.end(), x)) {
        mismatch(k, "x differs");
    }
    check_times(k, record);
    if (k < n_values_) { check_values(k, record); }
}

void Scoreboard::check_times(std::uint64_t k, const mvm::MvmRecord& record)
{
    const int n_steps = mvm::n_steps(config_, record.values.x.data(), config_.rows);
    const mvm::MvmTimes expected =
        recurrence_->next(mvm::n_read_cycles(config_, n_steps), job_->residual_ready_of(k));
    if (record.times == expected) { return; }
    const auto text = [](const mvm::MvmTimes& t) {
        return "in " + std::to_string(t.in) + " S " + std::to_string(t.start) + " C " +
               std::to_string(t.counts) + " H " + std::to_string(t.post) + " Y " +
               std::to_string(t.done) + " O " + std::to_string(t.out);
    };
    mismatch(k,
             "edges differ: recurrence " + text(expected) + ", cycle engine " + text(record.times));
}

void Scoreboard::check_values(std::uint64_t k, const mvm::MvmRecord& record) const
{
    mvm::MvmValues again;
    again.x = record.values.x;
    for (auto* out : {&again.c_p, &again.c_n, &again.y, &again.partial}) {
        out->resize(config_.cols);
    }
    mvm::ReadPath::Scratch scratch;
    std::vector<mvm::LaneCounters> lanes;
    path_->read(again.x.data(), {job_->first_read + k, false}, scratch, again.c_p.data(),
                again.c_n.data());
    again.residual = job_->residual_of(k);
    post_->process(again.c_p.data(), again.c_n.data(), again.residual_words(), again.y.data(),
                   again.partial.data(), lanes);
    if (!(again == record.values)) { mismatch(k, "values differ from the pure functions"); }
}

void Scoreboard::check_sink(const mvm::MvmRecord& record, const std::int32_t* y,
                            std::size_t n) const
{
    const auto& sent = job_->words.partial_out ? record.values.partial : record.values.y;
    if (n != sent.size() || !std::equal(y, y + n, sent.begin())) {
        mismatch(record.mvm, "the sink received other bytes than were sent");
    }
}

}  // namespace aimc::testbench
