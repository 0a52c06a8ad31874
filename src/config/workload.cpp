// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/workload.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "code_arrays.h"
#include "strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

namespace aimc::config {
namespace {

using detail::Need;
using detail::ObjectReader;
using nlohmann::json;

constexpr std::int64_t max_gap = 1'000'000'000;  ///< [cycles] Choice: a second at 1 GHz
constexpr std::size_t max_pattern = 1'000'000;   ///< entries of a gap list or a sink pattern
constexpr std::int64_t max_out_shift = 31;       ///< [bits] more would shift any y to nothing

/// Reads one workload file and keeps what is wrong with it.
class Loader {
public:
    Loader(std::string path, std::size_t tile_rows, std::size_t tile_cols, InputCodes taken)
        : path_(std::move(path)), tile_rows_(tile_rows), tile_cols_(tile_cols), taken_(taken)
    {
    }

    Workload load()
    {
        const json document = detail::parse_strict(read_file(path_), "", problems_);
        stop_if_wrong();  // what was not parsed cannot be judged
        ObjectReader reader(document, "", problems_);
        reader.choice("format", {"aimc-workload/1"}, Need::required);
        stop_if_wrong();  // another format: its keys would all be unknown
        read_top(reader);
        reader.finish();
        check_layers();
        check_ports();
        check_vectors();
        stop_if_wrong();
        return std::move(out_);
    }

private:
    void stop_if_wrong() const
    {
        if (!problems_.empty()) { throw InputError(path_, problems_); }
    }
    void problem(const std::string& where, const std::string& message)
    {
        problems_.push_back({where, message});
    }

    void read_top(ObjectReader& reader)
    {
        const auto name = reader.text("name", Need::optional);
        out_.name = name.value_or(std::filesystem::path(path_).stem().string());
        if (const auto x = read_array(reader, "inputs", Need::required, detail::load_inputs)) {
            out_.inputs = *x;
        }
        if (const auto x =
                read_array(reader, "calibration_inputs", Need::optional, detail::load_inputs)) {
            out_.calibration_inputs = *x;
        }
        if (const auto x = read_array(reader, "labels", Need::optional, detail::load_labels)) {
            out_.labels = *x;
        }
        out_.float_top1 = reader.number("float_top1", 0.0, 100.0, Need::optional).value_or(-1.0);
        if (const json* const value = reader.member("arrival", Need::optional)) {
            read_arrival(*value);
        }
        if (const json* const value = reader.member("sink", Need::optional)) { read_sink(*value); }
        const json* const layers = reader.member("layers", Need::required);
        if (layers == nullptr) { return; }
        if (!layers->is_array() || layers->empty()) {
            return reader.problem(
                "layers",
                fmt::format("is {}, must be a list of at least one layer", detail::shown(*layers)));
        }
        for (const json& value : *layers) { read_layer(value); }
    }

    /// An array file named in the workload. What is wrong with it is said with both names.
    template <class T>
    std::optional<T> read_array(ObjectReader& reader, const std::string& key, Need need,
                                T (*read)(const std::string&))
    {
        const auto name = reader.text(key, need);
        if (!name) { return std::nullopt; }
        const std::string file = resolve_beside(path_, *name);
        try {
            return read(file);
        } catch (const UserError& error) {
            for (const auto& p : error.problems()) {
                reader.problem(key, fmt::format("names {}, which {}", file, p.message));
            }
            return std::nullopt;
        }
    }

    void read_arrival(const json& value)
    {
        ObjectReader reader(value, "/arrival", problems_);
        const auto kind =
            reader.choice("kind", {"back_to_back", "interval", "gaps"}, Need::required);
        if (!kind) { return; }
        if (*kind == "interval") {
            const auto cycles = reader.whole("cycles", 0, max_gap, Need::required);
            out_.arrival.n_gaps = {static_cast<std::uint32_t>(cycles.value_or(0))};
        } else if (*kind == "gaps") {
            const json* const cycles = reader.member("cycles", Need::required);
            if (cycles != nullptr) { read_gaps(reader, *cycles); }
        }
        reader.finish();
    }

    void read_gaps(ObjectReader& reader, const json& cycles)
    {
        if (!cycles.is_array() || cycles.empty() || cycles.size() > max_pattern) {
            return reader.problem(
                "cycles", fmt::format("must be a list of 1 to {} whole numbers", max_pattern));
        }
        out_.arrival.n_gaps.clear();
        for (std::size_t k = 0; k < cycles.size(); ++k) {
            const auto gap = detail::as_whole(cycles[k], 0, max_gap);
            if (!gap) {
                return reader.problem(fmt::format("cycles/{}", k),
                                      fmt::format("is {}, must be a whole number 0 to {}",
                                                  detail::shown(cycles[k]), max_gap));
            }
            out_.arrival.n_gaps.push_back(static_cast<std::uint32_t>(*gap));
        }
    }

