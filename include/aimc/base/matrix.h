// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace aimc {

/// A word line drives one row of the array; a bit line gathers one column. A row is not a column.
enum class WordLine : std::size_t {};
enum class BitLine : std::size_t {};

constexpr std::size_t index(WordLine r) { return static_cast<std::size_t>(r); }
constexpr std::size_t index(BitLine c) { return static_cast<std::size_t>(c); }

/// Dense row-major matrix, shape [rows x cols]. `m(WordLine, BitLine)` for arrays of cells,
/// `m.row(k)` for lists of vectors.
template <class T>
class Matrix {
public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t cols, T value = T{})
        : rows_(rows), cols_(cols), data_(rows * cols, value)
    {
    }

    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }
    bool empty() const { return data_.empty(); }

    T& operator()(WordLine r, BitLine c) { return data_[index(r) * cols_ + index(c)]; }
    const T& operator()(WordLine r, BitLine c) const { return data_[index(r) * cols_ + index(c)]; }
    T* row(std::size_t r)
    {
        assert(r < rows_);
        return data_.data() + r * cols_;
    }
    const T* row(std::size_t r) const
    {
        assert(r < rows_);
        return data_.data() + r * cols_;
    }
    std::vector<T>& data() { return data_; }
    const std::vector<T>& data() const { return data_; }

    friend bool operator==(const Matrix& a, const Matrix& b)
    {
        return a.rows_ == b.rows_ && a.cols_ == b.cols_ && a.data_ == b.data_;
    }

private:
    std::size_t rows_ = 0;
    std::size_t cols_ = 0;
    std::vector<T> data_;
};

}  // namespace aimc
