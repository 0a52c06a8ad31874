// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace aimc {

/// A list of vectors, shape [rows x cols]: a matrix that is held, or rows that are made whenever
/// they are asked for, so that a long list takes no memory. Cheap to copy: copies share what is
/// held. Any number of threads may ask at the same time.
template <class T>
class Rows {
public:
    /// Writes rows first .. first + n - 1 to `out`, one after the other. The same row is the same
    /// numbers every time, from any thread.
    using Make = std::function<void(std::size_t first, std::size_t n, T* out)>;

    Rows() = default;
    Rows(Matrix<T> held)  // NOLINT(google-explicit-constructor): a matrix is a list of vectors
        : rows_(held.rows()),
          cols_(held.cols()),
          held_(std::make_shared<const Matrix<T>>(std::move(held)))
    {
    }
    Rows(std::size_t rows, std::size_t cols, Make make)
        : rows_(rows), cols_(cols), make_(std::move(make))
    {
    }

    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }
    bool empty() const { return rows_ * cols_ == 0; }

    /// Rows first .. first + n - 1, one after the other: a place in the held matrix, or `buffer`
    /// with them. Good until the buffer is used again; the buffer keeps its room, so that a loop
    /// does not allocate.
    const T* block(std::size_t first, std::size_t n, std::vector<T>& buffer) const
    {
        if (held_ != nullptr) { return held_->data().data() + first * cols_; }
        if (buffer.size() < n * cols_) { buffer.resize(n * cols_); }
        if (make_) { make_(first, n, buffer.data()); }
        return buffer.data();
    }

    /// One row of a held matrix. Throws std::logic_error when rows are made: there is no place that
    /// it could point to.
    const T* row(std::size_t k) const
    {
        if (held_ == nullptr) { throw std::logic_error("rows that are made have no place"); }
        return held_->row(k);
    }

    /// All of them, held: for what needs them at once, such as a memory of results.
    std::shared_ptr<const Matrix<T>> whole() const
    {
        if (held_ != nullptr) { return held_; }
        auto all = std::make_shared<Matrix<T>>(rows_, cols_);
        if (make_) { make_(0, rows_, all->data().data()); }
        return all;
    }

private:
    std::size_t rows_ = 0, cols_ = 0;
    std::shared_ptr<const Matrix<T>> held_;  ///< none: they are made
    Make make_;
};

}  // namespace aimc