    void read_sink(const json& value)
    {
        ObjectReader reader(value, "/sink", problems_);
        const auto ready = reader.text("ready", Need::optional);
        reader.finish();
        if (!ready) { return; }
        const auto wrong = ready->find_first_not_of("01");
        if (wrong != std::string::npos) {
            return reader.problem("ready", fmt::format("has '{}' at {}, can have 0 and 1 only",
                                                       (*ready)[wrong], wrong));
        }
        if (ready->find('1') == std::string::npos) {
            return reader.problem("ready", "has no 1: the sink would never take a vector");
        }
        if (ready->size() > max_pattern) {
            return reader.problem("ready", fmt::format("has {} entries, at most {} are read",
                                                       ready->size(), max_pattern));
        }
        out_.sink.ready.clear();
        for (const char c : *ready) { out_.sink.ready.push_back(c == '1'); }
    }

    void read_layer(const json& value)
    {
        const std::size_t k = out_.layers.size();
        Layer& layer = out_.layers.emplace_back();
        ObjectReader reader(value, fmt::format("/layers/{}", k), problems_);
        layer.name = reader.text("name", Need::optional).value_or(fmt::format("layer {}", k));
        layer.rows = read_range(reader, "rows", tile_rows_);
        layer.cols = read_range(reader, "cols", tile_cols_);
        const auto activation =
            reader.choice("activation", {"identity", "relu", "clipped_relu"}, Need::optional);
        layer.activation = !activation || *activation == "identity" ? Activation::identity
                           : *activation == "relu"                  ? Activation::relu
                                                                    : Activation::clipped_relu;
        layer.out_shift = static_cast<int>(
            reader.whole("out_shift", 0, max_out_shift, Need::optional).value_or(0));
        const auto output = reader.choice("output", {"y", "partial"}, Need::optional);
        layer.output = output && *output == "partial" ? TileOutput::partial : TileOutput::y;
        auto weights = read_array(reader, "weights", Need::required, detail::load_weights);
        const auto norm = read_array(reader, "batch_norm", Need::optional, detail::load_batch_norm);
        if (auto words = read_array(reader, "residual", Need::optional, detail::load_residuals)) {
            layer.residuals = std::move(*words);
        }
        reader.finish();
        if (!weights) { return; }
        layer.code_max = weights->code_max;
        layer.weight_unit = weights->unit;
        layer.weights = std::move(weights->codes);
        const bool placed = layer.rows.size() > 0 && layer.cols.size() > 0;
        if (placed && (layer.weights.rows() != layer.rows.size() ||
                       layer.weights.cols() != layer.cols.size())) {
            reader.problem("weights",
                           fmt::format("has shape {} x {}, but rows and cols span {} x {}",
                                       layer.weights.rows(), layer.weights.cols(),
                                       layer.rows.size(), layer.cols.size()));
        }
        if (norm) { read_batch_norm(reader, *norm, layer); }
    }

    void read_batch_norm(ObjectReader& reader, const BatchNorm& norm, Layer& layer) const
    {
        if (norm.factor.size() != layer.weights.cols()) {
            return reader.problem(
                "batch_norm", fmt::format("has {} columns, the weights have {}", norm.factor.size(),
                                          layer.weights.cols()));
        }
        set_batch_norm(layer, norm.factor, norm.summand, taken_.largest);
    }

    /// [from, to); an empty range when it is wrong.
    Range read_range(ObjectReader& reader, const std::string& key, std::size_t limit)
    {
        const json* const value = reader.member(key, Need::required);
        if (value == nullptr) { return {}; }
        if (value->is_array() && value->size() == 2) {
            const auto top = static_cast<std::int64_t>(limit);
            const auto from = detail::as_whole((*value)[0], 0, top);
            const auto to = detail::as_whole((*value)[1], 0, top);
            if (from && to && *from < *to) {
                return {static_cast<std::size_t>(*from), static_cast<std::size_t>(*to)};
            }
        }
        reader.problem(key,
                       fmt::format("is {}, must be [from, to) with 0 <= from < to <= {}, the {} "
                                   "of the tile",
                                   detail::shown(*value), limit, key));
        return {};
    }

