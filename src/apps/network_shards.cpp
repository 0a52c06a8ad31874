// SPDX-License-Identifier: Apache-2.0
#include "network_shards.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "network_report.h"
#include "sweep_points.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace aimc::apps {
namespace {

std::string digest_of(const config::ImageData& data)
{
    const auto text = [](const std::vector<std::uint8_t>& bytes) {
        return std::string(bytes.begin(), bytes.end());
    };
    return fmt::format("{} images {} labels {}", data.images.rows(),
                       sha256_hex(text(data.images.data())), sha256_hex(text(data.labels)));
}

/// Whether two parts of a chip work with the same words: they were calibrated on their own.
bool is_same_chip(const NetworkResult& a, const NetworkResult& b)
{
    const auto same = [](const mvm::PostWords& x, const mvm::PostWords& y) {
        const auto is_same_ldpu = [](const ldpu::AffineWords16& p, const ldpu::AffineWords16& q) {
            return p.scale_p == q.scale_p && p.scale_n == q.scale_n && p.offset == q.offset &&
                   p.gamma == q.gamma && p.beta == q.beta;
        };
        return x.scale_exponent == y.scale_exponent && x.nmpu == y.nmpu &&
               std::equal(x.ldpu.begin(), x.ldpu.end(), y.ldpu.begin(), y.ldpu.end(), is_same_ldpu);
    };
    const auto is_same_layer = [&](const network::LayerWords& x, const network::LayerWords& y) {
        return std::equal(x.blocks.begin(), x.blocks.end(), y.blocks.begin(), y.blocks.end(), same);
    };
    return a.variant == b.variant && a.age_s == b.age_s && a.ratios == b.ratios &&
           std::equal(a.words.begin(), a.words.end(), b.words.begin(), b.words.end(),
                      is_same_layer);
}

NetworkPart read_part(const Shard& shard, const NetworkJob& job)
{
    NetworkPart part;
    try {
        part = parse_part(shard.contents);
    } catch (const std::exception& error) {
        throw InputError(shard.path, std::string("holds what is no part: ") + error.what());
    }
    const std::size_t n = shard.range.to - shard.range.from;
    const std::size_t n_layers = job.wiring->plan.layers.size();
    bool fits = part.float_answers.empty() || part.float_answers.size() == n;
    for (const NetworkResult& r : part.results) {
        fits = fits && r.chip == shard.range.chip && r.run.answers.size() == n &&
               r.words.size() == n_layers && r.run.layers.size() == n_layers &&
               r.run.all_cycles.size() == n_layers &&
               r.run.scores.cols() == job.wiring->network.n_classes() &&
               r.ratios.size() == job.wiring->plan.n_tiles;
    }
    if (!fits) { throw InputError(shard.path, "holds a part of another job"); }
    return part;
}

/// Puts the results of the next images of a chip behind those that are there.
void append(std::vector<NetworkResult>& all, std::vector<NetworkResult>&& next,
            const std::string& path)
{
    bool fits = all.size() == next.size();
    for (std::size_t i = 0; fits && i < all.size(); ++i) {
        fits = is_same_chip(all[i], next[i]);
        all[i].run.append(next[i].run);
        all[i].wall_s += next[i].wall_s;
    }
    if (!fits) {
        throw InputError(path,
                         "comes from a chip with other words than those of the part before "
                         "it: the machines that ran them do not compute alike");
    }
}

}  // namespace

void require_shardable(const Options& options)
{
    if (options.network.save_layers) {
        throw ConfigError("--save",
                          "layers keeps the maps of a whole run in memory: not with "
                          "--shard, --shards or --merge");
    }
}

ShardJob network_shards(const Options& options, const NetworkJob& job,
                        const config::Network& network)
{
    const NetworkOptions& o = options.network;
    std::string all = program_identity() + '\n' + sha256_hex(read_file(options.file)) + '\n' +
                      digest_of(network) + '\n' + job.loaded.sha256 + '\n';
    all += FileDigests().of(job.loaded.tile) + '\n';
    all += digest_of(job.test) + '\n' + digest_of(job.calibration) + '\n';
    all += fmt::format("tiles {} replicate {} over {} chips {} engine {}", o.tiles,
                       o.replicate_rows, o.replicate_over, o.chips,
                       options.engine == Engine::cycle ? "cycle" : "function");
    for (const char* variant : {"float", "ldpu", "nmpu"}) {
        if (o.wants(variant)) { all += std::string(" ") + variant; }
    }
    ShardJob shards;
    shards.kind = ShardJob::Kind::network;
    shards.name = network.name;
    shards.key = sha256_hex(all);
    shards.chips = o.wants("ldpu") || o.wants("nmpu") ? o.chips : 1;
    shards.items = job.all_images;
    return shards;
}

int run_network_shard(NetworkJob& job, const Options& options, const ShardJob& shards,
                      const std::string& folder, const std::function<void()>& wire)
{
    const ShardRange range = *options.shards.range;
    require_within(shards, range);
    std::string note;
    const bool is_there = has_shard(folder, shards, range, note);
    if (!note.empty()) { fmt::print(stderr, "{}\n", note); }
    if (!is_there) {
        keep_part(job, range.chip, range.from, range.to);
        wire();
        run_network_job(job, options);
        if (!job.complete) { throw Interrupted("before the part was done"); }
        write_shard(folder, shards, range, part_bytes(job));
    }
    if (!options.quiet) {
        fmt::print("{}{}\n", shard_path(folder, shards, range), is_there ? " was there" : "");
    }
    return static_cast<int>(ExitCode::done);
}

void merge_network_shards(NetworkJob& job, const std::string& folder, const ShardJob& shards)
{
    std::vector<NetworkResult> of_chip;
    const auto end_chip = [&] {
        for (NetworkResult& r : of_chip) {
            r.top1 = network::top1(r.run.answers, job.test.labels);
            job.results.push_back(std::move(r));
        }
        of_chip.clear();
    };
    for (const Shard& shard : read_shards(folder, shards)) {
        NetworkPart part = read_part(shard, job);
        job.float_answers.insert(job.float_answers.end(), part.float_answers.begin(),
                                 part.float_answers.end());
        job.float_wall_s += part.float_wall_s;
        if (shard.range.from == 0) {
            end_chip();
            of_chip = std::move(part.results);
        } else {
            append(of_chip, std::move(part.results), shard.path);
        }
    }
    end_chip();
    if (!job.float_answers.empty()) {
        job.float_top1 = network::top1(job.float_answers, job.test.labels);
    }
}

}  // namespace aimc::apps
