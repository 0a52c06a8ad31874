// SPDX-License-Identifier: Apache-2.0
#include "part.h"

#include <algorithm>
#include <utility>

namespace aimc::apps {

std::uint64_t start_of(const config::TileConfig& config, const mvm::Job& job, std::uint64_t k)
{
    mvm::Recurrence recurrence(mvm::timing_rules(config, job.words.residual_in), job.arrival,
                               job.sink);
    std::vector<std::int8_t> made;
    mvm::MvmTimes times;
    for (std::uint64_t i = 0; i <= k; ++i) {
        const std::int8_t* x = job.inputs.block(i, 1, made);
        times = recurrence.next(mvm::n_read_cycles(config, mvm::n_steps(config, x, config.rows)),
                                job.residual_ready_of(i));
    }
    return times.start;
}

PartMeter::PartMeter(const config::TileConfig& config, const config::Layer& layer, Part& part,
                     PartNeeds needs)
    : config_(config),
      layer_(layer),
      part_(part),
      needs_(std::move(needs)),
      errors_(config, layer, part.calibration, needs_.simd, needs_.threads)
{
    if (needs_.next) { part_.next = Matrix<std::int8_t>(part.expected, layer.cols.size()); }
}

void PartMeter::add(const mvm::MvmRecord* records, std::size_t n)
{
    for (std::size_t k = 0; k < n; ++k) {
        add_times(records[k].times);
        add_values(records[k]);
        ++part_.mvms;
    }
    errors_.add(records, n, needs_.product.get(), part_.error, part_.post_error);
}

void PartMeter::add_times(const mvm::MvmTimes& t)
{
    part_.latency.add(t.out - t.in);
    const auto f = static_cast<std::uint64_t>(mvm::n_pipeline_cycles(config_));
    part_.read.add(t.counts - t.start);
    part_.post.add(t.done - t.post);
    part_.out_wait.add(t.out - t.done);
    part_.phases += mvm::steps_in(config_, t.counts - t.start - f);
    part_.states.add(t);
    part_.cycles = t.out;
    if (part_.mvms == middle_of(part_.expected)) { part_.middle_start = t.start; }
    part_.last_start = t.start;
}

void PartMeter::add_values(const mvm::MvmRecord& record)
{
    const auto first = record.values.y.begin() + static_cast<std::ptrdiff_t>(layer_.cols.from);
    const auto end = record.values.y.begin() + static_cast<std::ptrdiff_t>(layer_.cols.to);
    if (needs_.next) {
        const auto taken = config::input_codes(config_);
        std::transform(first, end, part_.next.row(record.mvm), [&](std::int32_t y) {
            return calibration::next_code(y, layer_.out_shift, taken);
        });
    }
    if (needs_.labels != nullptr) {
        const auto best = static_cast<std::size_t>(std::max_element(first, end) - first);
        part_.right += best == (*needs_.labels)[record.mvm];
    }
}

}  // namespace aimc::apps
