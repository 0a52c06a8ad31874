// SPDX-License-Identifier: Apache-2.0
#include "aimc/sweep/journal.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "numbers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <limits>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace aimc::sweep {
namespace {

constexpr const char* first_line = R"({"format":"aimc-sweep-points/1"})";

}  // namespace

std::string row_line(const JournalRow& row, const std::vector<std::string>& columns)
{
    std::string line = R"({"key":")" + row.key + R"(","row":{)";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        line +=
            fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", columns[i], text_of(row.row[i], "null"));
    }
    return line + "}}";
}

std::optional<JournalRow> parse_row_line(const std::string& line,
                                         const std::vector<std::string>& columns)
{
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const bool is_good = json.is_object() && json.contains("key") && json["key"].is_string() &&
                         json.contains("row") && json["row"].is_object();
    if (!is_good) { return std::nullopt; }
    JournalRow out{json["key"].get<std::string>(), {}};
    for (const auto& column : columns) {
        const auto value = json["row"].find(column);
        const bool is_number = value != json["row"].end() && value->is_number();
        if (!is_number && (value == json["row"].end() || !value->is_null())) {
            return JournalRow{out.key, {}};
        }
        out.row.push_back(is_number ? value->get<double>()
                                    : std::numeric_limits<double>::quiet_NaN());
    }
    return out;
}

Journal::Journal(std::string path, std::vector<std::string> columns, bool fresh)
    : path_(std::move(path)), columns_(std::move(columns))
{
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
    constexpr mode_t everyone = 0666;
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, everyone);
    if (file_ < 0) { fail(); }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) { fail(); }
        ::close(file_);
        file_ = -1;
        throw OutputError(path_, "is being written by another sim sweep; give another --out");
    }
    try {
        if (fresh && ::ftruncate(file_, 0) != 0) { fail(); }
        read();
    } catch (...) {
        ::close(file_);
        throw;
    }
}

Journal::~Journal()
{
    if (file_ >= 0) { ::close(file_); }
}

void Journal::fail() const
{
    throw OutputError(path_, std::string("cannot be written: ") + std::strerror(errno));
}

void Journal::read()
{
    constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 33U;  // a million lines are 1 GB
    const std::string text = read_file(path_, most_bytes);
    const std::size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    std::size_t number = 0;
    for (std::size_t at = 0; at < whole; ++number) {
        const std::size_t end = text.find('\n', at);
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        if (number > 0) {
            read_line(line, number);
        } else if (line != first_line) {
            throw InputError(path_, "is not a journal of sim sweep; --fresh starts anew");
        }
    }
    if (whole == 0 && std::string(first_line).compare(0, text.size(), text) != 0) {
        throw InputError(path_, "is not a journal of sim sweep; --fresh starts anew");
    }
    if (whole < text.size() && ::ftruncate(file_, static_cast<off_t>(whole)) != 0) { fail(); }
    if (whole == 0) { write(std::string(first_line) + '\n'); }
}

void Journal::read_line(const std::string& line, std::size_t number)
{
    auto row = parse_row_line(line, columns_);
    if (!row) {
        throw InputError(path_, std::vector<Problem>{{fmt::format("line {}", number + 1),
                                                      "is damaged; --fresh starts anew"}});
    }
    // an empty one is of another version: its point is run again
    if (!row->row.empty()) { rows_[row->key] = std::move(row->row); }
}

const std::vector<double>* Journal::find(const std::string& key) const
{
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
}

void Journal::append(const std::string& key, const std::vector<double>& row)
{
    const std::string line = row_line({key, row}, columns_);
    const std::lock_guard<std::mutex> lock(mutex_);
    write(line + '\n');
    rows_[key] = row;
}

void Journal::write(const std::string& text)
{
    const auto before = ::lseek(file_, 0, SEEK_END);
    for (std::size_t done = 0; done < text.size();) {
        const auto n = ::write(file_, text.data() + done, text.size() - done);
        if (n < 0 && errno == EINTR) { continue; }
        if (n < 0) {
            // half a line would spoil the next one
            const int why = errno;
            if (before >= 0 && ::ftruncate(file_, before) != 0) { fail(); }
            errno = why;
            fail();
        }
        done += static_cast<std::size_t>(n);
    }
}

}  // namespace aimc::sweep
