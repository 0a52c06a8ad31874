// SPDX-License-Identifier: Apache-2.0
// Random calibration columns through our regression and through scripts/oracle/affine_fit.py, which
// solves them in exact fractions. The script is given the columns as it documents, and every word
// and flag it prints must be ours.
#include "aimc/base/files.h"
#include "aimc/calibration/affine_fit.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <unistd.h>  // NOLINT: getpid is POSIX

namespace aimc::calibration {
namespace {

using Json = nlohmann::json;
using Rng = std::mt19937_64;

constexpr int n_formats = 18;  // every round mode three times
constexpr int n_columns = 60;  // per format

constexpr std::array<const char*, 6> mode_names{"SC_TRN",         "SC_RND",     "SC_RND_ZERO",
                                                "SC_RND_MIN_INF", "SC_RND_INF", "SC_RND_CONV"};

std::int32_t pick(Rng& rng, std::int32_t low, std::int32_t high)
{
    return low + static_cast<std::int32_t>(rng() % static_cast<std::uint64_t>(high - low + 1));
}

/// Formats 0 to 5 are the default, each with another round mode.
config::NmpuConfig random_format(Rng& rng, int number)
{
    config::NmpuConfig f;
    f.round_mode = static_cast<RoundMode>(number % 6);
    f.scale_exponent = pick(rng, 0, 3);
    if (number >= 6) {
        f.cut = pick(rng, 0, 5);
        f.round_bits = pick(rng, 1, 2);
        f.scale_fraction = f.cut + f.round_bits + pick(rng, 0, 3);
        f.scale_bits = std::max(6, f.scale_fraction + pick(rng, 0, 2));
        f.offset_bits = pick(rng, 6, 12);
        f.offset_fraction = pick(rng, 0, 4);
    }
    return f;
}

struct Column {
    ColumnSamples samples;
    int lsb_num = 1, lsb_den = 1;
    double y_lsb() const { return static_cast<double>(lsb_num) / lsb_den; }
};

/// ideal = (s_p c+ - s_n c- + o) y_lsb + noise. Every tenth column is degenerate in some way.
Column random_column(Rng& rng, int number)
{
    Column c;
    c.lsb_num = pick(rng, 1, 4000);
    c.lsb_den = pick(rng, 1, 16);
    const int kind = number % 10 == 9 ? number / 10 % 6 : -1;
    const int top = pick(rng, 20, 4095);
    const double s_p = pick(rng, kind == 4 ? -300 : 5, 700) / 256.0;
    const double s_n = pick(rng, kind == 5 ? -300 : 5, 700) / 256.0;
    const double offset = pick(rng, -80, 80) / 4.0;
    for (int k = pick(rng, 8, 60); k > 0; --k) {
        std::int32_t c_p = pick(rng, 0, top);
        std::int32_t c_n = pick(rng, 0, top);
        if (kind == 0 || kind == 2) { c_p = 17; }
        if (kind == 1 || kind == 2) { c_n = 5; }
        if (kind == 3) { c_n = 2 * c_p + 3; }
        const double ideal = (s_p * c_p - s_n * c_n + offset) * c.y_lsb() + pick(rng, -50, 50);
        c.samples.c_p.push_back(c_p);
        c.samples.c_n.push_back(c_n);
        c.samples.ideal.push_back(static_cast<std::int64_t>(ideal));
    }
    return c;
}

/// What the script prints for these columns.
Json ask(const std::string& script, const config::NmpuConfig& f, const std::vector<Column>& columns,
         const std::string& option)
{
    Json question;
    question["format_"] = {{"scale_bits", f.scale_bits},
                           {"scale_fraction", f.scale_fraction},
                           {"scale_exponent", *f.scale_exponent},
                           {"offset_bits", f.offset_bits},
                           {"offset_fraction", f.offset_fraction},
                           {"cut", f.cut},
                           {"round_bits", f.round_bits},
                           {"round_mode", mode_names[static_cast<std::size_t>(f.round_mode)]}};
    for (const Column& c : columns) {
        question["columns"].push_back({{"c_p", c.samples.c_p},
                                       {"c_n", c.samples.c_n},
                                       {"ideal", c.samples.ideal},
                                       {"lsb_num", c.lsb_num},
                                       {"lsb_den", c.lsb_den}});
    }
    const std::string file = (std::filesystem::temp_directory_path() /
                              ("aimc_affine_" + std::to_string(::getpid()) + ".json"))
                                 .string();
    write_file(file, question.dump());
    const std::string command =
        "/usr/bin/python3 -B '" + script + "' " + option + " '" + file + "'";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) { throw std::runtime_error("cannot run " + command); }
    std::string answer;
    std::array<char, 4096> part{};
    for (std::size_t n = 0; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;) {
        answer.append(part.data(), n);
    }
    const int status = ::pclose(pipe);
    std::filesystem::remove(file);
    if (status != 0) { throw std::runtime_error("failed: " + command); }
    return Json::parse(answer);
}

TEST(AffineOracle, EveryWordAndFlagAgrees)
{
    const char* script = std::getenv("AIMC_AFFINE_ORACLE");
    if (script == nullptr) {
        GTEST_SKIP() << "AIMC_AFFINE_ORACLE is not set; see scripts/oracle/affine_fit.py";
    }
    Rng rng(1);
    int n_compared = 0;
    int n_clipped = 0;
    int n_deficient = 0;
    for (int number = 0; number < n_formats; ++number) {
        const config::NmpuConfig f = random_format(rng, number);
        std::vector<Column> columns;
        for (int c = 0; c < n_columns; ++c) { columns.push_back(random_column(rng, c)); }
        const Json answers = ask(script, f, columns, "").at("columns");
        ASSERT_EQ(answers.size(), columns.size());
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const AffineFit fit = fit_column(columns[c].samples, config::Branch::polarity);
            const QuantisedColumn q =
                quantise_nmpu(columns[c].samples, fit, columns[c].y_lsb(), f, *f.scale_exponent);
            const Json& a = answers[c];
            const std::string where = "format " + std::to_string(number) + ", column " +
                                      std::to_string(c) + ": " + a.dump();
            EXPECT_EQ(q.nmpu, (nmpu::AffineWords{a.at("s_p"), a.at("s_n"), a.at("o"), 0})) << where;
            EXPECT_EQ(q.scale_clipped(), a.at("clipped_p") || a.at("clipped_n")) << where;
            EXPECT_EQ(q.offset_clipped(), a.at("clipped_o").get<bool>()) << where;
            EXPECT_EQ(fit.rank_deficient, a.at("rank_deficient").get<bool>()) << where;
            n_clipped += q.scale_clipped() || q.offset_clipped();
            n_deficient += fit.rank_deficient;
            ++n_compared;
        }
    }
    EXPECT_GE(n_compared, 500);
    EXPECT_GT(n_clipped, 0);
    EXPECT_GT(n_deficient, 0);
    std::cout << "affine oracle: " << n_compared << " columns in " << n_formats << " formats, "
              << n_clipped << " clipped, " << n_deficient << " rank deficient\n";
}

