// SPDX-License-Identifier: Apache-2.0
// Everything that a third party needs to recompute the integers of a network.
#include "aimc/config/words.h"
#include "aimc/ldpu/binary16.h"

#include "network_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace aimc::apps {
namespace {

using config::NodeOp;
using Json = nlohmann::ordered_json;

Json nmpu_json(const config::NmpuConfig& f)
{
    return {{"branch", config::word_of(f.branch)},
            {"scale_fraction", f.scale_fraction},
            {"offset_fraction", f.offset_fraction},
            {"cut", f.cut},
            {"round_bits", f.round_bits},
            {"round_mode", config::word_of(f.round_mode)},
            {"final_round_mode", config::word_of(f.final_round_mode)},
            {"out_bits", f.out_bits},
            {"overflow", config::word_of(f.overflow)},
            {"residual_fraction", f.residual_fraction},
            {"partial_bits", f.partial_bits},
            {"partial_fraction", f.partial_fraction}};
}

class WordsWriter {
public:
    WordsWriter(const NetworkJob& job, const NetworkResult& result)
        : wiring_(*job.wiring), layers_(job.layers), result_(result)
    {
        names_.emplace_back("input");
        for (const auto& node : wiring_.network.nodes) { names_.push_back(node.name); }
    }

    Json nodes() const
    {
        Json all = Json::array();
        for (std::size_t s = 0; s < wiring_.program.steps.size(); ++s) {
            const network::Step& step = wiring_.program.steps[s];
            // a layer keeps its own name, also when it takes on an addition or a ReLU
            Json json{{"name", wiring_.network.nodes[step.node].name}};
            if (network::is_layer(wiring_.network, step)) {
                add_layer(json, s);
            } else {
                add_step(json, s);
            }
            all.push_back(std::move(json));
        }
        return all;
    }

private:
    void add_step(Json& json, std::size_t s) const
    {
        const network::Step& step = wiring_.program.steps[s];
        const config::NetworkNode& node = wiring_.network.nodes[step.node];
        const auto set = [&](const char* op) {
            json["op"] = op;
            json["input"] = names_[step.inputs[0]];
        };
        const auto window = [&] {
            json["kernel"] = {node.window.kernel_y, node.window.kernel_x};
            json["stride"] = {node.window.stride_y, node.window.stride_x};
        };
        switch (node.op) {
            case NodeOp::max_pool:
                set("max_pool");
                window();
                break;
            case NodeOp::average_pool:
            case NodeOp::global_average_pool:
                set("average_pool");
                window();
                json["up"] = wiring_.scales.average_up[s];
                break;
            case NodeOp::shortcut:
                set("shortcut");
                json["stride"] = {node.window.stride_y, node.window.stride_x};
                json["channels"] = node.out.channels;
                break;
            case NodeOp::add:
                json["op"] = "add";
                json["inputs"] = {names_[step.inputs[0]], names_[step.inputs[1]]};
                json["shifts"] = wiring_.scales.add_shift[s];
                json["activation"] = config::word_of(step.activation);
                break;
            case NodeOp::flatten: set("flatten"); break;
            default: set("relu"); break;
        }
    }

    void add_layer(Json& json, std::size_t s) const
    {
        const network::Step& step = wiring_.program.steps[s];
        const std::size_t l = wiring_.layer_of[s];
        const network::LayerPlan& plan = wiring_.plan.layers[l];
        const network::LayerWords& words = result_.words[l];
        json["op"] = "tiles";
        json["input"] = names_[step.inputs[0]];
        json["activation"] = config::word_of(step.activation);
        json["copies"] = plan.copies;
        json["output"] = step.partial_out ? "partial" : "y";
        json["scale_exponent"] = words.blocks.front().scale_exponent;  // as calibrated: one for all
        json["residual"] = nullptr;
        const auto padding = network::padding_codes(wiring_.scales, wiring_.node(plan));
        if (!padding.empty()) { json["padding"] = padding; }
        if (step.residual) {
            json["residual"] = {{"from", names_[*step.residual]},
                                {"shift", wiring_.scales.residual_shift[s]}};
        }
        json["blocks"] = Json::array();
        for (std::size_t b = 0; b < plan.blocks.size(); ++b) {
            json["blocks"].push_back(block(plan.blocks[b], words.blocks[b], layers_[l].swapped));
        }
    }

    Json block(const network::Block& block, const mvm::PostWords& words,
               const std::vector<bool>& swapped) const
    {
        Json json{{"rows", {block.rows.from, block.rows.to}},
                  {"cols", {block.cols.from, block.cols.to}},
                  {"tile", block.tile},
                  {"swapped", Json::array()}};
        for (std::size_t c = block.cols.from; c < block.cols.to; ++c) {
            if (swapped[c]) { json["swapped"].push_back(c); }
        }
        if (result_.variant == "nmpu") {
            json["scale_exponent"] = words.scale_exponent;
            for (const auto& w : words.nmpu) {
                json["s_p"].push_back(w.s_p);
                json["s_n"].push_back(w.s_n);
                json["o_p"].push_back(w.o_p);
                json["o_n"].push_back(w.o_n);
            }
            return json;
        }
        for (const auto& w : words.ldpu) {  // four hex digits each
            const auto hex = [](ldpu::Binary16 h) { return fmt::format("{:04x}", h.bits); };
            json["scale_p"].push_back(hex(w.scale_p));
            json["scale_n"].push_back(hex(w.scale_n));
            json["offset"].push_back(hex(w.offset));
            json["gamma"].push_back(hex(w.gamma));
            json["beta"].push_back(hex(w.beta));
        }
        return json;
    }

    const network::Wiring& wiring_;
    const std::vector<network::PlacedLayer>& layers_;
    const NetworkResult& result_;
    std::vector<std::string> names_;  ///< [maps]
};

}  // namespace

std::string words_json(const NetworkJob& job, const NetworkResult& result)
{
    Json json;
    json["format"] = "aimc-network-words/1";
    json["network"] = job.wiring->network.name;
    json["variant"] = result.variant;
    json["nmpu"] = nmpu_json(job.loaded.tile.nmpu);
    const auto& codes = job.wiring->scales.input;
    json["input"] = {{"codes", std::vector<int>(codes.begin(), codes.end())},
                     {"largest", job.wiring->scales.largest_code}};
    json["nodes"] = WordsWriter(job, result).nodes();
    return json.dump() + '\n';
}

}  // namespace aimc::apps
