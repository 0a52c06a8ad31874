// SPDX-License-Identifier: Apache-2.0
#include "timed_runner.h"

#include "rows.h"

#include <algorithm>
#include <utility>

namespace aimc::bench {
namespace {

constexpr std::size_t warm_up_mvms = 64;

/// n vectors of a list, over and over.
Matrix<std::int8_t> repeated(const Matrix<std::int8_t>& all, std::size_t n)
{
    Matrix<std::int8_t> out(n, all.cols());
    for (std::size_t k = 0; k < n; ++k) {
        std::copy_n(all.row(k % all.rows()), all.cols(), out.row(k));
    }
    return out;
}

}  // namespace

void Measured::report(benchmark::State& state) const
{
    state.SetIterationTime(wall_s);
    state.SetItemsProcessed(static_cast<std::int64_t>(mvms));
    state.counters["mvms_per_cpu_s"] = per_cpu_s();
    state.counters["plain_per_cpu_s"] = plain_per_cpu_s;
    state.counters["cycles_per_mvm"] = static_cast<double>(cycles) / static_cast<double>(mvms);
    if (bytes > 0) {
        state.counters["bytes_per_mvm"] = static_cast<double>(bytes) / static_cast<double>(mvms);
    }
}

TimedRunner::TimedRunner(const Setup& setup, std::vector<Plan> jobs)
    : setup_(setup), jobs_(std::move(jobs))
{
    jobs_.insert(jobs_.begin(), Plan{Output::none, warm_up_mvms});
}

bool TimedRunner::next_job(mvm::Job& job)
{
    if (next_ == jobs_.size()) { return false; }
    const Plan& plan = jobs_[next_++];
    job.words = setup_.words;
    job.inputs = repeated(setup_.workload.inputs, plan.mvms);
    job.first_read = reads_;
    reads_ += plan.mvms;
    recorder_ = recorder_for(plan.output, setup_);
    now_ = {};
    plain_before_ = plain_products_per_cpu_s();
    cpu_start_ = cpu_seconds();
    wall_start_ = wall_seconds();
    return true;
}

void TimedRunner::on_record(const mvm::MvmRecord& record)
{
    benchmark::DoNotOptimize(record.values.y.data());
    ++now_.mvms;
    now_.cycles = record.times.out;
    if (recorder_) { recorder_->add(record); }
}

void TimedRunner::on_events(const converters::AdcEvents&, const std::vector<mvm::LaneCounters>&)
{
    if (recorder_) {
        recorder_->finish();
        now_.bytes = recorder_->bytes();
    }
    now_.wall_s = wall_seconds() - wall_start_;
    now_.cpu_s = cpu_seconds() - cpu_start_;
    now_.plain_per_cpu_s = (plain_before_ + plain_products_per_cpu_s()) / 2;
    if (next_ > 1) { measured_.push_back(now_); }
}

}  // namespace aimc::bench