    /// Layers may share rows or columns, but not cells; each feeds the next.
    void check_layers()
    {
        const auto meet = [](Range a, Range b) { return a.from < b.to && b.from < a.to; };
        const auto& layers = out_.layers;
        for (std::size_t k = 0; k < layers.size(); ++k) {
            for (std::size_t j = 0; j < k; ++j) {
                if (meet(layers[j].rows, layers[k].rows) && meet(layers[j].cols, layers[k].cols)) {
                    problem(fmt::format("/layers/{}", k),
                            fmt::format("overlaps /layers/{} in rows [{}, {}), cols [{}, {})", j,
                                        std::max(layers[j].rows.from, layers[k].rows.from),
                                        std::min(layers[j].rows.to, layers[k].rows.to),
                                        std::max(layers[j].cols.from, layers[k].cols.from),
                                        std::min(layers[j].cols.to, layers[k].cols.to)));
                    break;  // one is enough to find the mistake
                }
            }
            const bool chained =
                k > 0 && layers[k].rows.size() > 0 && layers[k - 1].cols.size() > 0;
            if (chained && layers[k].rows.size() != layers[k - 1].cols.size()) {
                problem(fmt::format("/layers/{}/rows", k),
                        fmt::format("spans {} rows, but the layer before has {} columns",
                                    layers[k].rows.size(), layers[k - 1].cols.size()));
            }
        }
    }

    /// A residual for every vector and column; partial sums leave the last layer only.
    void check_ports()
    {
        for (std::size_t k = 0; k < out_.layers.size(); ++k) {
            const Layer& layer = out_.layers[k];
            const auto& words = layer.residuals;
            if (!words.empty() && !out_.inputs.empty() &&
                (words.rows() != out_.inputs.rows() || words.cols() != layer.cols.size())) {
                problem(
                    fmt::format("/layers/{}/residual", k),
                    fmt::format("has shape {} x {}, but there are {} vectors and {} columns",
                                words.rows(), words.cols(), out_.inputs.rows(), layer.cols.size()));
            }
            if (layer.output == TileOutput::partial && k + 1 < out_.layers.size()) {
                problem(fmt::format("/layers/{}/output", k),
                        "is \"partial\", but the next layer takes y; only the last may leave "
                        "partial sums");
            }
        }
        if (!out_.layers.empty() && out_.layers.back().output == TileOutput::partial &&
            !out_.labels.empty()) {
            problem("/labels", "need y of the last layer, which leaves partial sums");
        }
    }

    /// Vectors must fit the first layer, labels the vectors and the last layer.
    void check_vectors()
    {
        if (out_.layers.empty()) { return; }
        const std::size_t rows = out_.layers.front().rows.size();
        const auto check = [&](const Matrix<std::int8_t>& x, const char* where) {
            if (rows > 0 && !x.empty() && x.cols() != rows) {
                problem(where, fmt::format("has vectors of {}, but the first layer has {} rows",
                                           x.cols(), rows));
            }
            const std::string wrong = detail::code_not_taken(x, taken_);
            if (!wrong.empty()) { problem(where, wrong); }
        };
        check(out_.inputs, "/inputs");
        check(out_.calibration_inputs, "/calibration_inputs");
        if (out_.labels.empty()) { return; }
        if (!out_.inputs.empty() && out_.labels.size() != out_.inputs.rows()) {
            problem("/labels", fmt::format("has {} labels for {} vectors", out_.labels.size(),
                                           out_.inputs.rows()));
        }
        const std::size_t classes = out_.layers.back().cols.size();
        const auto high = std::max_element(out_.labels.begin(), out_.labels.end());
        if (classes > 0 && *high >= classes) {
            problem("/labels", fmt::format("has label {} at {}, but the last layer has {} columns",
                                           *high, high - out_.labels.begin(), classes));
        }
    }

    std::string path_;
    std::size_t tile_rows_;
    std::size_t tile_cols_;
    InputCodes taken_;
    std::vector<Problem> problems_;
    Workload out_;
};

}  // namespace

void set_batch_norm(Layer& layer, const std::vector<double>& factor,
                    const std::vector<double>& summand, int largest_input)
{
    BatchNorm& norm = layer.batch_norm;
    // W x of w = 1 and x = 1, in codes
    const double one = layer.code_max / layer.weight_unit * largest_input;
    norm.factor = factor;
    norm.summand = summand;
    for (std::size_t c = 0; c < factor.size(); ++c) {
        norm.summand[c] *= one;
        if (factor[c] >= 0.0) { continue; }
        norm.factor[c] = -factor[c];
        ++norm.n_swapped;
        for (std::size_t r = 0; r < layer.weights.rows(); ++r) {
            auto& code = layer.weights.row(r)[c];
            code = static_cast<std::int16_t>(-code);
        }
    }
}

Workload load_workload(const std::string& path, std::size_t tile_rows, std::size_t tile_cols,
                       InputCodes taken)
{
    return Loader(path, tile_rows, tile_cols, taken).load();
}

}  // namespace aimc::config
