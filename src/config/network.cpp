// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/network.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "key_check.h"
#include "network_node.h"

#include <fmt/format.h>

#include <filesystem>

namespace aimc::config {
namespace {

using detail::Need;
using detail::ObjectReader;
using nlohmann::json;

constexpr std::int64_t most_pixels = 4096;  ///< Choice: of one side of a map
constexpr double most_scale = 1e6;

/// Reads one network file and keeps what is wrong with it.
class Loader {
public:
    explicit Loader(std::string path) : path_(std::move(path)) {}

    Network load()
    {
        const json document = detail::parse_strict(read_file(path_), "", problems_);
        stop_if_wrong();  // what was not parsed cannot be judged
        ObjectReader reader(document, "", problems_);
        reader.choice("format", {"aimc-network/1"}, Need::required);
        stop_if_wrong();  // another format: its keys would all be unknown
        read_top(reader);
        reader.finish();
        stop_if_wrong();
        return std::move(out_);
    }

private:
    void stop_if_wrong() const
    {
        if (!problems_.empty()) { throw InputError(path_, problems_); }
    }

    void read_top(ObjectReader& reader)
    {
        out_.name = reader.text("name", Need::optional)
                        .value_or(std::filesystem::path(path_).stem().string());
        if (!detail::is_name(out_.name)) {
            reader.problem("name",
                           "must be a name of 1 to 100 characters without '/' or control "
                           "characters, not . or ..: the folder of results is named after it");
        }
        out_.origin = reader.text("origin", Need::optional).value_or("");
        out_.float_top1 = reader.number("float_top1", 0.0, 100.0, Need::optional).value_or(-1.0);
        const auto order =
            reader.choice("im2col", {"channel_ky_kx", "ky_kx_channel"}, Need::optional);
        if (order && *order == "ky_kx_channel") { out_.im2col = Im2col::ky_kx_channel; }
        if (const json* const value = reader.member("input", Need::required)) {
            read_input(*value);
        }
        const json* const nodes = reader.member("nodes", Need::required);
        if (nodes == nullptr || !problems_.empty()) { return; }
        if (!nodes->is_array() || nodes->empty()) {
            return reader.problem("nodes", "must be a list of at least one node");
        }
        detail::NodeReader node_reader(path_, out_, problems_);
        for (const json& value : *nodes) {
            node_reader.read(value);
            if (!problems_.empty()) { return; }  // shapes of what follows are not known
        }
        const auto& last = out_.nodes.back();
        if (last.out.height * last.out.width != 1) {
            reader.problem(
                "nodes",
                fmt::format("end with \"{}\" of shape [{}, {}, {}]; the last node gives "
                            "one score per class",
                            last.name, last.out.channels, last.out.height, last.out.width));
        } else if (!last.on_tiles()) {
            reader.problem("nodes", fmt::format("end with \"{}\"; the last node must be a linear "
                                                "or conv",
                                                last.name));
        } else if (last.activation != Activation::identity) {
            reader.problem("nodes", fmt::format("end with \"{}\", whose activation must be "
                                                "identity: its sums are the scores",
                                                last.name));
        } else if (last.out.channels < 2 || last.out.channels > 256) {
            reader.problem("nodes", fmt::format("end with {} scores, can have 2 to 256 classes",
                                                last.out.channels));
        }
    }

    void read_input(const json& value)
    {
        ObjectReader reader(value, "/input", problems_);
        out_.input_scale = reader.number("scale", 0.0, most_scale, Need::required).value_or(1.0);
        if (!(out_.input_scale > 0.0)) { reader.problem("scale", "must be above 0"); }
        if (const json* const shape = reader.member("shape", Need::required)) {
            read_shape(reader, *shape);
        }
        reader.finish();
    }

    void read_shape(ObjectReader& reader, const json& shape)
    {
        std::vector<std::size_t> axes;
        for (const json& n : shape.is_array() ? shape : json::array()) {
            if (const auto size = detail::as_whole(n, 1, most_pixels)) {
                axes.push_back(static_cast<std::size_t>(*size));
            }
        }
        if (!shape.is_array() || axes.size() != shape.size() ||
            (axes.size() != 1 && axes.size() != 3)) {
            return reader.problem("shape",
                                  fmt::format("is {}, must be [channels, height, width] or [n] of "
                                              "whole numbers 1 to {}",
                                              detail::shown(shape), most_pixels));
        }
        out_.input.channels = axes[0];
        if (axes.size() == 3) {
            out_.input.height = axes[1];
            out_.input.width = axes[2];
        }
    }

    std::string path_;
    std::vector<Problem> problems_;
    Network out_;
};

}  // namespace

Network load_network(const std::string& path) { return Loader(path).load(); }

}  // namespace aimc::config
