// SPDX-License-Identifier: Apache-2.0
#include "stream_thread.h"

#include <utility>

namespace aimc::apps {

StreamThread::StreamThread(Write write) : write_(std::move(write)), thread_([this] { run(); }) {}

StreamThread::~StreamThread()
{
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    handed_over_.notify_one();
    thread_.join();
}

void StreamThread::add(const mvm::MvmRecord& record)
{
    Batch& own = batch(filling_);
    own.records[own.n++] = record;
    if (own.n == batch_size) { hand_over(); }
}

void StreamThread::finish()
{
    if (batch(filling_).n > 0) { hand_over(); }
    std::unique_lock lock(mutex_);
    wait_until_at_most(0, lock);
}

void StreamThread::hand_over()
{
    std::unique_lock lock(mutex_);
    ++handed_;
    handed_over_.notify_one();
    wait_until_at_most(n_batches - 1, lock);  // the next one is free
    batch(++filling_).n = 0;
}

void StreamThread::wait_until_at_most(std::uint64_t n_waiting, std::unique_lock<std::mutex>& lock)
{
    written_one_.wait(lock, [&] { return failure_ || handed_ - written_ <= n_waiting; });
    if (failure_) {
        batch(filling_).n = 0;  // nobody will write it
        std::rethrow_exception(failure_);
    }
}

void StreamThread::run()
{
    std::unique_lock lock(mutex_);
    while (true) {
        handed_over_.wait(lock, [&] { return ends_ || handed_ > written_; });
        if (ends_) { return; }
        const Batch& next = batch(written_);
        lock.unlock();
        try {
            write_(next.records.data(), next.n);
        } catch (...) {
            lock.lock();
            failure_ = std::current_exception();
            written_one_.notify_one();
            return;
        }
        lock.lock();
        ++written_;
        written_one_.notify_one();
    }
}

}  // namespace aimc::apps
