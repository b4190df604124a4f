#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>

namespace meshai {
namespace {

class RealCounter final : public Counter {
  public:
    explicit RealCounter(prometheus::Counter& counter) : counter_(counter) {}
    void add(double amount) override { counter_.Increment(amount); }
    double value() const override { return counter_.Value(); }

  private:
    prometheus::Counter& counter_;
};

class RealGauge final : public Gauge {
  public:
    explicit RealGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
    void set(double value) override { gauge_.Set(value); }
    void add(double amount) override { gauge_.Increment(amount); }
    double value() const override { return gauge_.Value(); }

  private:
    prometheus::Gauge& gauge_;
};

class RealHistogram final : public Histogram {
  public:
    explicit RealHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
    void observe(double value) override { histogram_.Observe(value); }

  private:
    prometheus::Histogram& histogram_;
};

}  // namespace

struct Metrics::State {
    using Key = std::pair<std::string, Labels>;

    std::mutex mutex;
    prometheus::Registry registry;
    std::map<Key, std::unique_ptr<Counter>> counters;
    std::map<Key, std::unique_ptr<Gauge>> gauges;
    std::map<Key, std::unique_ptr<Histogram>> histograms;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    std::lock_guard lock(state_->mutex);
    auto& kept = state_->counters[{name, labels}];
    if (!kept)
        kept = std::make_unique<RealCounter>(
            prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry).Add(labels));
    return *kept;
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    std::lock_guard lock(state_->mutex);
    auto& kept = state_->gauges[{name, labels}];
    if (!kept)
        kept = std::make_unique<RealGauge>(
            prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry).Add(labels));
    return *kept;
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const std::vector<double>& bounds, const Labels& labels) {
    std::lock_guard lock(state_->mutex);
    auto& kept = state_->histograms[{name, labels}];
    if (!kept)
        kept = std::make_unique<RealHistogram>(prometheus::BuildHistogram()
                                                   .Name(name)
                                                   .Help(help)
                                                   .Register(state_->registry)
                                                   .Add(labels, bounds));
    return *kept;
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace meshai
