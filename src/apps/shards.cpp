// SPDX-License-Identifier: Apache-2.0
#include "shards.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace aimc::apps {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* format = "aimc-shard/1";
constexpr const char* suffix = ".shard";
constexpr std::size_t most_problems = 20;  // Choice: a screenful

const char* kind_of(const ShardJob& job)
{
    return job.kind == ShardJob::Kind::sweep ? "sweep" : "network";
}

const char* items_of(const ShardJob& job)
{
    return job.kind == ShardJob::Kind::sweep ? "points" : "images";
}

/// "points 0:10", "chip 1, images 0:10".
std::string part_text(const ShardJob& job, const ShardRange& r)
{
    const bool has_chip = job.kind == ShardJob::Kind::network;
    return (has_chip ? fmt::format("chip {}, ", r.chip) : "") +
           fmt::format("{} {}:{}", items_of(job), r.from, r.to);
}

Json header_of(const ShardJob& job, const ShardRange& range, const std::string& contents)
{
    return {{"format", format},   {"kind", kind_of(job)},
            {"key", job.key},     {"version", version},
            {"chip", range.chip}, {"from", range.from},
            {"to", range.to},     {"sha256", sha256_hex(contents)}};
}

bool has_numbers(const Json& header)
{
    const auto has = [&](const char* key) {
        return header.contains(key) && header[key].is_number_unsigned();
    };
    return has("chip") && has("from") && has("to");
}

/// A shard, or what is wrong with its file.
struct Read {
    Shard shard;
    std::string wrong;
};

Read read(const std::string& path, const ShardJob& job)
{
    Read out;
    out.shard.path = path;
    const std::string text = read_file(path);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto header = Json::parse(text.substr(0, end), nullptr, false);
    const auto has = [&](const char* key, const std::string& value) {
        return header.contains(key) && header[key] == value;
    };
    if (!header.is_object() || !has("format", format) || !has_numbers(header) ||
        !header.contains("version") || !header["version"].is_string()) {
        out.wrong = "is no shard (aimc-shard/1), or is damaged";
        return out;
    }
    if (!has("version", version)) {
        out.wrong = fmt::format("was made by aimc {}, this is aimc {}",
                                header["version"].get<std::string>(), version);
        return out;
    }
    if (!has("kind", kind_of(job)) || !has("key", job.key)) {
        out.wrong =
            "is of another job: files, options or the program were others than those of this "
            "command";
        return out;
    }
    out.shard.range = {header["chip"], header["from"], header["to"]};
    out.shard.contents = text.substr(std::min(end + 1, text.size()));
    if (!has("sha256", sha256_hex(out.shard.contents))) {
        out.wrong = "is damaged: what it holds has not the SHA-256 that it names";
    }
    return out;
}

/// What keeps the shards from being the whole job: parts twice, parts missing.
std::vector<Problem> holes(const ShardJob& job, const std::vector<Shard>& sorted)
{
    std::vector<Problem> problems;
    auto next = sorted.begin();
    for (std::size_t chip = 0; chip < job.chips; ++chip) {
        std::size_t at = 0;
        const auto up_to = [&](std::size_t to) {
            if (at < to) { problems.push_back({"", "lacks " + part_text(job, {chip, at, to})}); }
        };
        for (; next != sorted.end() && next->range.chip == chip; ++next) {
            up_to(next->range.from);
            if (next->range.from < at) {
                const std::size_t to = std::min(at, next->range.to);
                problems.push_back({"", "has " + part_text(job, {chip, next->range.from, to}) +
                                            " twice, the second time in " +
                                            fs::path(next->path).filename().string()});
            }
            at = std::max(at, next->range.to);
        }
        up_to(job.items);
    }
    return problems;
}

}  // namespace

std::string to_text(const ShardJob& job, const ShardRange& r)
{
    const bool has_chip = job.kind == ShardJob::Kind::network;
    return (has_chip ? fmt::format("{}:", r.chip) : "") + fmt::format("{}:{}", r.from, r.to);
}

const std::string& program_identity()
{
    static const std::string identity =
        std::string(version) + ' ' + sha256_hex(read_file("/proc/self/exe"));
    return identity;
}

std::string shards_json(const ShardJob& job)
{
    const Json json{
        {"format", "aimc-shards/1"}, {"kind", kind_of(job)}, {"name", job.name},  {"key", job.key},
        {"version", version},        {"chips", job.chips},   {"items", job.items}};
    return json.dump() + '\n';
}

void require_within(const ShardJob& job, const ShardRange& r)
{
    if (r.chip < job.chips && r.to <= job.items) { return; }
    const bool has_chip = job.kind == ShardJob::Kind::network;
    throw ConfigError("--shard",
                      fmt::format("is {}, must be within {}{} 0:{}", to_text(job, r),
                                  has_chip ? fmt::format("chips 0 to {} and ", job.chips - 1) : "",
                                  items_of(job), job.items));
}

std::string shard_path(const std::string& folder, const ShardJob& job, const ShardRange& r)
{
    const std::string chip =
        job.kind == ShardJob::Kind::network ? fmt::format("chip{}-", r.chip) : "";
    return fmt::format("{}/{}{:07}-{:07}{}", folder, chip, r.from, r.to, suffix);
}

bool has_shard(const std::string& folder, const ShardJob& job, const ShardRange& range,
               std::string& note)
{
    const std::string path = shard_path(folder, job, range);
    std::error_code ignored;
    if (!fs::exists(path, ignored)) { return false; }
    const Read found = read(path, job);
    const ShardRange& is = found.shard.range;
    const bool is_it =
        std::tie(is.chip, is.from, is.to) == std::tie(range.chip, range.from, range.to);
    if (found.wrong.empty() && is_it) { return true; }
    note = path + ": " + (found.wrong.empty() ? "holds another part" : found.wrong) +
           "; it is made anew";
    return false;
}

void write_shard(const std::string& folder, const ShardJob& job, const ShardRange& range,
                 const std::string& contents)
{
    write_file(shard_path(folder, job, range),
               header_of(job, range, contents).dump() + '\n' + contents);
}

std::vector<Shard> read_shards(const std::string& folder, const ShardJob& job)
{
    std::vector<std::string> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() == suffix) { paths.push_back(entry.path().string()); }
    }
    if (error) { throw InputError(folder, "cannot be read: " + error.message()); }
    std::sort(paths.begin(), paths.end());
    std::vector<Shard> shards;
    for (const auto& path : paths) {
        Read one = read(path, job);
        if (!one.wrong.empty()) { throw InputError(path, one.wrong); }
        const ShardRange& r = one.shard.range;
        if (r.chip >= job.chips || r.to > job.items || r.from >= r.to) {
            throw InputError(path, "holds " + part_text(job, r) + ", which the job does not have");
        }
        shards.push_back(std::move(one.shard));
    }
    std::sort(shards.begin(), shards.end(), [](const Shard& a, const Shard& b) {
        return std::tie(a.range.chip, a.range.from, a.range.to) <
               std::tie(b.range.chip, b.range.from, b.range.to);
    });
    auto problems = holes(job, shards);
    if (problems.size() > most_problems) {
        const std::size_t more = problems.size() - most_problems;
        problems.resize(most_problems);
        problems.push_back({"", fmt::format("and {} more such parts", more)});
    }
    if (!problems.empty()) { throw InputError(folder, problems); }
    return shards;
}

}  // namespace aimc::apps
