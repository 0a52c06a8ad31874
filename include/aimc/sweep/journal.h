// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace aimc::sweep {

/// A finished point: what names it, and its row. [columns] NaN: no value
struct JournalRow {
    std::string key;
    std::vector<double> row;
};

/// As a line of a journal, without its end.
std::string row_line(const JournalRow& row, const std::vector<std::string>& columns);
/// None: damaged. An empty row: of another version, with other columns.
std::optional<JournalRow> parse_row_line(const std::string& line,
                                         const std::vector<std::string>& columns);

/// The finished points of a sweep, one line each, so that an interrupted sweep goes on where it
/// was: `{"key": ..., "row": {column: number or null}}` after a line that names the format. A line
/// is written in one piece; what is cut at the end of the file was not finished and is dropped.
/// One process at a time: the file is locked as long as this lives, also against a process that
/// was killed.
class Journal {
public:
    /// Opens or makes the file. @param fresh  forget what it holds
    /// Throws OutputError (exit 5) if it cannot be written or another process has it, InputError
    /// (exit 3) if it is not a journal.
    Journal(std::string path, std::vector<std::string> columns, bool fresh);
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal();

    /// The row of a point, or nullptr. Not while others append.
    const std::vector<double>* find(const std::string& key) const;
    /// From any thread. @param row  [columns] NaN: no value
    void append(const std::string& key, const std::vector<double>& row);

private:
    void read();
    void read_line(const std::string& line, std::size_t number);
    void write(const std::string& text);
    [[noreturn]] void fail() const;

    std::string path_;
    std::vector<std::string> columns_;
    int file_ = -1;
    std::mutex mutex_;
    std::unordered_map<std::string, std::vector<double>> rows_;
};

}  // namespace aimc::sweep
