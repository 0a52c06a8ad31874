// SPDX-License-Identifier: Apache-2.0
#include "compare_run.h"

#include "aimc/base/error.h"

#include "commands.h"
#include "session.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace aimc::apps {
namespace {

constexpr int look_every_ms = 100;  ///< for a Ctrl-C between two looks

[[noreturn]] void fail(const char* what)
{
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

/// Everything up to the end of the pipe. A Ctrl-C goes on to the run, which ends by itself.
std::string read_all(int from, pid_t run)
{
    std::string all;
    std::array<char, 65536> buffer{};
    bool told = false;
    for (;;) {
        if (interrupt_requested() && !told) {
            ::kill(run, SIGINT);
            told = true;
        }
        pollfd look{from, POLLIN, 0};
        if (::poll(&look, 1, look_every_ms) <= 0) { continue; }
        const ssize_t n = ::read(from, buffer.data(), buffer.size());
        if (n == 0) { return all; }
        if (n < 0 && errno != EINTR) { fail("a run cannot be read"); }
        if (n > 0) { all.append(buffer.data(), static_cast<std::size_t>(n)); }
    }
}

[[noreturn]] void be_the_run(const Options& options)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody would wait for it any more
    ::setpgid(0, 0);                     // a Ctrl-C comes once, from read_all
    const int code = start(options);
    std::fflush(nullptr);
    ::_exit(code);
}

}  // namespace

RunApart run_apart(Options options)
{
    std::array<int, 2> ends{};
    std::fflush(nullptr);  // or both processes write it
    if (::pipe(ends.data()) != 0) { fail("pipe"); }
    const pid_t run = ::fork();
    if (run < 0) { fail("fork"); }
    if (run == 0) {
        ::close(ends[0]);
        options.report_pipe = ends[1];
        be_the_run(options);
    }
    ::close(ends[1]);
    RunApart out;
    out.report = read_all(ends[0], run);
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(run, &status, 0) < 0) {
        if (errno != EINTR) { fail("waitpid"); }
    }
    if (WIFSIGNALED(status)) {
        fmt::print(stderr, "sim: the run was ended by signal {}\n", WTERMSIG(status));
    }
    out.code = WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(ExitCode::internal);
    if (out.code != 0) { out.report.clear(); }
    return out;
}

void hand_over(const Options& options, const std::string& report)
{
    for (std::size_t at = 0; at < report.size();) {
        const ssize_t n = ::write(options.report_pipe, report.data() + at, report.size() - at);
        if (n < 0 && errno != EINTR) { fail("a report cannot be handed over"); }
        if (n > 0) { at += static_cast<std::size_t>(n); }
    }
}

}  // namespace aimc::apps
