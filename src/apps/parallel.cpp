// SPDX-License-Identifier: Apache-2.0
#include "parallel.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace aimc::apps {
namespace {

/// What the threads tell each other.
struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t done = 0;
    int running = 0;
    bool stop = false, cut_short = false;
    std::exception_ptr error;

    bool must_stop()
    {
        const std::lock_guard<std::mutex> lock(mutex);
        return stop;
    }
    void count()
    {
        const std::lock_guard<std::mutex> lock(mutex);
        ++done;
    }
    void fail()
    {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!error) { error = std::current_exception(); }
        stop = true;
    }
    void leave()
    {
        const std::lock_guard<std::mutex> lock(mutex);
        --running;
        changed.notify_all();
    }
};

}  // namespace

bool run_parallel(int workers, const std::function<std::optional<std::size_t>(std::size_t)>& take,
                  const std::function<void(std::size_t)>& one,
                  const std::function<bool(std::size_t)>& on_progress)
{
    State state;
    state.running = workers;
    const auto work = [&](std::size_t worker) {
        try {
            while (!state.must_stop()) {
                const auto job = take(worker);
                if (!job) { break; }
                one(*job);
                state.count();
            }
        } catch (...) {
            state.fail();
        }
        state.leave();
    };
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(workers));
    for (int w = 0; w < workers; ++w) { threads.emplace_back(work, static_cast<std::size_t>(w)); }
    std::unique_lock<std::mutex> lock(state.mutex);
    while (!state.changed.wait_for(lock, std::chrono::milliseconds(100),
                                   [&] { return state.running == 0; })) {
        const std::size_t done = state.done;
        lock.unlock();
        const bool go_on = on_progress(done);
        lock.lock();
        state.stop = state.stop || !go_on;
        state.cut_short = state.cut_short || !go_on;
    }
    lock.unlock();
    for (auto& thread : threads) { thread.join(); }
    if (state.error) { std::rethrow_exception(state.error); }
    return on_progress(state.done) && !state.cut_short;
}

}  // namespace aimc::apps
