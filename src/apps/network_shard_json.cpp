// SPDX-License-Identifier: Apache-2.0
// What a part of a network run gave, as bytes and back.
#include "network_shards.h"

#include <nlohmann/json.hpp>

#include <array>

namespace aimc::apps {
namespace {

using Json = nlohmann::json;
using ldpu::Binary16;

Json words_of(const mvm::PostWords& w)
{
    Json nmpu = Json::array();
    for (const auto& c : w.nmpu) { nmpu.push_back({c.s_p, c.s_n, c.o_p, c.o_n}); }
    Json ldpu = Json::array();
    for (const auto& c : w.ldpu) {
        ldpu.push_back({c.scale_p.bits, c.scale_n.bits, c.offset.bits, c.gamma.bits, c.beta.bits});
    }
    return {{"exponent", w.scale_exponent},
            {"activation", static_cast<int>(w.activation)},
            {"residual_in", w.residual_in},
            {"partial_out", w.partial_out},
            {"nmpu", nmpu},
            {"ldpu", ldpu}};
}

mvm::PostWords words_from(const Json& json)
{
    mvm::PostWords w;
    w.scale_exponent = json.at("exponent");
    w.activation = static_cast<config::Activation>(json.at("activation").get<int>());
    w.residual_in = json.at("residual_in");
    w.partial_out = json.at("partial_out");
    for (const auto& c : json.at("nmpu")) {
        const auto v = c.get<std::array<std::int32_t, 4>>();
        w.nmpu.push_back({v[0], v[1], v[2], v[3]});
    }
    for (const auto& c : json.at("ldpu")) {
        const auto v = c.get<std::array<std::uint16_t, 5>>();
        w.ldpu.push_back(
            {Binary16{v[0]}, Binary16{v[1]}, Binary16{v[2]}, Binary16{v[3]}, Binary16{v[4]}});
    }
    return w;
}

Json layer_of(const network::LayerWords& words)
{
    Json json{{"columns_needing_exponent", words.columns_needing_exponent},
              {"rank_deficient", words.rank_deficient},
              {"vectors", words.vectors},
              {"misfits", Json::array()},
              {"blocks", Json::array()}};
    for (const auto& m : words.misfits) {
        json["misfits"].push_back({m.column, m.word, m.wanted, m.given});
    }
    for (const auto& block : words.blocks) { json["blocks"].push_back(words_of(block)); }
    return json;
}

network::LayerWords layer_from(const Json& json)
{
    network::LayerWords words;
    words.columns_needing_exponent = json.at("columns_needing_exponent");
    words.rank_deficient = json.at("rank_deficient");
    words.vectors = json.at("vectors");
    for (const auto& m : json.at("misfits")) {
        words.misfits.push_back({m.at(0), m.at(1), m.at(2), m.at(3)});
    }
    for (const auto& block : json.at("blocks")) { words.blocks.push_back(words_from(block)); }
    return words;
}

Json events_of(const network::LayerEvents& e)
{
    return {e.adc.conversions, e.adc.watched,    e.adc.over_range,    e.adc.polarity_flips,
            e.adc.saturated,   e.post.saturated, e.post.relu_clipped, e.post.partial_saturated,
            e.phases,          e.mvms,           e.words_clipped};
}

network::LayerEvents events_from(const Json& json)
{
    const auto v = json.get<std::array<std::uint64_t, 11>>();
    network::LayerEvents e;
    e.adc = {v[0], v[1], v[2], v[3], v[4]};
    e.post = {v[5], v[6], v[7]};
    e.phases = v[8];
    e.mvms = v[9];
    e.words_clipped = v[10];
    return e;
}

Json run_of(const network::NetworkRun& run)
{
    Json json{{"answers", run.answers},       {"classes", run.scores.cols()},
              {"scores", run.scores.data()},  {"residuals_clipped", run.residuals_clipped},
              {"all_cycles", run.all_cycles}, {"layers", Json::array()},
              {"image_errors", Json::array()}};
    for (const auto& layer : run.layers) { json["layers"].push_back(events_of(layer)); }
    for (const auto& image : run.image_errors) {
        Json layers = Json::array();
        for (const auto& e : image) { layers.push_back({e.err2, e.ref2, e.n}); }
        json["image_errors"].push_back(std::move(layers));
    }
    return json;
}

network::NetworkRun run_from(const Json& json)
{
    network::NetworkRun run;
    run.answers = json.at("answers").get<std::vector<std::uint8_t>>();
    run.scores = Matrix<std::int32_t>(run.answers.size(), json.at("classes"));
    if (json.at("scores").size() != run.scores.data().size()) {
        throw std::out_of_range("scores of another number of images");
    }
    run.scores.data() = json.at("scores").get<std::vector<std::int32_t>>();
    run.residuals_clipped = json.at("residuals_clipped");
    run.all_cycles = json.at("all_cycles").get<std::vector<std::uint64_t>>();
    for (const auto& layer : json.at("layers")) { run.layers.push_back(events_from(layer)); }
    for (const auto& image : json.at("image_errors")) {
        run.image_errors.emplace_back();
        for (const auto& e : image) {
            run.image_errors.back().push_back({e.at(0), e.at(1), e.at(2)});
        }
        if (image.size() != run.layers.size()) {
            throw std::out_of_range("errors of another number of layers");
        }
    }
    run.sum_up();
    return run;
}

Json result_of(const NetworkResult& r)
{
    Json json{{"variant", r.variant}, {"chip", r.chip},       {"age_s", r.age_s},
              {"upkeep", r.upkeep},   {"ratios", r.ratios},   {"words_clipped", r.words_clipped},
              {"wall_s", r.wall_s},   {"run", run_of(r.run)}, {"words", Json::array()}};
    for (const auto& layer : r.words) { json["words"].push_back(layer_of(layer)); }
    return json;
}

NetworkResult result_from(const Json& json)
{
    NetworkResult r;
    r.variant = json.at("variant");
    r.chip = json.at("chip");
    r.age_s = json.at("age_s");
    r.upkeep = json.at("upkeep");
    r.ratios = json.at("ratios").get<std::vector<double>>();
    r.words_clipped = json.at("words_clipped");
    r.wall_s = json.at("wall_s");
    r.run = run_from(json.at("run"));
    for (const auto& layer : json.at("words")) { r.words.push_back(layer_from(layer)); }
    return r;
}

}  // namespace

std::string part_bytes(const NetworkJob& job)
{
    Json json{{"float_answers", job.float_answers},
              {"float_wall_s", job.float_wall_s},
              {"results", Json::array()}};
    for (const auto& result : job.results) { json["results"].push_back(result_of(result)); }
    std::string bytes;
    Json::to_cbor(json, bytes);
    return bytes;
}

NetworkPart parse_part(const std::string& bytes)
{
    const Json json = Json::from_cbor(bytes);
    NetworkPart part;
    part.float_answers = json.at("float_answers").get<std::vector<std::uint8_t>>();
    part.float_wall_s = json.at("float_wall_s");
    for (const auto& result : json.at("results")) { part.results.push_back(result_from(result)); }
    return part;
}

}  // namespace aimc::apps
