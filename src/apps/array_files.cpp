// SPDX-License-Identifier: Apache-2.0
#include "array_files.h"

#include "aimc/config/npy.h"

#include <utility>

namespace aimc::apps {
namespace {

std::string y_header(bool narrow, std::size_t n, std::size_t cols)
{
    return narrow ? config::npy_header<std::int8_t>({n, cols})
                  : config::npy_header<std::int32_t>({n, cols});
}

}  // namespace

void ArrayFiles::open(const Names& names, const config::Range& cols, int y_bits)
{
    cols_ = cols;
    narrow_ = y_bits <= 8;
    // the headers are written again when the number of rows is known
    const auto start = [](const std::string& name, const std::string& header) {
        if (name.empty()) { return std::unique_ptr<StreamFile>(); }
        auto file = std::make_unique<StreamFile>(name);
        file->append(header);
        return file;
    };
    y_ = start(names.y, y_header(narrow_, 0, cols.size()));
    counts_ = start(names.counts, config::npy_header<std::int32_t>({0, 2, cols.size()}));
    partial_ = start(names.partial, config::npy_header<std::int32_t>({0, cols.size()}));
}

void ArrayFiles::add(const mvm::MvmValues& values)
{
    const auto append = [this](StreamFile& file, const std::vector<std::int32_t>& all) {
        file.append(all.data() + cols_.from, cols_.size() * sizeof(std::int32_t));
    };
    if (y_) { add_y(values.y); }
    if (partial_) { append(*partial_, values.partial); }
    if (counts_) {
        append(*counts_, values.c_p);
        append(*counts_, values.c_n);
    }
}

void ArrayFiles::add_y(const std::vector<std::int32_t>& y)
{
    const std::int32_t* const own = y.data() + cols_.from;
    if (!narrow_) { return y_->append(own, cols_.size() * sizeof *own); }
    bytes_.resize(cols_.size());
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
        bytes_[i] = static_cast<std::int8_t>(own[i]);
    }
    y_->append(bytes_.data(), bytes_.size());
}

void ArrayFiles::close(std::uint64_t mvms)
{
    const auto end = [this](std::unique_ptr<StreamFile>& file, const std::string& header) {
        if (!file) { return; }
        file->replace_start(header);
        finished_.push_back(std::move(file));
    };
    const std::size_t cols = cols_.size();
    end(y_, y_header(narrow_, mvms, cols));
    end(counts_, config::npy_header<std::int32_t>({mvms, 2, cols}));
    end(partial_, config::npy_header<std::int32_t>({mvms, cols}));
}

void ArrayFiles::discard()
{
    for (auto* file : {&y_, &counts_, &partial_}) { file->reset(); }
}

void ArrayFiles::flush()
{
    for (auto& file : finished_) { file->flush(); }
}

void ArrayFiles::commit()
{
    for (auto& file : finished_) { file->commit(); }
    finished_.clear();
}

}  // namespace aimc::apps
