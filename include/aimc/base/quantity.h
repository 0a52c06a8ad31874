// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace aimc {

/// A number with its SI unit in the type: volt times siemens is ampere, and swapping two arguments
/// does not compile. The exponents are those of metre, kilogram, second and ampere, reduced to what
/// this project needs: time, current, conductance.
///
///   constexpr Ampere i = 0.2_V * 25.0_uS;
template <int second, int ampere, int volt>
class Quantity {
public:
    constexpr Quantity() = default;
    constexpr explicit Quantity(double si) : si_(si) {}
    constexpr double si() const { return si_; }

    friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity{a.si_ + b.si_}; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity{a.si_ - b.si_}; }
    friend constexpr Quantity operator*(double k, Quantity a) { return Quantity{k * a.si_}; }
    friend constexpr double operator/(Quantity a, Quantity b) { return a.si_ / b.si_; }
    friend constexpr bool operator<(Quantity a, Quantity b) { return a.si_ < b.si_; }
    friend constexpr bool operator>(Quantity a, Quantity b) { return b < a; }
    friend constexpr bool operator==(Quantity a, Quantity b) { return a.si_ == b.si_; }

private:
    double si_ = 0.0;
};

using Second = Quantity<1, 0, 0>;
using Ampere = Quantity<0, 1, 0>;
using Volt = Quantity<0, 0, 1>;
using Siemens = Quantity<0, 1, -1>;

constexpr Ampere operator*(Volt v, Siemens g) { return Ampere{v.si() * g.si()}; }

inline namespace literals {
constexpr Second operator""_s(long double x) { return Second{static_cast<double>(x)}; }
constexpr Second operator""_ns(long double x) { return Second{static_cast<double>(x * 1e-9L)}; }
constexpr Volt operator""_V(long double x) { return Volt{static_cast<double>(x)}; }
constexpr Siemens operator""_uS(long double x) { return Siemens{static_cast<double>(x * 1e-6L)}; }
constexpr Siemens operator""_nS(long double x) { return Siemens{static_cast<double>(x * 1e-9L)}; }
constexpr Ampere operator""_uA(long double x) { return Ampere{static_cast<double>(x * 1e-6L)}; }
}  // namespace literals

}  // namespace aimc
