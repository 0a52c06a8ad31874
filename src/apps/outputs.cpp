// SPDX-License-Identifier: Apache-2.0
#include "outputs.h"

#include "aimc/base/error.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace aimc::apps {

namespace fs = std::filesystem;

StreamFile::StreamFile(const std::string& path) : path_(path)
{
    std::error_code error;
    const fs::path target(path);
    if (target.has_parent_path()) { fs::create_directories(target.parent_path(), error); }
    in_place_ = fs::exists(target, error) && !fs::is_regular_file(target, error);
    name_ = in_place_ ? path : path + ".part" + std::to_string(::getpid());
    file_ = std::fopen(name_.c_str(), "wb");
    if (file_ == nullptr) { fail(); }
}

StreamFile::~StreamFile()
{
    if (file_ == nullptr) { return; }
    std::fclose(file_);
    std::error_code ignored;
    if (!in_place_) { fs::remove(name_, ignored); }
}

void StreamFile::append(const void* bytes, std::size_t n)
{
    if (std::fwrite(bytes, 1, n, file_) != n) { fail(); }
}

void StreamFile::replace_start(const std::string& bytes)
{
    if (std::fseek(file_, 0, SEEK_SET) != 0) { fail(); }
    append(bytes);
    if (std::fseek(file_, 0, SEEK_END) != 0) { fail(); }
}

void StreamFile::flush()
{
    if (std::fflush(file_) != 0) { fail(); }
}

void StreamFile::commit()
{
    flush();
    std::FILE* file = file_;
    file_ = nullptr;
    std::error_code error;
    if (std::fclose(file) != 0) {
        const int reason = errno;
        if (!in_place_) { fs::remove(name_, error); }
        throw OutputError(path_, std::string("cannot be written: ") + std::strerror(reason));
    }
    if (in_place_) { return; }
    fs::rename(name_, path_, error);
    if (error) {
        const std::string why = error.message();
        fs::remove(name_, error);
        throw OutputError(path_, "cannot be written: " + why);
    }
}

void StreamFile::fail()
{
    throw OutputError(path_, std::string("cannot be written: ") + std::strerror(errno));
}

void require_writable(const std::string& folder)
{
    fs::path place = fs::absolute(folder);
    std::error_code error;
    while (!fs::exists(place, error) && place.has_relative_path()) { place = place.parent_path(); }
    if (!fs::is_directory(place, error)) {
        throw OutputError(folder, place.string() + " is not a folder");
    }
    if (::access(place.c_str(), W_OK) != 0) {
        throw OutputError(folder, "nothing can be written in " + place.string());
    }
}

std::string layer_path(const std::string& path, const std::string& layer)
{
    fs::path p(path);
    return (p.parent_path() / (p.stem().string() + "." + layer + p.extension().string())).string();
}

double peak_rss_mb()
{
    // getrusage() would count the program that started this one, too, up to exec()
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("VmHWM:", 0) == 0) { return std::stod(line.substr(6)) / 1024.0; }
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

std::string today()
{
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d", &utc);
    return text.data();
}

}  // namespace aimc::apps
