// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/files.h"

#include "aimc/base/error.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace aimc {

namespace fs = std::filesystem;

std::string read_file(const std::string& path, std::uintmax_t most_bytes)
{
    std::error_code error;
    if (fs::is_directory(path, error)) { throw InputError(path, "is a folder, not a file"); }
    if (fs::is_other(path, error)) { throw InputError(path, "is a device or pipe, not a file"); }
    const std::uintmax_t size = fs::file_size(path, error);
    if (!error && size > most_bytes) {
        throw InputError(path, "has " + std::to_string(size) + " bytes, must have at most " +
                                   std::to_string(most_bytes));
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) { throw InputError(path, std::string("cannot be read: ") + std::strerror(errno)); }
    std::ostringstream all;
    all << in.rdbuf();
    if (in.bad()) { throw InputError(path, "cannot be read to its end"); }
    return all.str();
}

void write_file(const std::string& path, const std::string& contents)
{
    std::error_code error;
    const fs::path target(path);
    if (target.has_parent_path()) {
        fs::create_directories(target.parent_path(), error);
        if (error) { throw OutputError(path, "its folder cannot be made: " + error.message()); }
    }
    // A device such as /dev/stdout or /dev/full is written to, never replaced.
    const bool in_place = fs::exists(target, error) && !fs::is_regular_file(target, error);
    const std::string name = in_place ? path : path + ".part" + std::to_string(::getpid());
    std::FILE* out = std::fopen(name.c_str(), "wb");
    if (out == nullptr) {
        throw OutputError(path, std::string("cannot be written: ") + std::strerror(errno));
    }
    const bool wrote = std::fwrite(contents.data(), 1, contents.size(), out) == contents.size() &&
                       std::fflush(out) == 0;
    int reason = errno;
    const bool closed = std::fclose(out) == 0;
    if (wrote && !closed) { reason = errno; }
    if (!wrote || !closed) {
        if (!in_place) { fs::remove(name, error); }
        throw OutputError(path, std::string("cannot be written: ") + std::strerror(reason));
    }
    if (in_place) { return; }
    fs::rename(name, target, error);
    if (error) {
        const std::string why = error.message();
        fs::remove(name, error);
        throw OutputError(path, "cannot be written: " + why);
    }
}

std::string sha256_hex(const std::string& bytes)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    static constexpr const char* hex = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
        text += hex[digest[i] >> 4U];
        text += hex[digest[i] & 15U];
    }
    return text;
}

std::string resolve_beside(const std::string& from_file, const std::string& name)
{
    const fs::path path(name);
    return path.is_absolute() ? name : (fs::path(from_file).parent_path() / path).string();
}

}  // namespace aimc
