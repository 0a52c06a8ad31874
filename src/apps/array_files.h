// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"
#include "aimc/mvm/record.h"

#include "outputs.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aimc::apps {

/// The result arrays of a run, written while it runs: they take no memory, however many MVMs there
/// are. Like all streams they have temporary names until commit() and vanish without it.
class ArrayFiles {
public:
    /// Of one part: where each array goes; empty: it is not written.
    struct Names {
        std::string y, counts, partial;
    };

    /// Starts the files of a part. Throws OutputError (exit 5).
    /// @param cols    columns of its layer
    /// @param y_bits  width of y: up to 8 become int8, more int32
    void open(const Names& names, const config::Range& cols, int y_bits);
    void add(const mvm::MvmValues& values);
    /// Ends the files of the part, which has so many MVMs.
    void close(std::uint64_t mvms);
    void discard();  ///< the files of the part never were
    void flush();    ///< what can fail, fails here
    void commit();   ///< files appear under their names

private:
    void add_y(const std::vector<std::int32_t>& y);

    config::Range cols_;
    bool narrow_ = false;
    std::unique_ptr<StreamFile> y_, counts_, partial_;  ///< of the part that runs
    std::vector<std::int8_t> bytes_;
    std::vector<std::unique_ptr<StreamFile>> finished_;
};

}  // namespace aimc::apps
