// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace aimc::network {

/// Packs rectangles on one tile, row of shelves above row of shelves: each shelf is as high as the
/// first block on it. Blocks come tallest first.
class Shelf {
public:
    struct Corner {
        std::size_t row = 0, col = 0;
    };
    Shelf(std::size_t rows, std::size_t cols) : rows_(rows), cols_(cols) {}

    /// Where a block of this size goes; none when there is no room.
    std::optional<Corner> put(std::size_t rows, std::size_t cols)
    {
        for (Row& shelf : shelves_) {
            if (rows <= shelf.height && shelf.used + cols <= cols_) {
                const Corner corner{shelf.from, shelf.used};
                shelf.used += cols;
                return corner;
            }
        }
        if (top_ + rows > rows_ || cols > cols_) { return std::nullopt; }
        shelves_.push_back({top_, rows, cols});
        top_ += rows;
        return Corner{shelves_.back().from, 0};
    }

private:
    struct Row {
        std::size_t from, height, used;
    };
    std::size_t rows_, cols_, top_ = 0;
    std::vector<Row> shelves_;
};

}  // namespace aimc::network
