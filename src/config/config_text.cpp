// SPDX-License-Identifier: Apache-2.0
#include "config_text.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace aimc::config::detail {

std::string not_json(const std::string& text)
{
    if (text.size() > max_config_bytes) { return "is larger than 16 MB, not a configuration"; }
    const std::string head = text.substr(0, 2);
    if (head == "\xff\xfe" || head == "\xfe\xff") { return "is UTF-16, must be UTF-8"; }
    const auto zero = text.find('\0');
    if (zero != std::string::npos) {
        return fmt::format("is not a text file: byte {} is zero", zero + 1);
    }
    const std::string bom = "\xef\xbb\xbf";
    const std::size_t start = text.compare(0, bom.size(), bom) == 0 ? bom.size() : 0;
    if (text.find_first_not_of(" \t\r\n", start) == std::string::npos) { return "is empty"; }
    return "";
}

std::optional<std::string> read_config_text(const std::string& path, std::string& why)
{
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        why = "is a folder, not a file";
        return std::nullopt;
    }
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        why = fmt::format("cannot be read: {}", std::strerror(errno));
        return std::nullopt;
    }
    std::string text;
    std::array<char, 65536> piece{};
    // Bounded, because the name may be that of a device that never ends.
    while (in && text.size() <= max_config_bytes) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (in.bad()) {
        why = "cannot be read to its end";
        return std::nullopt;
    }
    return text;
}

}  // namespace aimc::config::detail
