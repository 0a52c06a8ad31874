// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/table.h"

#include <algorithm>

namespace aimc::report {

namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }

/// Bytes of the first n characters.
std::size_t n_bytes(const std::string& text, std::size_t n)
{
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if (starts_character(text[at]) && n-- == 0) { break; }
    }
    return at;
}

std::vector<std::string> words_of(const std::string& text)
{
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (static_cast<unsigned char>(c) > ' ') {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty() && words.size() > 1) { words.pop_back(); }
    return words;
}

}  // namespace

std::size_t n_characters(const std::string& text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::vector<std::string> wrap(const std::string& text, std::size_t width)
{
    std::vector<std::string> lines(1);
    for (std::string word : words_of(text)) {
        const std::size_t used = n_characters(lines.back());
        if (used > 0 && used + 1 + n_characters(word) <= width) {
            lines.back() += ' ' + word;
            continue;
        }
        if (used > 0) { lines.emplace_back(); }
        for (; n_characters(word) > width; lines.emplace_back()) {  // a long file name
            const std::size_t cut = n_bytes(word, width);
            lines.back() = word.substr(0, cut);
            word.erase(0, cut);
        }
        lines.back() = word;
    }
    return lines;
}

void Table::add(std::vector<std::string> row)
{
    row.resize(columns_.size());
    std::vector<std::vector<std::string>> cells;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        cells.push_back(wrap(row[c], columns_[c].max_width));
    }
    rows_.push_back(std::move(cells));
}

std::string Table::text() const
{
    auto all = rows_;
    std::vector<std::vector<std::string>> head;
    for (const Column& column : columns_) { head.push_back(wrap(column.title, column.max_width)); }
    all.insert(all.begin(), head);
    std::vector<std::size_t> widths(columns_.size());
    for (const auto& row : all) {
        for (std::size_t c = 0; c < widths.size(); ++c) {
            for (const auto& line : row[c]) { widths[c] = std::max(widths[c], n_characters(line)); }
        }
    }
    std::string text;
    for (const auto& row : all) {
        std::size_t n_lines = 0;
        for (const auto& cell : row) { n_lines = std::max(n_lines, cell.size()); }
        for (std::size_t i = 0; i < n_lines; ++i) {
            std::string line = " ";
            for (std::size_t c = 0; c < row.size(); ++c) {
                const std::string piece = i < row[c].size() ? row[c][i] : "";
                const std::string space(widths[c] - n_characters(piece), ' ');
                line += (c == 0 ? " " : "  ");
                line += columns_[c].is_number ? space + piece : piece + space;
            }
            line.erase(line.find_last_not_of(' ') + 1);
            text += line + '\n';
        }
    }
    return text;
}

std::string page_lines(const std::string& text)
{
    std::string all;
    for (const std::string& line : wrap(text, page_width)) { all += line + '\n'; }
    return all;
}

}  // namespace aimc::report
