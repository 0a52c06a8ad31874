// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/record.h"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace aimc::apps {

/// Takes records from an engine and writes them on a thread of its own, in order. Records are
/// copied into batches that are used again and again, so memory is bounded and nothing is allocated
/// once every batch has been full; the two threads meet once per batch.
///
///   StreamThread thread([&](const mvm::MvmRecord* records, std::size_t n) { ... });
///   thread.add(record);  thread.add(record);  ...
///   thread.finish();     // now all are written
///
/// All calls belong to one thread, the owner's.
class StreamThread {
public:
    /// Choice: a batch of 256 x 256 is about 300 kB and fits the second-level cache with what the
    /// engine needs; one is filled and one is written while one waits.
    static constexpr std::size_t batch_size = 64, n_batches = 3;
    using Write = std::function<void(const mvm::MvmRecord* records, std::size_t n)>;

    /// @param write  called on the other thread; what it throws ends the writing and is thrown by
    ///               every later call that meets that thread
    explicit StreamThread(Write write);
    StreamThread(const StreamThread&) = delete;
    StreamThread& operator=(const StreamThread&) = delete;
    /// Joins. What has not been written by then is not: call finish() first.
    ~StreamThread();

    /// May wait until a batch is free. Throws what `write` threw.
    void add(const mvm::MvmRecord& record);
    /// Waits until all records are written. Throws what `write` threw. More may follow.
    void finish();

private:
    struct Batch {
        std::vector<mvm::MvmRecord> records{batch_size};
        std::size_t n = 0;
    };
    Batch& batch(std::uint64_t number) { return batches_[number % n_batches]; }
    void hand_over();
    void wait_until_at_most(std::uint64_t n_waiting, std::unique_lock<std::mutex>& lock);
    void run();

    Write write_;
    std::array<Batch, n_batches> batches_;
    std::uint64_t filling_ = 0;  ///< number of the batch that takes records; the owner's own
    std::mutex mutex_;           ///< guards what follows
    std::condition_variable handed_over_, written_one_;
    std::uint64_t handed_ = 0, written_ = 0;  ///< [batches]
    bool ends_ = false;
    std::exception_ptr failure_;
    std::thread thread_;
};

}  // namespace aimc::apps
