// SPDX-License-Identifier: Apache-2.0
#include "stream_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

namespace aimc::apps {
namespace {

mvm::MvmRecord record(std::uint64_t k)
{
    mvm::MvmRecord r;
    r.mvm = k;
    r.values.y.assign(5, static_cast<std::int32_t>(k));
    return r;
}

/// Adds records until one is refused. @returns how many went in
std::uint64_t add_until_refused(StreamThread& thread, std::uint64_t most)
{
    for (std::uint64_t k = 0; k < most; ++k) {
        try {
            thread.add(record(k));
        } catch (const std::runtime_error&) {
            return k;
        }
    }
    return most;
}

constexpr std::uint64_t room = StreamThread::batch_size * StreamThread::n_batches;

TEST(StreamThread, WritesEveryRecordOnceAndInOrder)
{
    std::vector<mvm::MvmRecord> written;
    const auto owner = std::this_thread::get_id();
    bool by_owner = false;
    StreamThread thread([&](const mvm::MvmRecord* records, std::size_t n) {
        by_owner = by_owner || std::this_thread::get_id() == owner;
        written.insert(written.end(), records, records + n);
    });
    std::uint64_t added = 0;
    for (const std::uint64_t more : {0U, 1U, 63U, 64U, 65U, 1000U, 5U}) {
        for (const std::uint64_t end = added + more; added < end; ++added) {
            thread.add(record(added));
        }
        thread.finish();
        ASSERT_EQ(written.size(), added);
    }
    for (std::uint64_t k = 0; k < added; ++k) {
        ASSERT_EQ(written[k].mvm, k);
        ASSERT_EQ(written[k].values.y, record(k).values.y);
    }
    EXPECT_FALSE(by_owner);
}

TEST(StreamThread, WaitsForAWriterThatIsSlowerInsteadOfKeepingMore)
{
    std::promise<void> go;
    std::shared_future<void> gate = go.get_future().share();
    std::atomic<std::uint64_t> added{0}, written{0};
    StreamThread thread([&](const mvm::MvmRecord*, std::size_t n) {
        gate.wait();
        EXPECT_LE(added - written, room + 1);
        written += n;
    });
    std::thread opener([&] {
        while (added + 1 < room) { std::this_thread::yield(); }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        EXPECT_LE(added, room) << "the owner went on";
        go.set_value();
    });
    for (std::uint64_t k = 0; k < 10 * room; ++k) {
        thread.add(record(k));
        ++added;
    }
    opener.join();
    thread.finish();
    EXPECT_EQ(written, 10 * room);
}

TEST(StreamThread, GivesAnErrorOfTheWriterToItsOwner)
{
    std::atomic<int> calls{0};
    StreamThread thread([&](const mvm::MvmRecord*, std::size_t) {
        if (++calls == 3) { throw std::runtime_error("full"); }
    });
    const std::uint64_t taken = add_until_refused(thread, 100 * room);
    EXPECT_GE(taken + 1, 3 * StreamThread::batch_size);
    EXPECT_LE(taken, 3 * StreamThread::batch_size + room) << "seen at the next meeting";
    EXPECT_THROW(thread.finish(), std::runtime_error) << "and again";
    EXPECT_LT(add_until_refused(thread, room), StreamThread::batch_size);
    EXPECT_EQ(calls, 3) << "nothing is written behind a gap";
}

TEST(StreamThread, TellsOfAnErrorInTheLastRecordsAtFinish)
{
    StreamThread thread(
        [](const mvm::MvmRecord*, std::size_t) { throw std::runtime_error("full"); });
    thread.add(record(0));
    EXPECT_THROW(thread.finish(), std::runtime_error);
}

TEST(StreamThread, JoinsWithoutFinishAlsoWhenTheWriterFailed)
{
    for (const bool fails : {false, true}) {
        std::atomic<int> inside{0};
        {
            StreamThread thread([&](const mvm::MvmRecord*, std::size_t) {
                ++inside;
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
                --inside;
                if (fails) { throw std::runtime_error("full"); }
            });
            add_until_refused(thread, 2 * StreamThread::batch_size + 1);
        }
        EXPECT_EQ(inside, 0) << "still writing";
    }
}

}  // namespace
}  // namespace aimc::apps
