// SPDX-License-Identifier: Apache-2.0
#include "aimc/schemes/scheme_path.h"

#include "aimc/base/random.h"
#include "aimc/schemes/column_errors.h"
#include "aimc/schemes/scheme.h"

#include "convert_kernel.h"
#include "group_planes.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <stdexcept>

namespace aimc::schemes {
namespace {

/// Reads that are on the way at once. Choice: their sums stay in the second-level cache.
constexpr std::size_t most_at_once = 16;

[[maybe_unused]] bool all_within(const std::int8_t* x, std::size_t n, int largest)
{
    return std::all_of(x, x + n, [&](int code) { return std::abs(code) <= largest; });
}

void check(const config::TileConfig& config, const Matrix<std::int16_t>& weights)
{
    if (weights.rows() != config.rows || weights.cols() != config.cols) {
        throw std::invalid_argument("weights of another shape than the tile");
    }
    const int largest = config::largest_weight(config);
    for (const int w : weights.data()) {
        if (std::abs(w) > largest) { throw std::invalid_argument("a weight beyond its bits"); }
    }
}

/// [physical columns x tile cols] -> [physical columns x stride], the window's columns first.
AlignedVector<double> columns_of(const std::vector<double>& all, std::size_t tile_cols,
                                 config::Range cols, std::size_t stride)
{
    const std::size_t n_physical = all.size() / tile_cols;
    AlignedVector<double> own(n_physical * stride, 0.0);
    for (std::size_t k = 0; k < n_physical; ++k) {
        const double* from = all.data() + k * tile_cols + cols.from;
        std::copy_n(from, cols.size(), own.data() + k * stride);
    }
    return own;
}

}  // namespace

struct SchemePath::Parts {
    config::PimConfig pim;
    bool single;  ///< one signed word instead of two
    std::uint64_t seed;
    std::uint16_t tile;
    int largest_input;
    SimdLevel simd;
    detail::GroupPlanes planes;
    detail::ConvertKernel kernel;
    AlignedVector<double> gain, offset;  ///< [physical columns x stride]

    /// Where the noise of one conversion is drawn: the group by its first word line, the slice,
    /// the pass and the physical column in the lane.
    Place noise_place(crossbar::ReadId id, std::size_t word_line, int slice, bool negative,
                      std::size_t physical) const
    {
        Place place;
        place.seed = seed;
        place.purpose = id.calibration ? Purpose::calibration_pim_thermal : Purpose::pim_thermal;
        place.tile = tile;
        place.row = static_cast<std::uint16_t>(word_line);
        place.lane = static_cast<std::uint16_t>(slice | (negative ? 8 : 0) |
                                                static_cast<int>(physical << 4U));
        place.read = id.read;
        return place;
    }

