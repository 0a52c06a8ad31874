// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace aimc::apps {

/// A file that grows during a run: it has a temporary name until commit(), and vanishes
/// without it. Throws OutputError (exit 5).
class StreamFile {
public:
    explicit StreamFile(const std::string& path);
    StreamFile(const StreamFile&) = delete;
    StreamFile& operator=(const StreamFile&) = delete;
    ~StreamFile();
    void append(const std::string& text) { append(text.data(), text.size()); }
    void append(const void* bytes, std::size_t n);
    /// Writes over what the file starts with; what is appended later goes on at the end.
    void replace_start(const std::string& bytes);
    void flush();   ///< everything reaches the file; finds a full disk
    void commit();  ///< gives the file its name

private:
    [[noreturn]] void fail();
    std::string path_, name_;
    bool in_place_;
    std::FILE* file_;
};

/// Refuses a folder that cannot be made or written. Throws OutputError (exit 5).
void require_writable(const std::string& folder);

/// "waves.vcd" -> "waves.hidden.vcd": one file per layer when there are several.
std::string layer_path(const std::string& path, const std::string& layer);

double peak_rss_mb();  ///< of this process so far
std::string today();   ///< ISO date, UTC

}  // namespace aimc::apps
