// SPDX-License-Identifier: Apache-2.0
// The statistics of the two published phase-change-memory fits against tables that were worked out
// from their code (aihwkit 4545f11) by other means: every cell, to the digits that are printed.
#include "aimc/device/pcm_fits.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace aimc;
using namespace aimc::device;

const std::vector<double> table_g{0.02, 0.1, 0.25, 0.5, 0.75, 1.0};

/// Ours with as many decimals as the printed number has, and its leading zero left out if need be.
std::string as_printed(double ours, const std::string& printed)
{
    const auto point = printed.find('.');
    const auto decimals = point == std::string::npos ? 0 : printed.size() - point - 1;
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", static_cast<int>(decimals), ours);
    return printed[0] == '.' && text[0] == '0' ? text + 1 : text;
}

class Figures {
public:
    explicit Figures(std::string what) : what_(std::move(what)) {}
    ~Figures() { std::printf("figure: %s: %d of %d cells equal\n", what_.c_str(), equal_, cells_); }
    Figures(const Figures&) = delete;
    Figures& operator=(const Figures&) = delete;

    void cell(double ours, const std::string& printed, double at)
    {
        ++cells_;
        equal_ += as_printed(ours, printed) == printed ? 1 : 0;
        EXPECT_EQ(as_printed(ours, printed), printed) << what_ << " at " << at << ": ours " << ours;
    }
    void row(const std::function<double(double)>& ours, const std::vector<std::string>& printed)
    {
        for (std::size_t i = 0; i < printed.size(); ++i) {
            cell(ours(table_g[i]), printed[i], table_g[i]);
        }
    }

private:
    std::string what_;
    int cells_ = 0;
    int equal_ = 0;
};

TEST(PcmLikeTable, EveryCell)
{
    const PcmLikeFit fit;
    Figures f("pcm_like");
    f.row([&](double g) { return fit.programming_sd(g).si() * 1e6; },
          {".302", ".448", ".681", ".953", "1.077", "1.055"});
    f.row([&](double g) { return fit.nu_mean(g); },
          {".085", ".060", ".049", ".049", ".049", ".049"});
    f.row([&](double g) { return fit.nu_sd(g); },
          {".043", ".0229", ".0114", ".008", ".008", ".008"});
    f.row([&](double g) { return fit.read_noise(g); },
          {".112", ".0393", ".0217", ".0138", ".0106", ".0088"});
    // t = t_inference + t_0: at once, after an hour, a day, 30 days
    const auto growth = [&](double t) {
        return read_noise_growth(fit.t_0() + Second{t}, fit.t_read());
    };
    f.cell(growth(0.0), "4.184", 0.0);
    f.cell(growth(3600.0), "4.765", 3600.0);
    f.cell(growth(86400.0), "5.087", 86400.0);
    f.cell(growth(30 * 86400.0), "5.411", 30 * 86400.0);
}

struct HermesTable {
    int devices;
    std::vector<std::string> sd_uS, sd_percent, nu_sd, read;
};

void PrintTo(const HermesTable& table, std::ostream* out)
{
    *out << table.devices << " per polarity";
}

class HermesTables : public testing::TestWithParam<HermesTable> {};

INSTANTIATE_TEST_SUITE_P(
    Devices, HermesTables,
    testing::Values(HermesTable{1,
                                {".203", ".369", ".614", ".865", ".975", "1.008"},
                                {"1.97", "3.57", "5.94", "8.36", "9.42", "9.73"},
                                {".04", ".0253", ".0143", ".0121", ".0098", ".0055"},
                                {".0343", ".0218", ".0206", ".0217", ".0184", ".0168"}},
                    HermesTable{2,
                                {".257", ".558", ".889", ".991", ".912", "1.093"},
                                {"1.24", "2.69", "4.29", "4.79", "4.41", "5.28"},
                                {".04", ".0212", ".0105", ".0090", ".0076", ".0048"},
                                {".0389", ".0200", ".0159", ".0167", ".0153", ".0123"}}));

TEST_P(HermesTables, EveryCell)
{
    const HermesTable& table = GetParam();
    const HermesFit fit(table.devices);
    Figures f("hermes, devices per polarity " + std::to_string(table.devices));
    f.row([&](double g) { return fit.programming_sd(g).si() * 1e6; }, table.sd_uS);
    f.row([&](double g) { return 100.0 * (fit.programming_sd(g) / fit.g_max()); },
          table.sd_percent);
    f.row([&](double g) { return fit.nu_mean(g); },
          {".130", ".0719", ".0677", ".0564", ".0396", ".0174"});
    f.row([&](double g) { return fit.nu_sd(g); }, table.nu_sd);
    f.row([&](double g) { return fit.read_noise(g); }, table.read);
}

TEST(HermesTables, EveryReadNoiseFactor)
{
    Figures f("hermes, growth of the read noise");
    const auto growth = [](int devices, double t) {
        const HermesFit fit(devices);
        return read_noise_growth(fit.t_0() + Second{t}, fit.t_read());
    };
    f.cell(growth(1, 0.0), "4.369", 0.0);
    f.cell(growth(2, 0.0), "4.415", 0.0);
    f.cell(growth(2, 3600.0), "4.697", 3600.0);
    f.cell(growth(2, 86400.0), "5.016", 86400.0);
}

}  // namespace