    /// Where a code goes: to which word, times what.
    struct Weight {
        bool to_n;
        std::int32_t factor;
    };
    Weight weight(bool negative, std::size_t physical, int slice) const
    {
        const std::int32_t place_value = std::int32_t{1} << (slice * pim.slice_bits);
        const bool is_last = physical + 1 == planes.physical_columns();
        switch (pim.scheme) {
            case config::Scheme::native: return {false, negative ? -place_value : place_value};
            case config::Scheme::differential: return {is_last != negative, place_value};
            case config::Scheme::bit_serial: break;
        }
        return {is_last != negative, place_value << physical};
    }
};

struct SchemePath::Chunk {
    const std::int8_t* x;
    std::size_t x_stride, n;
    crossbar::ReadId first;
    std::int32_t *p, *n_word;  ///< [n x stride] recombined so far
};

SchemePath::SchemePath(const config::TileConfig& config, const Matrix<std::int16_t>& weights,
                       SimdLevel simd, crossbar::Window window)
    : rows_(crossbar::range_or_all(window.rows, config.rows)),
      cols_(crossbar::range_or_all(window.cols, config.cols))
{
    check(config, weights);
    auto parts = std::make_shared<Parts>(Parts{config.pim,
                                               config.nmpu.branch == config::Branch::single,
                                               config.seed.read,
                                               config.index,
                                               config::largest_input(config),
                                               simd,
                                               {config.pim, weights, rows_, cols_},
                                               {config.pim, simd},
                                               {},
                                               {}});
    const ColumnErrors errors = draw_column_errors(config);
    const std::size_t stride = parts->planes.stride();
    parts->gain = columns_of(errors.gain, config.cols, cols_, stride);
    parts->offset = columns_of(errors.offset, config.cols, cols_, stride);
    parts_ = std::move(parts);
}

void SchemePath::convert_group(const Chunk& chunk, bool negative, std::size_t group,
                               std::size_t physical, Scratch& s,
                               converters::AdcEvents& events) const
{
    const Parts& parts = *parts_;
    const std::size_t stride = parts.planes.stride();
    const auto n_slices = static_cast<std::size_t>(slices(parts.pim));
    const std::size_t places = chunk.n * stride;
    parts.planes.sum(physical, group, s.factors.data(), n_slices * chunk.n, parts.simd,
                     s.sums.data());
    const std::size_t word_line =
        rows_.from + group * static_cast<std::size_t>(config::group_size(parts.pim));
    for (int l = 0; l < static_cast<int>(n_slices); ++l) {
        const std::uint32_t* words = nullptr;
        if (parts.kernel.is_noisy()) {
            random_words(
                parts.noise_place(chunk.first, word_line, l, negative, physical), chunk.n,
                {static_cast<std::uint32_t>(cols_.from), static_cast<std::uint32_t>(cols_.size())},
                parts.simd, stride, s.words.data());
            words = s.words.data();
        }
        parts.kernel.run(
            {s.sums.data() + static_cast<std::size_t>(l) * places, chunk.n, stride,
             parts.gain.data() + physical * stride, parts.offset.data() + physical * stride, words},
            s.z, s.codes.data(), events.over_range);
        const Parts::Weight weight = parts.weight(negative, physical, l);
        detail::add_codes(parts.simd, s.codes.data(), weight.factor, places,
                          weight.to_n ? chunk.n_word : chunk.p);
    }
    const std::uint64_t conversions = n_slices * chunk.n * cols_.size();
    events.conversions += conversions;
    events.watched += conversions;
}

void SchemePath::read_pass(const Chunk& chunk, bool negative, Scratch& s,
                           converters::AdcEvents& events) const
{
    const Parts& parts = *parts_;
    const auto n_slices = static_cast<std::size_t>(slices(parts.pim));
    const std::size_t places = chunk.n * parts.planes.stride();
    const std::size_t packed = chunk.n * parts.planes.factor_stride();
    s.factors.resize(n_slices * packed);
    s.sums.resize(n_slices * places);
    s.words.resize(places);
    s.codes.resize(places);
    for (std::size_t l = 0; l < n_slices; ++l) {
        const int shift = static_cast<int>(l) * parts.pim.slice_bits;
        parts.planes.pack(chunk.x, chunk.x_stride, chunk.n, {negative, shift, parts.pim.slice_bits},
                          s.factors.data() + l * packed);
    }
    for (std::size_t k = 0; k < parts.planes.physical_columns(); ++k) {
        for (std::size_t g = 0; g < parts.planes.groups(); ++g) {
            convert_group(chunk, negative, g, k, s, events);
        }
    }
}

void SchemePath::read_chunk(const Chunk& chunk, Scratch& s, converters::AdcEvents& events) const
{
    const std::size_t stride = parts_->planes.stride();
    for (const bool negative : {false, true}) {
        // runs of reads that have the pass: consecutive ones share their draws of noise
        std::size_t from = 0;
        const auto read_run = [&](std::size_t to) {
            if (to == from) { return; }
            read_pass({chunk.x + from * chunk.x_stride,
                       chunk.x_stride,
                       to - from,
                       {chunk.first.read + from, chunk.first.calibration},
                       chunk.p + from * stride,
                       chunk.n_word + from * stride},
                      negative, s, events);
        };
        for (std::size_t k = 0; k < chunk.n; ++k) {
            const Passes own = passes_of(chunk.x + k * chunk.x_stride, rows());
            if (negative ? own.negative : own.positive) { continue; }
            read_run(k);
            from = k + 1;
        }
        read_run(chunk.n);
    }
}

void SchemePath::read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                            crossbar::ReadId first, Scratch& s, std::int32_t* c_p,
                            std::int32_t* c_n, int* steps, converters::AdcEvents& events) const
{
    const std::size_t stride = parts_->planes.stride();
    const int steps_of_pass = static_cast<int>(parts_->planes.groups()) * slices(parts_->pim);
    const bool one_word = parts_->pim.scheme == config::Scheme::native || parts_->single;
    for (std::size_t done = 0; done < n; done += most_at_once) {
        const std::size_t some = std::min(most_at_once, n - done);
        s.p.assign(some * stride, 0);
        s.n.assign(some * stride, 0);
        read_chunk({x + done * x_stride,
                    x_stride,
                    some,
                    {first.read + done, first.calibration},
                    s.p.data(),
                    s.n.data()},
                   s, events);
        for (std::size_t k = 0; k < some; ++k) {
            const std::int8_t* own = x + (done + k) * x_stride;
            assert(all_within(own, rows(), parts_->largest_input));
            if (steps != nullptr) {
                steps[done + k] = steps_of_pass * passes_of(own, rows()).count();
            }
            for (std::size_t c = 0; c < cols(); ++c) {
                const std::size_t to = (done + k) * cols() + c;
                const std::int32_t p = s.p[k * stride + c];
                const std::int32_t q = s.n[k * stride + c];
                const std::int32_t sum = p - q;
                c_p[to] = one_word ? (parts_->single ? sum : std::max(sum, 0)) : p;
                c_n[to] = one_word ? (parts_->single ? 0 : std::max(-sum, 0)) : q;
            }
        }
    }
}

}  // namespace aimc::schemes
