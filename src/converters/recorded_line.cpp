// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/recorded_line.h"

#include "adc_line.h"

#include <algorithm>

namespace aimc::converters {
namespace {

struct Point {
    double x, y;
};

struct Line {
    double slope, at_zero;
    double residual(const Point& p) const { return p.y - (slope * p.x + at_zero); }
};

Line least_squares(const std::vector<Point>& points)
{
    double mean_x = 0.0;
    double mean_y = 0.0;
    for (const Point& p : points) {
        mean_x += p.x / static_cast<double>(points.size());
        mean_y += p.y / static_cast<double>(points.size());
    }
    double xx = 0.0;
    double xy = 0.0;
    for (const Point& p : points) {
        xx += (p.x - mean_x) * (p.x - mean_x);
        xy += (p.x - mean_x) * (p.y - mean_y);
    }
    return {xy / xx, mean_y - xy / xx * mean_x};
}

MinMeanMax residuals(const std::vector<Point>& points, const Line& line, double unit)
{
    std::vector<double> all;
    all.reserve(points.size());
    for (const Point& p : points) { all.push_back(line.residual(p) / unit); }
    return min_mean_max(all);
}

bool less_counts(const CountKnot& a, const CountKnot& b) { return a.counts < b.counts; }

}  // namespace

RecordedLine recorded_line(const std::vector<CountKnot>& points, double input_below)
{
    RecordedLine r{0, none, none, none, none};
    if (points.empty()) { return r; }
    const auto [first, last] = std::minmax_element(points.begin(), points.end(), less_counts);
    std::vector<Point> inside;
    for (const CountKnot& p : points) {
        if (p.counts > first->counts && p.counts < last->counts && p.i_uA < input_below) {
            inside.push_back({p.i_uA, p.counts});
        }
    }
    r.points = inside.size();
    if (inside.size() < 2) { return r; }
    const Line line = least_squares(inside);
    const MinMeanMax residual = residuals(inside, line, 1.0);
    return {inside.size(), line.slope, line.at_zero, residual.min, residual.max};
}

LevelLine level_line(const std::vector<CountKnot>& points)
{
    LevelLine r{0, none, none, none, none};
    std::vector<Point> levels;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool is_flat = (i > 0 && points[i - 1].counts == points[i].counts) ||
                             (i + 1 < points.size() && points[i + 1].counts == points[i].counts);
        if (!is_flat) { levels.push_back({points[i].counts, points[i].i_uA}); }
    }
    r.points = levels.size();
    if (levels.size() < 2) { return r; }
    const Point& a = levels.front();
    const Point& b = levels.back();
    const double lsb = (b.y - a.y) / (b.x - a.x);
    const MinMeanMax ends = residuals(levels, {lsb, a.y - lsb * a.x}, lsb);
    const Line line = least_squares(levels);
    const MinMeanMax best = residuals(levels, line, line.slope);
    return {levels.size(), ends.min, ends.max, best.min, best.max};
}

}  // namespace aimc::converters
