// SPDX-License-Identifier: Apache-2.0
#include "network/maps.h"

#include "support/small_networks.h"

#include <gtest/gtest.h>

namespace aimc::network {
namespace {

using test::NetworkMaker;

/// Values that say where they are: 100 c + 10 y + x + 1, below 10 pixels each way.
Map<int> labelled(const config::MapShape& shape)
{
    Map<int> map{shape, std::vector<int>(shape.size())};
    for (std::size_t y = 0; y < shape.height; ++y) {
        for (std::size_t x = 0; x < shape.width; ++x) {
            for (std::size_t c = 0; c < shape.channels; ++c) {
                map.pixel(y, x)[c] = static_cast<int>(100 * c + 10 * y + x + 1);
            }
        }
    }
    return map;
}

/// What stands there in the padded map.
int at(const config::MapShape& shape, std::size_t c, std::ptrdiff_t y, std::ptrdiff_t x)
{
    const bool inside = y >= 0 && x >= 0 && y < static_cast<std::ptrdiff_t>(shape.height) &&
                        x < static_cast<std::ptrdiff_t>(shape.width);
    return inside ? static_cast<int>(100 * c) + static_cast<int>(10 * y + x) + 1 : 0;
}

void expect_im2col(const config::MapShape& shape, const config::Window& w, config::Im2col order)
{
    NetworkMaker make(shape);
    make.conv(0, 2, w);
    const config::NetworkNode& node = make.network.nodes[0];
    const Im2colTable table(node, shape, order);
    std::vector<int> expected;
    for (std::size_t oy = 0; oy < node.out.height; ++oy) {
        for (std::size_t ox = 0; ox < node.out.width; ++ox) {
            const auto value = [&](std::size_t c, std::size_t ky, std::size_t kx) {
                const auto from = [](std::size_t o, std::size_t stride, std::size_t k,
                                     std::size_t pad) {
                    return static_cast<std::ptrdiff_t>(o * stride + k) -
                           static_cast<std::ptrdiff_t>(pad);
                };
                expected.push_back(at(shape, c, from(oy, w.stride_y, ky, w.pad_y),
                                      from(ox, w.stride_x, kx, w.pad_x)));
            };
            if (order == config::Im2col::channel_ky_kx) {
                for (std::size_t c = 0; c < shape.channels; ++c) {
                    for (std::size_t k = 0; k < w.n_pixels(); ++k) {
                        value(c, k / w.kernel_x, k % w.kernel_x);
                    }
                }
            } else {
                for (std::size_t k = 0; k < w.n_pixels(); ++k) {
                    for (std::size_t c = 0; c < shape.channels; ++c) {
                        value(c, k / w.kernel_x, k % w.kernel_x);
                    }
                }
            }
        }
    }
    EXPECT_EQ(table.rows(), shape.channels * w.n_pixels());
    EXPECT_EQ(table.positions(), node.out.height * node.out.width);
    std::vector<int> padded;
    std::vector<int> x(table.positions() * table.rows());
    const Map<int> map = labelled(shape);
    for (int repeat = 0; repeat < 2; ++repeat) {  // the scratch may be used again
        table.gather(map, padded, x.data());
        EXPECT_EQ(x, expected);
    }
}

TEST(Im2col, EqualsAPlainLoopInBothOrders)
{
    test::Dice dice(2);
    const auto roll = [&](int low, int high) {
        return static_cast<std::size_t>(dice.roll(low, high));
    };
    for (int repeat = 0; repeat < 300; ++repeat) {
        const config::MapShape shape{roll(1, 4), roll(1, 7), roll(1, 7)};
        config::Window w{1, 1, roll(1, 3), roll(1, 3), roll(0, 2), roll(0, 2)};
        w.kernel_y = roll(1, static_cast<int>(std::min<std::size_t>(shape.height + w.pad_y, 5)));
        w.kernel_x = roll(1, static_cast<int>(std::min<std::size_t>(shape.width + w.pad_x, 5)));
        SCOPED_TRACE(repeat);
        for (const auto order : {config::Im2col::channel_ky_kx, config::Im2col::ky_kx_channel}) {
            expect_im2col(shape, w, order);
        }
    }
}

TEST(Maps, ImageComesChannelAfterChannel)
{
    const std::uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
    const auto map = image_map<int>(bytes, {2, 3, 2}, [](std::uint8_t b) { return b * 10; });
    EXPECT_EQ(map.values, (std::vector<int>{10, 110, 20, 120, 30, 130, 40, 140, 50, 150, 60, 160}));
    EXPECT_EQ(map.pixel(2, 1)[1], 160);
}

TEST(Maps, PoolsLeaveOutWhatDoesNotFillAWindow)
{
    NetworkMaker make({2, 5, 7});
    make.max_pool(0, {2, 3, 2, 3, 0, 0});
    const auto& node = make.network.nodes[0];
    ASSERT_TRUE((node.out == config::MapShape{2, 2, 2}));
    const auto out = max_pooled(labelled({2, 5, 7}), node);
    // rows 0-1 and 2-3, columns 0-2 and 3-5: the last row and column are nobody's
    EXPECT_EQ(out.values, (std::vector<int>{13, 113, 16, 116, 33, 133, 36, 136}));
}

TEST(Maps, PoolsMayOverlapAndSeeNegatives)
{
    NetworkMaker make({1, 3, 3});
    make.max_pool(0, {2, 2, 1, 1, 0, 0});
    const Map<int> in{{1, 3, 3}, {-9, -8, -7, -6, -5, -4, -3, -2, -1}};
    EXPECT_EQ(max_pooled(in, make.network.nodes[0]).values, (std::vector<int>{-5, -4, -2, -1}));
    const auto sums =
        pooled<long>(in, make.network.nodes[0], 0L, [](long a, long b) { return a + b; });
    EXPECT_EQ(sums.values, (std::vector<long>{-28, -24, -16, -12}));
}

TEST(Maps, ShortcutPutsZerosOnBothSides)
{
    NetworkMaker make({2, 3, 5});
    make.shortcut(0, 2, 6);
    const auto& node = make.network.nodes[0];
    ASSERT_TRUE((node.out == config::MapShape{6, 2, 3}));
    const auto out = shortcut(labelled({2, 3, 5}), node);
    EXPECT_EQ(out.values,
              (std::vector<int>{0, 0, 1,  101, 0, 0, 0, 0, 3,  103, 0, 0, 0, 0, 5,  105, 0, 0,
                                0, 0, 21, 121, 0, 0, 0, 0, 23, 123, 0, 0, 0, 0, 25, 125, 0, 0}));
}

TEST(Maps, FlattenGoesChannelByChannel)
{
    const auto out = flattened(labelled({2, 2, 3}));
    EXPECT_TRUE((out.shape == config::MapShape{12, 1, 1}));
    EXPECT_EQ(out.values, (std::vector<int>{1, 2, 3, 11, 12, 13, 101, 102, 103, 111, 112, 113}));
}

}  // namespace
}  // namespace aimc::network
