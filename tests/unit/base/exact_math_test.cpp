// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/exact_math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace aimc {
namespace {

double relative_error(double got, long double exact)
{
    return static_cast<double>(std::fabs((static_cast<long double>(got) - exact) / exact));
}

TEST(ExactLog, AgreesWithLongDoubleOverThePositiveNumbers)
{
    double worst = 0.0;
    for (double x = 1e-300; x < 1e300; x *= 1.0937) {
        worst =
            std::max(worst, relative_error(exact_log(x), std::log(static_cast<long double>(x))));
    }
    EXPECT_LT(worst, 1e-14);
}

TEST(ExactLog, KeepsItsRelativeErrorNearOne)
{
    double worst = 0.0;
    for (const double sign : {1.0, -1.0}) {
        for (double h = 0.4; h > 1e-15; h *= 0.83) {
            const double x = 1.0 + sign * h;
            worst = std::max(worst,
                             relative_error(exact_log(x), std::log(static_cast<long double>(x))));
        }
    }
    EXPECT_LT(worst, 1e-14);
    EXPECT_EQ(exact_log(1.0), 0.0);
}

TEST(ExactExp, AgreesWithLongDoubleFromMinusToPlus700)
{
    double worst = 0.0;
    for (double x = -700.0; x <= 700.0; x += 0.0973) {
        worst =
            std::max(worst, relative_error(exact_exp(x), std::exp(static_cast<long double>(x))));
    }
    for (double x = 1.0; x > 1e-18; x *= 0.37) {
        for (const double y : {x, -x}) {
            worst = std::max(worst,
                             relative_error(exact_exp(y), std::exp(static_cast<long double>(y))));
        }
    }
    EXPECT_LT(worst, 1e-14);
    EXPECT_EQ(exact_exp(0.0), 1.0);
}

TEST(ExactPow, AgreesWithLongDoubleWhereDriftUsesIt)
{
    double worst = 0.0;
    for (double age = 1.0; age < 1e8; age *= 1.21) {
        for (double nu = -0.4; nu <= 0.4; nu += 0.0173) {
            const long double exact = std::pow(static_cast<long double>(age), nu);
            worst = std::max(worst, relative_error(exact_pow(age, nu), exact));
        }
    }
    EXPECT_LT(worst, 1e-14);
    EXPECT_EQ(exact_pow(7.0, 0.0), 1.0);
    EXPECT_EQ(exact_pow(1.0, -0.3), 1.0);
}

// Python 3.11: statistics.NormalDist().inv_cdf(p)
struct Quantile {
    double p, z;
};
constexpr std::array<Quantile, 27> quantiles{{
    {1e-300, -37.0470962993612},
    {1e-100, -21.27345356096532},
    {1e-12, -7.034483825301132},
    {1e-11, -6.706023155495136},
    {1.1641532182693481e-10, -6.337957754553789},
    {1e-9, -5.9978070150076865},
    {1e-6, -4.753424308822899},
    {1e-4, -3.71901648545568},
    {0.001, -3.090232306167813},
    {0.01, -2.3263478740408408},
    {0.05, -1.6448536269514726},
    {0.07499, -1.4396021182393162},
    {0.0751, -1.4388253927525398},
    {0.1, -1.2815515655446008},
    {0.25, -0.6744897501960817},
    {0.4, -0.2533471031357998},
    {0.6, 0.2533471031357998},
    {0.75, 0.6744897501960817},
    {0.9, 1.2815515655446008},
    {0.9251, 1.4402382675279632},
    {0.975, 1.9599639845400536},
    {0.99, 2.3263478740408408},
    {0.999, 3.090232306167813},
    {0.9999, 3.7190164854557084},
    {0.999999, 4.753424308817089},
    {0.999999999, 5.997807019601638},
    {0.9999999998835847, 6.337957754553789},
}};

TEST(NormalQuantile, AgreesWithPythonsStatisticsModule)
{
    for (const auto& [p, z] : quantiles) {
        EXPECT_LT(std::fabs(normal_quantile(p) / z - 1.0), 2e-15) << "p = " << p;
    }
}

TEST(NormalQuantile, IsZeroInTheMiddleAndOddAroundIt)
{
    EXPECT_EQ(normal_quantile(0.5), 0.0);
    for (double p = 0x1p-20; p < 0.5; p += 0x1p-10) {
        EXPECT_EQ(normal_quantile(p), -normal_quantile(1.0 - p)) << "p = " << p;
    }
}

TEST(NormalQuantile, RisesOverTheSeamsOfItsThreeBranches)
{
    const double far_tail = std::exp(-25.0);  // sqrt(-ln p) is 5
    for (const double seam : {0.075, 0.925, far_tail}) {
        double before = normal_quantile(seam * (1.0 - 1e-9));
        for (int i = -9; i <= 10; ++i) {
            const double z = normal_quantile(seam * (1.0 + 1e-10 * i));
            EXPECT_GT(z, before) << "p = " << seam << ", step " << i;
            before = z;
        }
    }
}

TEST(RoundHalfEven, TakesTiesToEven)
{
    EXPECT_EQ(round_half_even(0.5), 0.0);
    EXPECT_EQ(round_half_even(1.5), 2.0);
    EXPECT_EQ(round_half_even(-0.5), 0.0);
    EXPECT_EQ(round_half_even(-1.5), -2.0);
    EXPECT_EQ(round_half_even(2.5000000000000004), 3.0);
    EXPECT_EQ(round_half_even(-2.75), -3.0);
}

}  // namespace
}  // namespace aimc
