// app/telemetry/exporter.h
//
// Sends the traces of finished tasks to an OpenTelemetry receiver by OTLP/HTTP.
// It hears of a task when its ending is stored, reads the log then, and folds
// it into spans: while a task runs it costs nothing, and a receiver that is
// slow or away costs a bounded list of ids and no task a moment. What cannot be
// sent is dropped, counted and told; tasks never wait for it.
//
// `ended` from any thread; everything else on the executor given.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/telemetry/delivery.h"
#include "app/telemetry/spans.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/scope.h"
#include "base/signal.h"
#include "mesh/registry/registry.h"
#include "net/client/client.h"
#include "task/log.h"
#include "wire/otlp/encode.h"

namespace meshai::app {

/// What the operator decided.
struct ExportSettings {
    net::http::Url url{};          ///< of the traces, with the path
    net::http::Headers headers{};  ///< secrets; in no log line
    wire::otlp::Service service{};
    Duration timeout = std::chrono::seconds(10);  ///< of one request
    std::size_t queued_tasks = 2'048;
    wire::trace::Tracing tracing{};
};

/// What it works with. All outlive it.
struct ExportTools {
    task::TaskLog& tasks;
    const mesh::Registry& registry;
    net::client::Client& http;  ///< of the executor
    Clock& clock;
    Random& random;
    Log& log;
    Metrics& metrics;
};

inline constexpr Duration kBatchWait = std::chrono::seconds(1);  ///< for tasks that share a request
inline constexpr std::size_t kBatchSpansMax = 512;               ///< a batch takes no task beyond these
inline constexpr std::size_t kBatchTasksMax = 256;
inline constexpr std::size_t kExportAnswerBytesMax = 64U << 10U;
inline constexpr Duration kFlushTimeMax = std::chrono::seconds(5);      ///< when the server stops
inline constexpr Duration kComplaintPeriod = std::chrono::seconds(60);  ///< of one line in our log

class TraceExporter {
  public:
    TraceExporter(ExportSettings settings, Executor ex, ExportTools tools);

    /// A task has its ending. When the list is full, its trace is dropped.
    void ended(const TenantId& tenant, const TaskId& task);

    /// Begins to send. Once.
    void start();

    /// Sends what waits, for at most kFlushTimeMax; the rest is dropped. Once, after
    /// the last task has ended. Nothing is sent afterwards.
    Async<void> close();

  private:
    struct Waiting {
        TenantId tenant;
        TaskId task;
    };
    struct Batch {
        std::vector<wire::otlp::Span> spans{};
        std::size_t tasks = 0;
    };
    enum class Dropped { QueueFull, Unreadable, Refused, Unreachable, Stopped };

    Async<void> run();
    Async<bool> gather();
    Async<Batch> next_batch();
    Async<std::optional<std::vector<wire::otlp::Span>>> read(Waiting waiting);
    Async<void> deliver(Batch batch);
    Async<bool> wait_until(MonoTime when);
    net::client::Request request_for(const std::string& body) const;
    void took(const Batch& batch, const Verdict& verdict);
    void drop(Dropped reason, std::size_t tasks, const std::string& why);
    void complain(std::string_view what, std::string_view why);

    std::optional<Waiting> pop();
    std::size_t waiting() const;
    bool is_late() const { return closing_at_ && tools_.clock.now() >= *closing_at_; }

    ExportSettings settings_;
    ExportTools tools_;
    Signal bell_;
    Signal done_;
    Counter& exported_;
    Counter& rejected_;

    mutable std::mutex mutex_;
    std::deque<Waiting> waiting_{};            // guarded by mutex_
    std::uint64_t dropped_{0};                 // guarded by mutex_; since the last line about it
    std::optional<MonoTime> complained_at_{};  // guarded by mutex_

    // On the executor.
    std::optional<MonoTime> closing_at_{};
    MonoTime not_before_{};  ///< the receiver is left alone until then
    int failures_ = 0;       ///< in a row
    Scope scope_;
};

}  // namespace meshai::app
