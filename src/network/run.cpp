// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/run.h"

#include "parallel.h"

#include <oneapi/tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

namespace aimc::network {
namespace {

constexpr std::size_t images_per_group = 32;  ///< per thread, between looks at stop

/// What one thread needs.
struct Worker {
    explicit Worker(const Wiring& wiring) : walk(wiring), events(wiring.plan.layers.size()) {}
    Walk walk;
    LayerScratch scratch;
    std::vector<std::int32_t> out, sums;
    std::vector<LayerEvents> events;
    std::uint64_t residuals_clipped = 0;
};

class ImageRunner {
public:
    ImageRunner(const config::TileConfig& config, const Wiring& wiring,
                const std::vector<PlacedLayer>& layers, const Tiles& tiles,
                const std::vector<LayerWords>& words, const Matrix<std::uint8_t>& images,
                const RunOptions& options)
        : config_(config), wiring_(wiring), layers_(layers), images_(images), options_(options)
    {
        const std::size_t n_layers = wiring.plan.layers.size();
        for (std::size_t l = 0; l < n_layers; ++l) {
            units_.emplace_back(config, wiring, tiles, l, words[l]);
        }
        out_.answers.resize(images.rows());
        out_.scores = Matrix<std::int32_t>(images.rows(), wiring.network.n_classes());
        errors_.assign(std::min(options.error_images, images.rows()),
                       std::vector<LayerError>(n_layers));
        cycles_.assign(images.rows(), std::vector<std::uint64_t>(n_layers, 0));
    }

    NetworkRun run()
    {
        oneapi::tbb::enumerable_thread_specific<Worker> workers([&] { return Worker(wiring_); });
        const std::size_t group = images_per_group * static_cast<std::size_t>(options_.threads);
        std::size_t done = 0;
        while (done < images_.rows() && !(options_.stop && options_.stop())) {
            const std::size_t n = std::min(group, images_.rows() - done);
            in_parallel(options_.threads, n,
                        [&](std::size_t i) { run_image(done + i, workers.local()); });
            done += n;
            if (options_.progress) { options_.progress(done); }
        }
        out_.complete = done == images_.rows();
        out_.answers.resize(done);
        const std::size_t n_layers = units_.size();
        out_.layers.resize(n_layers);
        for (const Worker& w : workers) {
            for (std::size_t l = 0; l < n_layers; ++l) { out_.layers[l].add(w.events[l]); }
            out_.residuals_clipped += w.residuals_clipped;
        }
        out_.image_errors = std::move(errors_);
        out_.all_cycles.assign(n_layers, 0);
        for (std::size_t l = 0; l < n_layers; ++l) {
            for (std::size_t i = 0; i < done; ++i) { out_.all_cycles[l] += cycles_[i][l]; }
        }
        out_.sum_up();
        return std::move(out_);
    }

private:
    void run_image(std::size_t i, Worker& w)
    {
        if (options_.on_image) { w.walk.keep_maps(); }
        w.walk.start(images_.row(i), options_.first_number + i);
        while (w.walk.next()) {
            const LayerWork& work = w.walk.work();
            const bool compared = i < errors_.size();
            LayerUnit::Phases phases;
            units_[work.layer].run(work, false, w.scratch, w.out, w.events[work.layer],
                                   compared ? &w.sums : nullptr, &phases);
            cycles_[i][work.layer] = cycles_of(work.layer, phases);
            if (compared) { errors_[i][work.layer] = error_of(work, w.sums); }
            w.walk.give(w.out.data());
        }
        if (options_.on_image) { options_.on_image(i, w.walk); }
        w.residuals_clipped += w.walk.residuals_clipped();
        const auto& scores = w.walk.scores();
        std::copy(scores.begin(), scores.end(), out_.scores.row(i));
        out_.answers[i] = static_cast<std::uint8_t>(argmax(scores));
    }

    /// The same for all images, unless the codes say how long a read takes.
    std::uint64_t cycles_of(std::size_t l, const LayerUnit::Phases& phases)
    {
        const LayerPlan& plan = wiring_.plan.layers[l];
        const auto count = [&] {
            return layer_cycles(config_, plan, wiring_.program.steps[plan.step], phases);
        };
        if (mvm::n_steps_vary(config_)) { return count(); }
        const std::lock_guard<std::mutex> lock(mutex_);
        auto& known = known_cycles_[l];
        if (known == 0) { known = count(); }
        return known;
    }

