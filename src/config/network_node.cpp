// SPDX-License-Identifier: Apache-2.0
#include "network_node.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "key_check.h"
#include "network_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace aimc::config::detail {
namespace {

using nlohmann::json;

constexpr std::int64_t most_kernel = 64;       // [pixels] Choice
constexpr std::int64_t most_channels = 65536;  // Choice

constexpr std::array<std::pair<const char*, NodeOp>, 9> ops{
    {{"conv", NodeOp::conv},
     {"linear", NodeOp::linear},
     {"add", NodeOp::add},
     {"relu", NodeOp::relu},
     {"max_pool", NodeOp::max_pool},
     {"average_pool", NodeOp::average_pool},
     {"global_average_pool", NodeOp::global_average_pool},
     {"shortcut", NodeOp::shortcut},
     {"flatten", NodeOp::flatten}}};

/// [a, b] of whole numbers low .. most_kernel; nothing when the key is missing or wrong.
std::optional<std::array<std::size_t, 2>> pair_of(ObjectReader& reader, const std::string& key,
                                                  std::int64_t low, Need need)
{
    const json* const value = reader.member(key, need);
    if (value == nullptr) { return std::nullopt; }
    if (value->is_array() && value->size() == 2) {
        const auto a = as_whole((*value)[0], low, most_kernel);
        const auto b = as_whole((*value)[1], low, most_kernel);
        if (a && b) {
            return std::array{static_cast<std::size_t>(*a), static_cast<std::size_t>(*b)};
        }
    }
    reader.problem(key, fmt::format("is {}, must be two whole numbers {} to {}, down and across",
                                    shown(*value), low, most_kernel));
    return std::nullopt;
}

}  // namespace

NodeReader::NodeReader(std::string path, Network& network, std::vector<Problem>& problems)
    : path_(std::move(path)), network_(network), problems_(problems)
{
    maps_["input"] = 0;
}

void NodeReader::read(const json& value)
{
    const std::size_t n = network_.nodes.size();
    const std::size_t before = problems_.size();
    ObjectReader reader(value, fmt::format("/nodes/{}", n), problems_);
    NetworkNode node;
    node.name = reader.text("name", Need::required).value_or("");
    std::vector<std::string> names;
    for (const auto& [name, op] : ops) { names.emplace_back(name); }
    const auto op = reader.choice("op", names, Need::required);
    if (!op) { return; }
    node.op =
        ops[static_cast<std::size_t>(std::find(names.begin(), names.end(), *op) - names.begin())]
            .second;
    if (!node.name.empty() && !is_name(node.name)) {
        reader.problem("name",
                       "must be 1 to 100 characters without '/' or control characters: files are "
                       "named after it");
    }
    if (maps_.count(node.name) != 0) {
        reader.problem("name", fmt::format("\"{}\" is taken", node.name));
    }
    read_inputs(reader, node);
    read_window(reader, node);
    if (node.op == NodeOp::shortcut) { read_shortcut(reader, node); }
    if (node.on_tiles() || node.op == NodeOp::add) {
        const auto activation = reader.choice("activation", {"identity", "relu"}, Need::optional);
        if (activation && *activation == "relu") { node.activation = Activation::relu; }
    }
    if (node.op == NodeOp::relu) { node.activation = Activation::relu; }
    for (const char* key : {"weights", "weight_scale", "bias", "batch_norm"}) {
        // known keys also when a mistake before them keeps them from being read
        if (node.on_tiles()) { reader.member(key, Need::optional); }
    }
    if (problems_.size() == before) { set_shape(reader, node); }
    if (problems_.size() == before && node.on_tiles()) { read_arrays(reader, node); }
    reader.finish();
    maps_[node.name] = n + 1;
    network_.nodes.push_back(std::move(node));
}

void NodeReader::read_inputs(ObjectReader& reader, NetworkNode& node)
{
    if (node.op != NodeOp::add) {
        if (const json* const name = reader.member("input", Need::required)) {
            read_input(reader, "input", *name, node);
        }
        return;
    }
    const json* const names = reader.member("inputs", Need::required);
    if (names == nullptr) { return; }
    if (!names->is_array() || names->size() != 2) {
        return reader.problem("inputs", "must be a list of two node names");
    }
    for (const json& name : *names) { read_input(reader, "inputs", name, node); }
}

