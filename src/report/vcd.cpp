// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/vcd.h"

#include "vcd_signals.h"

#include <algorithm>
#include <set>

namespace aimc::report {

void VcdWriter::Impl::set_state(std::uint64_t cycle, ArrayState code)
{
    dump.change(cycle, state, code);
    dump.change(cycle, state_name, code);
}

/// Why the array stood still between two reads, edge by edge: the same rules as the report's.
void VcdWriter::Impl::gap(std::uint64_t from, std::uint64_t to, std::uint64_t in)
{
    std::set<std::uint64_t> edges = {from, in};
    for (const auto& [begin, end] : blocked) { edges.insert({begin, end}); }
    for (const std::uint64_t edge : edges) {
        if (edge < from || edge >= to) { continue; }
        const bool waits = std::any_of(blocked.begin(), blocked.end(), [&](const auto& wait) {
            return wait.first <= edge && edge < wait.second;
        });
        set_state(edge, edge < in ? input_starved : waits ? output_blocked : post_busy);
    }
}

void VcdWriter::Impl::controller(const mvm::MvmRecord& r)
{
    if (last && read_end(*last) < r.times.start) {
        gap(read_end(*last), r.times.start, r.times.in);
    }
    set_state(r.times.start, reading);
    dump.change(r.times.start, mvm, static_cast<std::int64_t>(r.mvm));
    dump.pulse(r.times.start, r.times.start + 1, start);
}

void VcdWriter::Impl::input(const mvm::MvmRecord& r)
{
    const auto& t = r.times;
    dump.pulse(t.in, t.start + 1, x_valid);
    dump.pulse(t.in, t.in + 1, x_taken);
    dump.pulse(t.in, read_end(t), x_fill);
    dump.change(t.in, x_ready, -1);
    dump.change(read_end(t), x_ready, 1);
    for (std::size_t row = 0; row < std::min(x.size(), r.values.x.size()); ++row) {
        dump.change(t.start, x[row], r.values.x[row]);
    }
    steps(r);
}

/// Word lines: high for |x| cycles from the start of each phase that plays the sign of x.
void VcdWriter::Impl::phases(const mvm::MvmRecord& r)
{
    const auto& values = r.values.x;
    const bool one = config.read.mode == config::ReadMode::one_phase;
    const auto window = static_cast<std::uint64_t>(config.read.n_window);
    const auto step = window + static_cast<std::uint64_t>(config.read.n_settle);
    const auto has = [&](bool negative) {
        return std::any_of(values.begin(), values.end(),
                           [&](std::int8_t code) { return negative ? code < 0 : code > 0; });
    };
    std::uint64_t begin = r.times.start;
    for (std::int64_t p = one ? all_signs : 1; p <= (one ? all_signs : 4); ++p) {
        const bool negative = !one && p >= 3;
        if (!one && config.read.skip_empty_phases && !has(negative)) { continue; }
        dump.change(begin, phase, p);
        dump.pulse(begin, begin + window, integrating);
        for (std::size_t row = 0; row < std::min(wl.size(), values.size()); ++row) {
            const int code = values[row];
            if (code == 0 || (!one && negative != (code < 0))) { continue; }
            const auto length = static_cast<std::uint64_t>(code < 0 ? -code : code);
            dump.pulse(begin, begin + std::min(length, window), wl[row]);
        }
        begin += step;
    }
    dump.change(begin, phase, no_phase);
}

void VcdWriter::Impl::converters(const mvm::MvmRecord& r)
{
    const auto& t = r.times;
    dump.pulse(t.start, read_end(t), array_busy);
    dump.pulse(t.counts, t.post + 1, counts_valid);
    dump.pulse(t.post, t.post + 1, counts_taken);
    dump.pulse(t.start, t.done, banks);
    // of two banks, the one that was filled last is shown
    for (std::size_t c = 0; c < std::min(c_p.size(), r.values.c_p.size()); ++c) {
        dump.change(t.counts, c_p[c], r.values.c_p[c]);
    }
    for (std::size_t c = 0; c < std::min(c_n.size(), r.values.c_n.size()); ++c) {
        dump.change(t.counts, c_n[c], r.values.c_n[c]);
    }
}

void VcdWriter::Impl::post(const mvm::MvmRecord& r)
{
    const auto& t = r.times;
    dump.pulse(t.post, t.done, post_busy_wave);
    dump.change(t.post, post_mvm, static_cast<std::int64_t>(r.mvm));
    const auto n_fill = static_cast<std::uint64_t>(config.nmpu.n_fill);
    for (std::size_t l = 0; l < lanes.size(); ++l) {
        std::size_t served = 0;  // one column per cycle, its result n_fill cycles after it is in
        for (; served < columns_per_lane; ++served) {
            const std::size_t column = l * columns_per_lane + served;
            if (column >= config.cols) { break; }
            dump.change(t.post + served, lanes[l].column, static_cast<std::int64_t>(column));
            if (column < r.values.y.size()) {
                dump.change(t.post + served + 1 + n_fill, lanes[l].y, r.values.y[column]);
            }
        }
        if (served == 0) { continue; }
        dump.change(t.post + served, lanes[l].column, nothing);
        dump.pulse(t.post, t.done, lanes[l].busy);
    }
}

void VcdWriter::Impl::output(const mvm::MvmRecord& r)
{
    const auto& t = r.times;
    dump.pulse(t.done, t.out + 1, y_valid);
    dump.pulse(t.out, t.out + 1, y_taken);
    dump.pulse(t.post, t.out, y_fill);
    dump.change(t.post, y_ready, -1);
    dump.change(t.out, y_ready, 1);
    // first in, first out: a vector shows when the one before it has gone
    const std::uint64_t front = last ? std::max(t.done, last->out + 1) : t.done;
    dump.change(front, y_mvm, static_cast<std::int64_t>(r.mvm));
    for (std::size_t c = 0; c < std::min(y.size(), r.values.y.size()); ++c) {
        dump.change(front, y[c], r.values.y[c]);
    }
}

VcdWriter::VcdWriter(const config::TileConfig& config, const VcdSelection& selection)
    : impl_(std::make_unique<Impl>(config, selection))
{
}
VcdWriter::~VcdWriter() = default;
VcdWriter::VcdWriter(VcdWriter&&) noexcept = default;
VcdWriter& VcdWriter::operator=(VcdWriter&&) noexcept = default;

void VcdWriter::Impl::remember(const mvm::MvmTimes& t)
{
    blocked.emplace_back(std::max(t.counts, last ? last->done : 0), t.post);
    if (blocked.size() > 4) { blocked.pop_front(); }  // at most two banks wait for the post unit
    last = t;
}

void VcdWriter::Impl::draw(const mvm::MvmRecord& record)
{
    controller(record);
    input(record);
    converters(record);
    post(record);
    output(record);
    remember(record.times);
    // later vectors may have been taken into the input buffer since, but not before this one
    dump.flush(record.times.in);
}

void VcdWriter::add(const mvm::MvmRecord& record)
{
    Impl& waves = *impl_;
    // Neither of it nor of the wait before it is anything to be seen.
    if (waves.last && waves.read_end(*waves.last) >= waves.closes &&
        record.times.in >= waves.closes) {
        waves.remember(record.times);
        return;
    }
    const bool is_over = record.times.out + 1 < waves.opens;
    if (waves.newest_over) {
        // Of those that are over when the window opens, only the newest has left values behind.
        if (is_over) {
            waves.remember(waves.newest_over->times);
        } else {
            waves.draw(*waves.newest_over);
            waves.newest_over.reset();
        }
    }
    if (is_over) {
        waves.newest_over = record;
    } else {
        waves.draw(record);
    }
}

std::string VcdWriter::take() { return impl_->dump.take(); }

std::string VcdWriter::finish()
{
    std::uint64_t end = 0;
    if (impl_->newest_over) { impl_->draw(*impl_->newest_over); }
    if (impl_->last) {
        impl_->set_state(impl_->read_end(*impl_->last), drain);
        impl_->set_state(impl_->last->out, idle);
        end = impl_->last->out + 2;  // shows the cycle of the last transfer, and its end
    }
    impl_->dump.finish(end);
    return take();
}

}  // namespace aimc::report
