// SPDX-License-Identifier: Apache-2.0
// The results of a network as files for programs.
#include "aimc/base/files.h"

#include "network_layers.h"
#include "network_report.h"
#include "outputs.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace aimc::apps {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value)
{
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json to_json(const Statistic& s)
{
    return {{"mean", s.mean},
            {"sd", number(s.sd)},
            {"standard_error", number(s.standard_error)},
            {"n", s.n}};
}

Json misfits_of(const network::LayerWords& words)
{
    Json all = Json::array();
    for (const auto& m : words.misfits) {
        all.push_back(
            {{"column", m.column}, {"word", m.word}, {"wanted", m.wanted}, {"given", m.given}});
    }
    return all;
}

Json layers_json(const NetworkJob& job, const NetworkResult& r)
{
    Json layers = Json::array();
    const auto figures = layer_figures(job, r);
    for (std::size_t l = 0; l < figures.size(); ++l) {
        const LayerFigures& f = figures[l];
        layers.push_back(
            {{"name", f.name},
             {"mvms_per_image", f.mvms},
             {"cycles_per_image", f.cycles},
             {"utilisation", f.utilisation},
             {"mvm_error", {{"rel_l2", number(f.rel_l2)}, {"rmse_lsb", number(f.rmse_lsb)}}},
             {"saturated", f.saturated},
             {"partial_saturated", f.partial_saturated},
             {"watched_conversions", f.watched},
             {"over_range", number(f.over_range)},
             {"polarity_flips", number(f.polarity_flips)},
             {"scale_exponent", f.scale_exponent},
             {"columns_needing_exponent", f.columns_needing_exponent},
             {"rank_deficient", f.rank_deficient},
             {"least_current_ratio", f.least_ratio},
             {"energy_nJ_per_image", number(f.energy_nJ)},
             {"misfits", misfits_of(r.words[l])}});
    }
    return layers;
}

Json result_json(const NetworkJob& job, const NetworkResult& r)
{
    const auto tile = config_of_chip(job.loaded.tile, r.chip);
    const auto time = network::machine_time(job.wiring->plan, r.run.cycles);
    return {{"variant", r.variant},
            {"chip", r.chip},
            {"seed", {{"device", tile.seed.device}, {"read", tile.seed.read}}},
            {"age_s", r.age_s},
            {"upkeep", r.upkeep},
            {"images", r.run.answers.size()},
            {"top1", r.top1},
            {"latency_cycles", time.latency},
            {"interval_cycles", time.interval},
            {"bottleneck", job.wiring->plan.layers[time.bottleneck].name},
            {"residual_words_clipped", r.run.residuals_clipped},
            {"words_clipped_by_compensation", r.words_clipped},
            {"layers", layers_json(job, r)}};
}

Json paired_json(const NetworkJob& job)
{
    Json all = Json::array();
    std::set<double> ages;
    for (const auto& r : job.results) { ages.insert(r.age_s); }
    for (const double age : ages) {
        const auto p = paired(job, age);
        if (!p) { continue; }
        all.push_back({{"age_s", age},
                       {"drop_points", to_json(statistic(p->drop))},
                       {"drop_standard_error_images", p->image_error},
                       {"differing_percent", to_json(statistic(p->differing))},
                       {"drop_by_chip", p->drop}});
    }
    return all;
}

}  // namespace

std::string digest_of(const config::Network& network)
{
    std::string bytes;
    const auto add = [&](const auto& values) {
        bytes.append(reinterpret_cast<const char*>(values.data()),
                     values.size() * sizeof values[0]);
    };
    for (const auto& node : network.nodes) {
        bytes += node.name;
        add(node.codes.data());
        for (const auto* values : {&node.step, &node.bias, &node.factor, &node.summand}) {
            add(*values);
        }
    }
    return sha256_hex(bytes);
}

std::string network_report_json(const NetworkJob& job, const Options& options)
{
    const auto& plan = job.wiring->plan;
    const auto& tile = job.loaded.tile;
    Json json;
    json["format"] = "aimc-network-report/1";
    json["config"] = {{"name", tile.name}, {"sha256", job.loaded.sha256}};
    json["network"] = {{"name", job.wiring->network.name},
                       {"sha256", digest_of(job.wiring->network)},
                       {"float_top1_of_training", job.wiring->network.float_top1 < 0.0
                                                      ? Json(nullptr)
                                                      : Json(job.wiring->network.float_top1)}};
    json["options"] = {{"tiles", options.network.tiles},
                       {"replicate_rows", options.network.replicate_rows},
                       {"replicate_over", options.network.replicate_over},
                       {"chips", options.network.chips}};
    json["seed"] = {{"device", tile.seed.device}, {"read", tile.seed.read}};
    json["data"] = {{"kind", job.source.kind}, {"images", job.test.images.rows()}};
    json["calibration"] = {{"images", job.calibration.images.rows()},
                           {"vectors_per_layer", tile.calibration.count}};
    json["engine"] = options.engine == Engine::cycle ? "cycle" : "function";
    json["complete"] = job.complete;
    json["plan"] = {{"tiles", plan.n_tiles},
                    {"blocks", plan.n_blocks()},
                    {"cells_used", plan.used()},
                    {"mvms_per_image", plan.mvms()}};
    json["float"] = job.float_top1 < 0.0 ? Json(nullptr) : Json{{"top1", job.float_top1}};
    json["variants"] = Json::array();
    for (const VariantResults& v : variants_of(job)) {
        json["variants"].push_back({{"variant", v.variant},
                                    {"age_s", v.age_s},
                                    {"upkeep", v.upkeep},
                                    {"top1", to_json(statistic(v.top1))}});
    }
    json["paired"] = paired_json(job);
    json["results"] = Json::array();
    double images = 0.0;
    double seconds = 0.0;
    for (const NetworkResult& r : job.results) {
        json["results"].push_back(result_json(job, r));
        images += static_cast<double>(r.run.answers.size());
        seconds += r.wall_s;
    }
    Json host{{"threads", options.threads}, {"simd", to_string(options.simd)}};
    if (seconds > 0.0) {
        host["images_per_s"] = images / seconds;
        host["mvm_per_s"] = images * static_cast<double>(plan.mvms()) / seconds;
    }
    host["float_s"] = job.float_wall_s;
    host["peak_rss_mb"] = peak_rss_mb();
    host["date"] = today();
    json["host"] = std::move(host);
    return json.dump(1) + '\n';
}

std::string confusion_json(const NetworkJob& job)
{
    const std::size_t n = job.wiring->network.n_classes();
    std::string out = "{\n \"format\": \"aimc-confusion/1\",\n \"rows\": \"label\",\n";
    const auto add = [&](const std::string& name, const std::vector<std::uint8_t>& answers) {
        std::vector<std::vector<std::size_t>> matrix(n, std::vector<std::size_t>(n, 0));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            ++matrix[job.test.labels[i]][answers[i]];
        }
        out += " \"" + name + "\": [\n";
        for (std::size_t r = 0; r < n; ++r) {
            out += "  " + Json(matrix[r]).dump() + (r + 1 < n ? ",\n" : "\n ],\n");
        }
    };
    if (!job.float_answers.empty()) { add("float", job.float_answers); }
    for (const char* variant : {"ldpu", "nmpu"}) {
        const auto first =
            std::find_if(job.results.begin(), job.results.end(),
                         [&](const NetworkResult& r) { return r.variant == variant; });
        if (first != job.results.end()) { add(variant, first->run.answers); }
    }
    return out + " \"columns\": \"answer\"\n}\n";
}

}  // namespace aimc::apps