void NodeReader::read_input(ObjectReader& reader, const std::string& key, const json& name,
                            NetworkNode& node)
{
    const std::string given = name.is_string() ? name.get<std::string>() : shown(name);
    const auto found = maps_.find(given);
    if (name.is_string() && found != maps_.end()) { return node.inputs.push_back(found->second); }
    std::vector<std::string> known;
    for (const auto& [known_name, map] : maps_) { known.push_back(known_name); }
    reader.problem(key, fmt::format("names {}, which no node before this one is called{}", given,
                                    did_you_mean(given, known)));
}

void NodeReader::read_window(ObjectReader& reader, NetworkNode& node)
{
    const bool pools = node.op == NodeOp::max_pool || node.op == NodeOp::average_pool;
    if (!pools && node.op != NodeOp::conv) { return; }
    Window& w = node.window;
    if (const auto kernel = pair_of(reader, "kernel", 1, Need::required)) {
        w.kernel_y = (*kernel)[0];
        w.kernel_x = (*kernel)[1];
    }
    if (pools) {
        w.stride_y = w.kernel_y;
        w.stride_x = w.kernel_x;
    }
    if (const auto stride = pair_of(reader, "stride", 1, Need::optional)) {
        w.stride_y = (*stride)[0];
        w.stride_x = (*stride)[1];
    }
    if (const auto padding = pair_of(reader, "padding", 0, Need::optional)) {
        w.pad_y = (*padding)[0];
        w.pad_x = (*padding)[1];
        if (pools && (w.pad_y != 0 || w.pad_x != 0)) {
            reader.problem("padding", "must be [0, 0] for a pool");
        }
    }
    if (node.op == NodeOp::conv) { read_padding_value(reader, node); }
}

/// Of a normalised image: what becomes zero when it is normalised.
void NodeReader::read_padding_value(ObjectReader& reader, NetworkNode& node)
{
    const json* const values = reader.member("padding_value", Need::optional);
    if (values == nullptr || node.inputs.empty()) { return; }
    const std::size_t channels = input_shape(node).channels;
    const bool is_list =
        values->is_array() && values->size() == channels &&
        std::all_of(values->begin(), values->end(), [](const json& v) { return v.is_number(); });
    if (!is_list) {
        return reader.problem(
            "padding_value",
            fmt::format("must be a list of {} numbers, one per channel", channels));
    }
    if (node.inputs.front() != 0) {
        return reader.problem("padding_value", "is only for nodes that read \"input\"");
    }
    node.padding_value = values->get<std::vector<double>>();
}

void NodeReader::read_shortcut(ObjectReader& reader, NetworkNode& node)
{
    if (const auto stride = pair_of(reader, "stride", 1, Need::required)) {
        node.window.stride_y = (*stride)[0];
        node.window.stride_x = (*stride)[1];
    }
    node.out.channels = static_cast<std::size_t>(
        reader.whole("channels", 1, most_channels, Need::required).value_or(1));
}

const MapShape& NodeReader::input_shape(const NetworkNode& node) const
{
    return network_.shape_of(node.inputs.front());
}

MapShape NodeReader::slid_over(ObjectReader& reader, const NetworkNode& node) const
{
    const MapShape& in = input_shape(node);
    const Window& w = node.window;
    const std::size_t height = in.height + 2 * w.pad_y;
    const std::size_t width = in.width + 2 * w.pad_x;
    if (w.kernel_y > height || w.kernel_x > width) {
        reader.problem("kernel", fmt::format("of {} x {} pixels is larger than the padded map of "
                                             "{} x {}",
                                             w.kernel_y, w.kernel_x, height, width));
        return {};
    }
    return {in.channels, (height - w.kernel_y) / w.stride_y + 1,
            (width - w.kernel_x) / w.stride_x + 1};
}

void NodeReader::set_shape(ObjectReader& reader, NetworkNode& node)
{
    const MapShape& in = input_shape(node);
    switch (node.op) {
        case NodeOp::conv:
        case NodeOp::max_pool:
        case NodeOp::average_pool: node.out = slid_over(reader, node); break;
        case NodeOp::linear:
            if (in.height * in.width != 1) {
                reader.problem("input", fmt::format("has shape [{}, {}, {}], a linear node reads a "
                                                    "vector: put a flatten before it",
                                                    in.channels, in.height, in.width));
            }
            break;
        case NodeOp::global_average_pool:
            node.window = {in.height, in.width, in.height, in.width, 0, 0};
            node.out = {in.channels, 1, 1};
            break;
        case NodeOp::flatten: node.out = {in.size(), 1, 1}; break;
        case NodeOp::relu: node.out = in; break;
        case NodeOp::shortcut: {
            if (node.out.channels < in.channels || (node.out.channels - in.channels) % 2 != 0) {
                reader.problem("channels",
                               fmt::format("is {}, must be {} or an even number more: as many "
                                           "zeros on either side",
                                           node.out.channels, in.channels));
            }
            node.out.height = (in.height - 1) / node.window.stride_y + 1;
            node.out.width = (in.width - 1) / node.window.stride_x + 1;
            break;
        }
        case NodeOp::add: {
            const MapShape& other = network_.shape_of(node.inputs.back());
            node.out = in;
            if (!(in == other)) {
                reader.problem("inputs", fmt::format("have shapes [{}, {}, {}] and [{}, {}, {}]",
                                                     in.channels, in.height, in.width,
                                                     other.channels, other.height, other.width));
            }
            break;
        }
    }
}

