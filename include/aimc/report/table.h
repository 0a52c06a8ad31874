// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace aimc::report {

/// A table of plain text. Columns are as wide as their longest cell, at most `max_width`; longer
/// cells go on in the next line, broken between words where that is possible.
class Table {
public:
    struct Column {
        std::string title;
        bool is_number = false;      ///< flush right
        std::size_t max_width = 40;  ///< [characters]
    };
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    void add(std::vector<std::string> row);
    std::string text() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::vector<std::string>>> rows_;  ///< row, column, lines
};

/// Characters of a UTF-8 text.
std::size_t n_characters(const std::string& text);

/// Lines of at most `width` characters; line breaks and tabs count as spaces.
std::vector<std::string> wrap(const std::string& text, std::size_t width);

/// What a page of text is wide. [characters]
inline constexpr std::size_t page_width = 100;

/// The lines of a paragraph on such a page, each with its end.
std::string page_lines(const std::string& text);

}  // namespace aimc::report