TEST(AffineOracle, ChoosesTheSameExponent)
{
    const char* script = std::getenv("AIMC_AFFINE_ORACLE");
    if (script == nullptr) {
        GTEST_SKIP() << "AIMC_AFFINE_ORACLE is not set; see scripts/oracle/affine_fit.py";
    }
    Rng rng(2);
    constexpr std::array<int, 5> steepest{1, 3, 7, 15, 40};  // (1,7) ends just below 2^(e + 1)
    std::array<int, 5> seen{};
    for (int number = 0; number < 20; ++number) {
        const config::NmpuConfig f;
        std::vector<Column> columns;
        std::vector<AffineFit> fits;
        const int lsb_num = pick(rng, 1, 40);  // one LSB for all, so that scales spread over e
        for (int c = 0; c < 50; ++c) {
            columns.push_back(random_column(rng, 0));
            columns.back().lsb_num = lsb_num;
            columns.back().lsb_den = 1;
            auto& s = columns.back().samples;
            const int slope = pick(rng, 1, steepest.at(static_cast<std::size_t>(number) % 5));
            for (std::size_t k = 0; k < s.ideal.size(); ++k) {
                s.ideal[k] = std::int64_t{slope} * s.c_p[k] * lsb_num - s.c_n[k];
            }
            fits.push_back(fit_column(s, config::Branch::polarity));
        }
        const Json answer = ask(script, f, columns, "--exponent");
        std::uint64_t needing = 0;
        const int e = choose_scale_exponent(fits, lsb_num, f, needing);
        EXPECT_EQ(e, answer.at("scale_exponent").get<int>()) << answer.dump();
        EXPECT_EQ(fits.size() - needing, answer.at("columns_held")[0].get<std::size_t>());
        ++seen.at(static_cast<std::size_t>(e));
    }
    for (const int n : seen) { EXPECT_GT(n, 0) << "an exponent never occurs"; }
    std::cout << "affine oracle: exponent of 20 tiles, e = 0 .. 4 chosen " << seen[0] << ", "
              << seen[1] << ", " << seen[2] << ", " << seen[3] << ", " << seen[4] << " times\n";
}

}  // namespace
}  // namespace aimc::calibration