std::vector<double> NodeReader::numbers(ObjectReader& reader, const std::string& key, std::size_t n,
                                        std::size_t rows)
{
    const auto name = reader.text(key, Need::optional);
    if (!name) { return {}; }
    const std::string file = resolve_beside(path_, *name);
    try {
        const Matrix<double> values = load_numbers(file);
        if (rows > 1 && (values.rows() != rows || values.cols() != n / rows)) {
            reader.problem(key, fmt::format("names {}, which is [{} x {}], must be [{} x {}]", file,
                                            values.rows(), values.cols(), rows, n / rows));
            return {};
        }
        if (values.data().size() == n) { return values.data(); }
        reader.problem(key, fmt::format("names {}, which has {} numbers, must have {}", file,
                                        values.data().size(), n));
    } catch (const UserError& error) {
        for (const auto& p : error.problems()) {
            reader.problem(key, fmt::format("names {}, which {}", file, p.message));
        }
    }
    return {};
}

void NodeReader::read_arrays(ObjectReader& reader, NetworkNode& node)
{
    const auto name = reader.text("weights", Need::required);
    if (!name) { return; }
    const std::string file = resolve_beside(path_, *name);
    const MapShape& in = input_shape(node);
    const std::size_t fan_in = in.channels * node.window.n_pixels();
    double step = 0.0;
    try {
        NodeWeights weights = load_node_weights(file);
        node.codes = std::move(weights.codes);
        node.code_max = weights.code_max;
        step = weights.step;
    } catch (const UserError& error) {
        for (const auto& p : error.problems()) {
            reader.problem("weights", fmt::format("names {}, which {}", file, p.message));
        }
        return;
    }
    if (node.codes.rows() != fan_in) {
        return reader.problem("weights", fmt::format("names {}, which has {} rows; {} channels x "
                                                     "{} pixels are {}",
                                                     file, node.codes.rows(), in.channels,
                                                     node.window.n_pixels(), fan_in));
    }
    const std::size_t outputs = node.codes.cols();
    node.out.channels = outputs;
    read_step(reader, node, step);
    node.bias = numbers(reader, "bias", outputs);
    if (node.bias.empty()) { node.bias.assign(outputs, 0.0); }
    const auto norm = numbers(reader, "batch_norm", 2 * outputs, 2);
    node.factor.assign(outputs, 1.0);
    node.summand.assign(outputs, 0.0);
    if (!norm.empty()) {
        const auto middle = norm.begin() + static_cast<std::ptrdiff_t>(outputs);
        node.factor.assign(norm.begin(), middle);
        node.summand.assign(middle, norm.end());
    }
}

void NodeReader::read_step(ObjectReader& reader, NetworkNode& node, double step)
{
    const std::size_t outputs = node.codes.cols();
    const json* const scale = reader.member("weight_scale", Need::optional);
    node.step.assign(outputs, step);
    if (step > 0.0) {
        if (scale != nullptr) {
            reader.problem("weight_scale", "goes with int8 weights only; these are numbers");
        }
        return;
    }
    if (scale == nullptr) {
        return reader.problem("weight_scale", "is missing: int8 weights are codes");
    }
    if (scale->is_string()) {
        const auto values = numbers(reader, "weight_scale", outputs);
        if (!values.empty()) { node.step = values; }
    } else {
        node.step.assign(outputs, reader.positive("weight_scale", Need::optional).value_or(1.0));
    }
    const auto wrong =
        std::find_if(node.step.begin(), node.step.end(), [](double s) { return !(s >= 0.0); });
    if (wrong != node.step.end()) {
        reader.problem("weight_scale", fmt::format("has {} at {}, must not be negative", *wrong,
                                                   wrong - node.step.begin()));
    }
}

}  // namespace aimc::config::detail
