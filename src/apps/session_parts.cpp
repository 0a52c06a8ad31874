// SPDX-License-Identifier: Apache-2.0
// What a part of a session starts with: its vectors, what is kept of them, and its files.
#include "session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aimc::apps {
namespace {

/// The codes of a layer on the word lines of the tile; other lines rest.
Rows<std::int8_t> on_word_lines(const Rows<std::int8_t>& x, const config::Range& rows,
                                std::size_t tile_rows)
{
    if (rows.size() == tile_rows) { return x; }
    const auto make = [=](std::size_t first, std::size_t n, std::int8_t* out) {
        thread_local std::vector<std::int8_t> made;
        const std::int8_t* from = x.block(first, n, made);
        std::fill(out, out + n * tile_rows, std::int8_t{0});
        for (std::size_t k = 0; k < n; ++k) {
            std::copy_n(from + k * x.cols(), x.cols(), out + k * tile_rows + rows.from);
        }
    };
    return {x.rows(), tile_rows, make};
}

}  // namespace

/// x of a part on the word lines of the tile.
Rows<std::int8_t> Session::inputs_of(const Part& part)
{
    const Rows<std::int8_t> x =
        part.layer == 0 ? source_ : Rows<std::int8_t>(std::move(parts_[part_ - 1].next));
    return on_word_lines(x, workload_.layers[part.layer].rows, config_.rows);
}

void Session::keep_vectors_of(const Part& part, const mvm::Job& job)
{
    if (config_.repeatability.runs < 2) { return; }
    const auto wished = static_cast<std::size_t>(config_.repeatability.vectors);
    const std::size_t n = std::min(wished, job.inputs.rows());
    report::RepeatedLayer kept;
    kept.layer = &workload_.layers[part.layer];
    kept.inputs = Matrix<std::int8_t>(n, config_.rows);
    std::vector<std::int8_t> made;
    std::copy_n(job.inputs.block(0, n, made), n * config_.rows, kept.inputs.data().begin());
    if (!job.residuals.empty()) {
        kept.residuals = Matrix<std::int16_t>(n, config_.cols);
        std::copy_n(job.residuals.data().begin(), n * config_.cols, kept.residuals.data().begin());
    }
    first_vectors_.push_back(std::move(kept));
}

void Session::measure_repeatability()
{
    if (!complete_ || done_ == 0) { return; }
    for (std::size_t l = 0; l < first_vectors_.size(); ++l) {
        first_vectors_[l].calibration = &parts_[l].calibration;
    }
    repeatability_ =
        report::measure_repeatability(config_, chip_, first_vectors_, config_.repeatability.runs,
                                      options_.simd, [this] { return stop_requested(); });
}

/// The residual words of a layer on the bit lines of the tile; empty when it has none.
Matrix<std::int16_t> Session::on_bit_lines(const Matrix<std::int16_t>& words,
                                           const config::Range& cols, std::size_t n) const
{
    if (words.empty()) { return {}; }
    Matrix<std::int16_t> full(n, config_.cols);
    for (std::size_t k = 0; k < n; ++k) {
        std::copy(words.row(k), words.row(k) + cols.size(), full.row(k) + cols.from);
    }
    return full;
}

std::shared_ptr<const Matrix<std::int64_t>> Session::known_products(
    const config::Layer& layer) const
{
    const Rows<std::int8_t>& lines = job_.inputs;
    if (memory_ == nullptr || !memory_->has_room_for(lines.rows(), layer.cols.size())) {
        return nullptr;
    }
    const auto x = lines.whole();
    const auto make = [&] {
        Matrix<std::int64_t> all(x->rows(), layer.cols.size());
        for (std::size_t k = 0; k < all.rows(); ++k) {
            calibration::ideal_product(layer, x->row(k) + layer.rows.from, all.row(k));
        }
        return all;
    };
    const auto number = std::to_string(&layer - workload_.layers.data());
    return memory_->get<Matrix<std::int64_t>>("products of layer " + number + ' ' + mvm::key_of(*x),
                                              make,
                                              [](const auto& all) { return mvm::bytes_of(all); });
}

PartNeeds Session::needs_of(const Part& part) const
{
    const bool is_last = is_last_layer(part);
    const auto& labels = workload_.labels;
    PartNeeds needs;
    needs.next = !is_last;
    needs.labels = is_last && !labels.empty() ? &labels : nullptr;
    needs.product = known_products(workload_.layers[part.layer]);
    needs.simd = options_.simd;
    needs.threads = options_.engine == Engine::function ? options_.threads : 1;
    return needs;
}

ArrayFiles::Names Session::array_names(const Part& part) const
{
    const auto path = [&](const std::string& name, const std::string& part_name) {
        const std::string full = out_folder() + "/" + name;
        return part_name.empty() ? full : layer_path(full, part_name);
    };
    const std::string part_name = parts_.size() == 1 ? "" : part.name;
    const std::string age = ages_.size() == 1 ? "" : fmt::format("age{}s", ages_[part.age]);
    const bool leaves_partial = workload_.layers[part.layer].output == config::TileOutput::partial;
    ArrayFiles::Names names;
    if (is_last_layer(part) && !leaves_partial && !options_.no_arrays) {
        names.y = path("y.npy", age);  // the result of the whole workload
    }
    if (options_.save_counts) { names.counts = path("counts.npy", part_name); }
    if (options_.save_partial || (leaves_partial && !options_.no_arrays)) {
        names.partial = path("partial.npy", part_name);
    }
    return names;
}

/// An age at which nothing was done leaves no files.
void Session::end_arrays(const Part& part)
{
    if (part.mvms == 0 && part.age > 0) {
        arrays_.discard();
    } else {
        arrays_.close(part.mvms);
    }
}

/// A run that was stopped leaves the arrays of layers that never began, without rows.
void Session::add_empty_arrays()
{
    for (std::size_t p = part_ + 1; p < workload_.layers.size(); ++p) {
        arrays_.open(array_names(parts_[p]), workload_.layers[parts_[p].layer].cols,
                     config_.nmpu.out_bits);
        arrays_.close(0);
    }
}

}  // namespace aimc::apps
