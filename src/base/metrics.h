// base/metrics.h
//
// Numbers that the server keeps about itself, in Prometheus' terms. A room asks
// once for a handle and then counts; a handle costs an atomic add. Names follow
// Prometheus' conventions: meshai_..._total for counters, base units (seconds,
// bytes), help text without a trailing dot. Labels have few values: never an
// id, never anything a client chose. Any thread; handles live as long as Metrics.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace meshai {

class Counter {
  public:
    virtual ~Counter() = default;
    virtual void add(double amount = 1) = 0;
    virtual double value() const = 0;
};

class Gauge {
  public:
    virtual ~Gauge() = default;
    virtual void set(double value) = 0;
    virtual void add(double amount) = 0;
    virtual double value() const = 0;
};

class Histogram {
  public:
    virtual ~Histogram() = default;
    virtual void observe(double value) = 0;
};

using Labels = std::map<std::string, std::string>;

class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The same name and labels give the same handle.
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                         const Labels& labels = {});

    /// Prometheus' text format, version 0.0.4.
    std::string text() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meshai
