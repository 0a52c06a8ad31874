// SPDX-License-Identifier: Apache-2.0
#include "sweep_run.h"

#include "aimc/mvm/function_engine.h"
#include "aimc/report/row.h"

#include "parallel.h"
#include "session.h"

#include <algorithm>
#include <map>

namespace aimc::apps {
namespace {

constexpr std::size_t most_bytes = std::size_t{512} << 20U;  ///< Choice: some 20 analog halves

/// A run of one point: not interrupted, for half a point is no point.
class PointSession : public Session {
public:
    using Session::Session;
    bool stop_requested() const override { return false; }
};

}  // namespace

WorkList::WorkList(const std::vector<std::size_t>& points, const CheckedPoints& checked,
                   int workers)
    : at_(static_cast<std::size_t>(workers), 0)
{
    std::map<std::size_t, Group> by_analog;
    for (const std::size_t i : points) { by_analog[checked.points[i].analog].points.push_back(i); }
    for (auto& [analog, group] : by_analog) { groups_.push_back(std::move(group)); }
    for (std::size_t& at : at_) { at = groups_.size(); }
}

/// One that nobody has begun, else the one with most left.
std::size_t WorkList::group_for_next() const
{
    const auto fresh =
        std::find_if(groups_.begin(), groups_.end(), [](const Group& g) { return g.taken == 0; });
    const auto most =
        std::max_element(groups_.begin(), groups_.end(),
                         [](const Group& a, const Group& b) { return a.left() < b.left(); });
    return static_cast<std::size_t>((fresh != groups_.end() ? fresh : most) - groups_.begin());
}

std::optional<std::size_t> WorkList::next(std::size_t worker)
{
    const std::lock_guard<std::mutex> lock(mutex_);
    if (groups_.empty()) { return std::nullopt; }
    std::size_t& at = at_[worker];
    if (at == groups_.size() || groups_[at].left() == 0) { at = group_for_next(); }
    Group& group = groups_[at];
    return group.left() > 0 ? std::optional(group.points[group.taken++]) : std::nullopt;
}

bool run_points(const SweepPoints& sweep, const CheckedPoints& checked,
                const std::vector<std::size_t>& todo, int workers, SimdLevel simd,
                const KeepRow& keep, const std::function<bool(std::size_t)>& on_progress)
{
    WorkList work(todo, checked, workers);
    Memo memo(most_bytes);
    Options options;
    options.quiet = true;
    options.engine = Engine::function;
    options.simd = simd;
    const auto take = [&](std::size_t worker) -> std::optional<std::size_t> {
        return interrupt_requested() ? std::nullopt : work.next(worker);
    };
    const auto one = [&](std::size_t index) {
        const CheckedPoint& point = checked.points[index];
        try {
            const auto loaded = sweep.load(index);
            const mvm::ReadMemory memory(memo, checked.analog[point.analog]);
            PointSession session(loaded, options, &memory);
            mvm::run_function_engine(loaded.tile, simd, 1, session, &memory);
            keep(point.key, report::row_of(session.figures()));
        } catch (const OutputError&) {
            throw;  // of the journal
        } catch (const UserError& error) {
            throw UserError(error.code(), name_of(sweep.points(), index), error.what());
        }
    };
    return run_parallel(workers, take, one, on_progress);
}

}  // namespace aimc::apps
