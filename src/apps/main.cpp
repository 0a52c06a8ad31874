// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/error.h"
#include "aimc/sim/systemc.h"

#include "commands.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>

using namespace aimc;

namespace {

const apps::Options* to_start = nullptr;  ///< the kernel hands on nothing but a command line

/// A standard stream that the caller closed must not become the number of the first file we open,
/// or messages end up in a trace. Reading from it, or writing to it, still fails.
void reserve_standard_streams()
{
    for (int fd = 0; fd <= 2; ++fd) {
        if (::fcntl(fd, F_GETFD) < 0) { ::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY); }
    }
}

}  // namespace

/// Called by the kernel, by way of start().
int sc_main(int, char*[])
{
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions("/aimc", sc_core::SC_INFO, sc_core::SC_DISPLAY);
    // A fatal report is our own mistake: an exception and exit 4, never a core dump.
    sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    if (to_start->verbose) {
        for (const char* type : {"/aimc/tile/crossbar", "/aimc/tile/adc_bank"}) {
            sc_core::sc_report_handler::set_actions(type, sc_core::SC_INFO, sc_core::SC_DISPLAY);
        }
        sc_core::sc_report_handler::set_verbosity_level(sc_core::SC_DEBUG);
    }
    return apps::guarded(*to_start);
}

int aimc::apps::start(const Options& options)
{
    if (!simulates(options)) { return guarded(options); }
    to_start = &options;
    ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    char name[] = "sim";
    char* arguments[] = {name, nullptr};
    return sc_core::sc_elab_and_sim(1, arguments);
}

int main(int argc, char* argv[])
{
    reserve_standard_streams();
    const auto parsed = apps::parse_command_line(argc, argv);
    std::fputs(parsed.to_stdout.c_str(), stdout);
    std::fputs(parsed.to_stderr.c_str(), stderr);
    if (!parsed.options) {
        if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) { return parsed.exit_code; }
        std::fputs("stdout: cannot be written\n", stderr);
        return static_cast<int>(ExitCode::bad_output);
    }
    return apps::start(*parsed.options);
}