    LayerError error_of(const LayerWork& work, const std::vector<std::int32_t>& sums) const
    {
        const LayerPlan& plan = wiring_.plan.layers[work.layer];
        const PlacedLayer& layer = layers_[work.layer];
        std::vector<std::int64_t> product(plan.cols), part;
        LayerError error;
        const double code_max = wiring_.scales.largest_code;
        for (std::size_t k = 0; k < work.n; ++k) {
            std::fill(product.begin(), product.end(), 0);
            for (std::size_t b = 0; b < plan.blocks.size(); ++b) {
                const Block& block = plan.blocks[b];
                part.resize(block.cols.size());
                exact_product(plan, layer, b, work.x.data() + k * plan.rows, part.data());
                for (std::size_t c = 0; c < part.size(); ++c) {
                    product[block.cols.from + c] += part[c];
                }
            }
            for (std::size_t c = 0; c < plan.cols; ++c) {
                const std::size_t at = k * plan.cols + c;
                const auto& target = layer.targets[c];
                const std::int64_t once = product[c] / static_cast<std::int64_t>(plan.copies);
                double ref = target.gain * static_cast<double>(once) + target.constant;
                if (!work.residual.empty()) {
                    ref += std::ldexp(work.residual[at], -config_.nmpu.residual_fraction);
                }
                const double got = std::ldexp(sums[at], -config_.nmpu.partial_fraction);
                const double held = std::clamp(ref, -code_max, code_max);
                const double difference = std::clamp(got, -code_max, code_max) - held;
                error.err2 += difference * difference;
                error.ref2 += held * held;
                ++error.n;
            }
        }
        return error;
    }

    const config::TileConfig& config_;
    const Wiring& wiring_;
    const std::vector<PlacedLayer>& layers_;
    const Matrix<std::uint8_t>& images_;
    const RunOptions& options_;
    std::vector<LayerUnit> units_;
    NetworkRun out_;
    std::vector<std::vector<LayerError>> errors_;     ///< [images][layers]
    std::vector<std::vector<std::uint64_t>> cycles_;  ///< [images][layers]
    std::mutex mutex_;
    std::map<std::size_t, std::uint64_t> known_cycles_;
};

}  // namespace

void LayerError::add(const LayerError& other)
{
    err2 += other.err2;
    ref2 += other.ref2;
    n += other.n;
}

std::optional<double> LayerError::rel_l2() const
{
    return ref2 > 0.0 ? std::optional<double>(std::sqrt(err2 / ref2)) : std::nullopt;
}
std::optional<double> LayerError::rmse_lsb() const
{
    return n > 0 ? std::optional<double>(std::sqrt(err2 / static_cast<double>(n))) : std::nullopt;
}

void NetworkRun::sum_up()
{
    errors.assign(layers.size(), {});
    for (const auto& image : image_errors) {
        for (std::size_t l = 0; l < image.size(); ++l) { errors[l].add(image[l]); }
    }
    cycles = all_cycles;
    for (auto& c : cycles) { c /= std::max<std::size_t>(answers.size(), 1); }
}

void NetworkRun::append(const NetworkRun& next)
{
    const std::size_t classes = std::max(scores.cols(), next.scores.cols());
    Matrix<std::int32_t> all(answers.size() + next.answers.size(), classes);
    const auto middle =
        std::copy_n(scores.data().begin(), answers.size() * classes, all.data().begin());
    std::copy_n(next.scores.data().begin(), next.answers.size() * classes, middle);
    scores = std::move(all);
    answers.insert(answers.end(), next.answers.begin(), next.answers.end());
    layers.resize(next.layers.size());
    for (std::size_t l = 0; l < layers.size(); ++l) { layers[l].add(next.layers[l]); }
    image_errors.insert(image_errors.end(), next.image_errors.begin(), next.image_errors.end());
    all_cycles.resize(next.all_cycles.size(), 0);
    for (std::size_t l = 0; l < all_cycles.size(); ++l) { all_cycles[l] += next.all_cycles[l]; }
    residuals_clipped += next.residuals_clipped;
    complete = complete && next.complete;
    sum_up();
}

NetworkRun run_images(const config::TileConfig& config, const Wiring& wiring,
                      const std::vector<PlacedLayer>& layers, const Tiles& tiles,
                      const std::vector<LayerWords>& words, const Matrix<std::uint8_t>& images,
                      const RunOptions& options)
{
    return ImageRunner(config, wiring, layers, tiles, words, images, options).run();
}

std::vector<std::uint8_t> run_float(const Wiring& wiring, const Matrix<std::uint8_t>& images,
                                    SimdLevel simd, const RunOptions& options)
{
    const FloatNetwork net(wiring.network, wiring.program, simd);
    std::vector<std::uint8_t> answers(images.rows());
    const std::size_t group = images_per_group * static_cast<std::size_t>(options.threads);
    std::size_t done = 0;
    while (done < images.rows() && !(options.stop && options.stop())) {
        const std::size_t n = std::min(group, images.rows() - done);
        in_parallel(options.threads, n, [&](std::size_t i) {
            answers[done + i] = static_cast<std::uint8_t>(argmax(net.run(images.row(done + i))));
        });
        done += n;
        if (options.progress) { options.progress(done); }
    }
    answers.resize(done);
    return answers;
}

double top1(const std::vector<std::uint8_t>& answers, const std::vector<std::uint8_t>& labels)
{
    std::size_t right = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) { right += answers[i] == labels[i]; }
    return answers.empty()
               ? 0.0
               : 100.0 * static_cast<double>(right) / static_cast<double>(answers.size());
}

}  // namespace aimc::network
