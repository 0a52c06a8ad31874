// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace aimc::network {

/// One feature map of one image: value of channel c at pixel p is values[p * channels + c].
template <class T>
struct Map {
    config::MapShape shape;
    std::vector<T> values;
    const T* pixel(std::size_t y, std::size_t x) const
    {
        return values.data() + (y * shape.width + x) * shape.channels;
    }
    T* pixel(std::size_t y, std::size_t x)
    {
        return values.data() + (y * shape.width + x) * shape.channels;
    }
};

/// Where the rows of a convolution come from: how an output pixel's window lies in the padded map.
class Im2colTable {
public:
    Im2colTable() = default;
    Im2colTable(const config::NetworkNode& node, const config::MapShape& in, config::Im2col order)
        : in_(in), window_(node.window), out_(node.out)
    {
        padded_width_ = in.width + 2 * window_.pad_x;
        const auto add = [&](std::size_t c, std::size_t ky, std::size_t kx) {
            from_.push_back(
                static_cast<std::uint32_t>((ky * padded_width_ + kx) * in.channels + c));
        };
        const std::size_t channels = in.channels;
        if (order == config::Im2col::channel_ky_kx) {
            for (std::size_t c = 0; c < channels; ++c) {
                each_pixel([&](auto y, auto x) { add(c, y, x); });
            }
        } else {
            each_pixel([&](auto y, auto x) {
                for (std::size_t c = 0; c < channels; ++c) { add(c, y, x); }
            });
        }
    }
    /// @param values  [channels] around the map, in the unit of its values; empty: zeros
    void pad_with(std::vector<double> values) { padding_ = std::move(values); }
    std::size_t rows() const { return from_.size(); }
    std::size_t positions() const { return out_.height * out_.width; }

    /// @param padded  scratch
    /// @param x       [positions x rows] the vectors that the layer reads, row of pixels by row
    template <class T>
    void gather(const Map<T>& map, std::vector<T>& padded, T* x) const
    {
        const T* const from = pad(map, padded);
        for (std::size_t oy = 0; oy < out_.height; ++oy) {
            for (std::size_t ox = 0; ox < out_.width; ++ox) {
                const T* const corner =
                    from +
                    (oy * window_.stride_y * padded_width_ + ox * window_.stride_x) * in_.channels;
                for (std::size_t r = 0; r < from_.size(); ++r) { x[r] = corner[from_[r]]; }
                x += from_.size();
            }
        }
    }

private:
    template <class Each>
    void each_pixel(Each&& each) const
    {
        for (std::size_t y = 0; y < window_.kernel_y; ++y) {
            for (std::size_t x = 0; x < window_.kernel_x; ++x) { each(y, x); }
        }
    }
    template <class T>
    const T* pad(const Map<T>& map, std::vector<T>& padded) const
    {
        if (window_.pad_y == 0 && window_.pad_x == 0) { return map.values.data(); }
        padded.assign((in_.height + 2 * window_.pad_y) * padded_width_ * in_.channels, T{});
        for (std::size_t i = 0; i < padded.size() && !padding_.empty(); ++i) {
            padded[i] = static_cast<T>(padding_[i % in_.channels]);
        }
        for (std::size_t y = 0; y < in_.height; ++y) {
            const std::size_t to = (y + window_.pad_y) * padded_width_ + window_.pad_x;
            std::copy(map.pixel(y, 0), map.pixel(y, 0) + in_.width * in_.channels,
                      padded.data() + to * in_.channels);
        }
        return padded.data();
    }

    config::MapShape in_;
    config::Window window_;
    config::MapShape out_;
    std::size_t padded_width_ = 0;
    std::vector<double> padding_;
    std::vector<std::uint32_t> from_;  ///< [rows] offset from the window's corner
};

/// The image's bytes come channel after channel.
template <class T, class Value>
Map<T> image_map(const std::uint8_t* bytes, const config::MapShape& shape, Value&& value)
{
    Map<T> map{shape, std::vector<T>(shape.size())};
    const std::size_t pixels = shape.height * shape.width;
    for (std::size_t c = 0; c < shape.channels; ++c) {
        for (std::size_t p = 0; p < pixels; ++p) {
            map.values[p * shape.channels + c] = value(bytes[c * pixels + p]);
        }
    }
    return map;
}

/// combine(so far, value) over each window and channel. @param start  what it starts from
template <class Sum, class T, class Combine>
Map<Sum> pooled(const Map<T>& in, const config::NetworkNode& node, Sum start, Combine&& combine)
{
    Map<Sum> out{node.out, std::vector<Sum>(node.out.size(), start)};
    const auto& w = node.window;
    for (std::size_t y = 0; y < node.out.height; ++y) {
        for (std::size_t x = 0; x < node.out.width; ++x) {
            Sum* const to = out.pixel(y, x);
            for (std::size_t k = 0; k < w.n_pixels(); ++k) {
                const T* const from =
                    in.pixel(y * w.stride_y + k / w.kernel_x, x * w.stride_x + k % w.kernel_x);
                for (std::size_t c = 0; c < in.shape.channels; ++c) {
                    to[c] = combine(to[c], static_cast<Sum>(from[c]));
                }
            }
        }
    }
    return out;
}

template <class T>
Map<T> max_pooled(const Map<T>& in, const config::NetworkNode& node)
{
    return pooled<T>(in, node, std::numeric_limits<T>::lowest(),
                     [](T a, T b) { return std::max(a, b); });
}

/// Option A: every stride-th pixel, zero channels on both sides.
template <class T>
Map<T> shortcut(const Map<T>& in, const config::NetworkNode& node)
{
    Map<T> out{node.out, std::vector<T>(node.out.size(), T{})};
    const std::size_t before = (node.out.channels - in.shape.channels) / 2;
    for (std::size_t y = 0; y < node.out.height; ++y) {
        for (std::size_t x = 0; x < node.out.width; ++x) {
            const T* const from = in.pixel(y * node.window.stride_y, x * node.window.stride_x);
            std::copy(from, from + in.shape.channels, out.pixel(y, x) + before);
        }
    }
    return out;
}

/// Channel after channel, as networks are trained.
template <class T>
Map<T> flattened(const Map<T>& in)
{
    const std::size_t pixels = in.shape.height * in.shape.width;
    Map<T> out{{in.shape.size(), 1, 1}, std::vector<T>(in.values.size())};
    for (std::size_t c = 0; c < in.shape.channels; ++c) {
        for (std::size_t p = 0; p < pixels; ++p) {
            out.values[c * pixels + p] = in.values[p * in.shape.channels + c];
        }
    }
    return out;
}

}  // namespace aimc::network
