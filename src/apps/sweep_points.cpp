// SPDX-License-Identifier: Apache-2.0
#include "sweep_points.h"

#include "aimc/base/files.h"
#include "aimc/config/fingerprint.h"
#include "aimc/config/workload.h"
#include "aimc/report/row.h"

#include "parallel.h"
#include "shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace aimc::apps {
namespace {

std::string all_messages(const UserError& error)
{
    std::string all;
    for (const Problem& p : error.problems()) {
        all += (all.empty() ? "" : "; ") + p.where + (p.where.empty() ? "" : " ") + p.message;
    }
    return all;
}

}  // namespace

const std::string& what_makes_rows()
{
    static const std::string rows = [] {
        std::string all = program_identity();
        for (const auto& column : report::row_columns()) { all += std::string(" ") + column.name; }
        return all;
    }();
    return rows;
}

std::string FileDigests::of(const config::TileConfig& config)
{
    std::string all;
    for (const auto& file : config::input_files(config)) {
        std::unique_lock<std::mutex> lock(mutex_);
        std::string& digest = known_[file];
        if (digest.empty()) { digest = sha256_hex(read_file(file)); }
        all += digest + ' ';
    }
    return all;
}

SweepPoints::SweepPoints(const config::SweepFile& file)
    : file_(file), base_(config::load_config(file.config)), points_(file_, base_.tile)
{
    text_ = read_file(file.config);
}

config::LoadedConfig SweepPoints::load(std::size_t index) const
{
    return config::parse_config(text_, file_.config, points_.at(index).sets);
}

CheckedPoint SweepPoints::checked(std::size_t index, FileDigests& digests,
                                  std::string& analog) const
{
    const sweep::Point point = points_.at(index);
    CheckedPoint out;
    try {
        const auto loaded = config::parse_config(text_, file_.config, point.sets);
        config::require_workload(loaded.tile);
        const std::string files = digests.of(loaded.tile);
        out.config_sha256 = loaded.sha256;
        out.post = loaded.tile.post;
        out.key = sha256_hex(loaded.sha256 + '\n' + files + '\n' + what_makes_rows());
        analog = sha256_hex(config::analog_half(loaded.tile) + files);
    } catch (const ConfigError& error) {
        out.why = all_messages(error);
    }
    return out;
}

CheckedPoints SweepPoints::check(std::size_t from, std::size_t to, int workers,
                                 const std::function<bool(std::size_t)>& on_progress) const
{
    CheckedPoints all;
    all.points.resize(points_.size());
    FileDigests digests;
    std::unordered_map<std::string, std::size_t> numbers;
    std::mutex mutex;
    std::size_t next = from;
    const auto take = [&](std::size_t) -> std::optional<std::size_t> {
        const std::lock_guard<std::mutex> lock(mutex);
        return next < to ? std::optional(next++) : std::nullopt;
    };
    const auto one = [&](std::size_t index) {
        std::string analog;
        CheckedPoint point = checked(index, digests, analog);
        const std::lock_guard<std::mutex> lock(mutex);
        if (point.why.empty()) {
            const auto [found, is_new] = numbers.emplace(analog, all.analog.size());
            if (is_new) { all.analog.push_back(analog); }
            point.analog = found->second;
        }
        all.points[index] = std::move(point);
    };
    if (!run_parallel(workers, take, one, on_progress)) { return {}; }
    const bool has_refused = std::any_of(all.points.begin(), all.points.end(),
                                         [](const CheckedPoint& p) { return !p.why.empty(); });
    if (has_refused && !file_.skip_invalid) { refuse(all); }
    return all;
}

void SweepPoints::refuse(const CheckedPoints& all) const
{
    constexpr std::size_t most = 20;  // Choice: a screenful
    std::vector<Problem> problems;
    std::size_t refused = 0;
    for (std::size_t i = 0; i < all.points.size(); ++i) {
        if (all.points[i].why.empty()) { continue; }
        if (refused++ < most) {
            problems.push_back({name_of(points_, i) + ':', all.points[i].why});
        }
    }
    if (refused > most) {
        problems.push_back({"", fmt::format("has {} more such points", refused - most)});
    }
    problems.push_back({"", "leaves such points out with \"invalid\": \"skip\""});
    throw ConfigError(file_.path, problems);
}

std::string name_of(const sweep::Points& points, std::size_t index)
{
    const sweep::Point point = points.at(index);
    std::string values;
    for (std::size_t i = 0; i < point.values.size(); ++i) {
        values += (i == 0 ? "" : ", ") + points.columns()[i].name + ' ' + point.values[i];
    }
    return fmt::format("point {} ({})", index, values);
}

}  // namespace aimc::apps
