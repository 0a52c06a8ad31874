// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace aimc {

/// What the process returns to its caller; a contract with scripts and CI jobs.
enum class ExitCode : int {
    done = 0,
    check_failed = 1,   ///< a comparison with a golden trace found a difference
    bad_config = 2,     ///< the command line or the configuration is wrong
    bad_input = 3,      ///< another input file is missing or wrong
    internal = 4,       ///< our mistake
    bad_output = 5,     ///< an output cannot be written
    interrupted = 130,  ///< Ctrl-C
};

/// One thing that is wrong with a file: where, and what is allowed there.
struct Problem {
    std::string where;    ///< JSON path ("/adc/count_bits"), "line 12, column 3", or empty
    std::string message;  ///< a sentence without the place: "is 40, must be 1 to 24"
};

/// A mistake that the user can mend. `what()` is the whole message, one line per problem.
class UserError : public std::runtime_error {
public:
    UserError(ExitCode code, const std::string& file, std::vector<Problem> problems)
        : std::runtime_error(text(file, problems)), code_(code), problems_(std::move(problems))
    {
    }
    UserError(ExitCode code, const std::string& file, const std::string& message)
        : UserError(code, file, std::vector<Problem>{{"", message}})
    {
    }

    ExitCode code() const { return code_; }
    const std::vector<Problem>& problems() const { return problems_; }

private:
    static std::string text(const std::string& file, const std::vector<Problem>& problems)
    {
        std::string all;
        for (const auto& p : problems) {
            all += (all.empty() ? "" : "\n") + file + ": " + p.where +
                   (p.where.empty() ? "" : " ") + p.message;
        }
        return all;
    }
    ExitCode code_;
    std::vector<Problem> problems_;
};

struct ConfigError : UserError {  ///< exit code 2
    template <class T>
    ConfigError(const std::string& file, T&& what)
        : UserError(ExitCode::bad_config, file, std::forward<T>(what))
    {
    }
};
struct InputError : UserError {  ///< exit code 3
    template <class T>
    InputError(const std::string& file, T&& what)
        : UserError(ExitCode::bad_input, file, std::forward<T>(what))
    {
    }
};
struct OutputError : UserError {  ///< exit code 5
    template <class T>
    OutputError(const std::string& file, T&& what)
        : UserError(ExitCode::bad_output, file, std::forward<T>(what))
    {
    }
};

struct Interrupted : UserError {  ///< exit code 130, before there is anything to write
    explicit Interrupted(const std::string& when)
        : UserError(ExitCode::interrupted, "interrupted", when + "; nothing was written")
    {
    }
};

}  // namespace aimc
