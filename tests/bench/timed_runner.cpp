// SPDX-License-Identifier: Apache-2.0
#include "timed_runner.h"

#include "rows.h"

#include <algorithm>
#include <utility>

namespace aimc::bench {
namespace {

constexpr std::size_t warm_up_mvms = 64;

}  // namespace

void Measured::report(benchmark::State& state) const
{
    state.SetIterationTime(wall_s);
    state.SetItemsProcessed(static_cast<std::int64_t>(mvms));
    state.counters["mvms_per_cpu_s"] = static_cast<double>(mvms) / cpu_s;
    state.counters["plain_per_cpu_s"] = plain_per_cpu_s;
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
    const auto& all = setup_.workload.inputs;
    const std::size_t n = std::min(plan.mvms, all.rows());
    job.words = setup_.words;
    Matrix<std::int8_t> inputs(n, all.cols());
    std::copy_n(all.data().begin(), n * all.cols(), inputs.data().begin());
    job.inputs = std::move(inputs);
    job.first_read = reads_;
    reads_ += n;
    trace_.reset();
    vcd_.reset();
    if (plan.output == Output::trace) {
        trace_ =
            std::make_unique<report::TraceWriter>(report::TraceHeader{}, setup_.config, job.words);
    }
    if (plan.output == Output::vcd) {
        vcd_ = std::make_unique<report::VcdWriter>(setup_.config, report::VcdSelection{});
    }
    records_ = 0;
    plain_ = plain_products_per_cpu_s();
    cpu_start_ = cpu_seconds();
    wall_start_ = wall_seconds();
    return true;
}

void TimedRunner::on_record(const mvm::MvmRecord& record)
{
    benchmark::DoNotOptimize(record.values.y.data());
    ++records_;
    if (trace_) {
        trace_->add(record);
        benchmark::DoNotOptimize(trace_->take().size());
    }
    if (vcd_) {
        vcd_->add(record);
        benchmark::DoNotOptimize(vcd_->take().size());
    }
}

void TimedRunner::on_events(const converters::AdcEvents&, const std::vector<mvm::LaneCounters>&)
{
    const double wall = wall_seconds() - wall_start_;
    const double cpu = cpu_seconds() - cpu_start_;
    if (next_ > 1) { measured_.push_back({records_, wall, cpu, plain_}); }
}

}  // namespace aimc::bench
