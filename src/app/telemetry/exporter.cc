#include "app/telemetry/exporter.h"

#include <algorithm>

namespace meshai::app {
namespace {

constexpr std::size_t kReadEventsMax = 256;  // of a log at a time
constexpr Duration kConnectMax = std::chrono::seconds(5);

constexpr const char* kDroppedName = "meshai_traces_dropped_total";
constexpr const char* kDroppedHelp = "Tasks whose trace was not exported, by reason";

}  // namespace

TraceExporter::TraceExporter(ExportSettings settings, Executor ex, ExportTools tools)
    : settings_(std::move(settings)),
      tools_(tools),
      bell_(ex, tools.clock),
      done_(ex, tools.clock),
      exported_(tools.metrics.counter("meshai_traces_exported_total", "Tasks whose trace was exported")),
      rejected_(tools.metrics.counter("meshai_traces_rejected_spans_total",
                                      "Spans that the receiver took no part of")),
      scope_(ex, tools.clock, tools.log) {}

void TraceExporter::ended(const TenantId& tenant, const TaskId& task) {
    bool is_full = false;
    {
        std::lock_guard lock(mutex_);
        is_full = waiting_.size() >= settings_.queued_tasks;
        if (!is_full) waiting_.push_back({tenant, task});
    }
    if (is_full) return drop(Dropped::QueueFull, 1, "more tasks end than the receiver takes");
    bell_.notify();
}

void TraceExporter::start() {
    scope_.spawn("export traces", run());
}

Async<void> TraceExporter::close() {
    closing_at_ = tools_.clock.in(kFlushTimeMax);
    bell_.notify();
    if (scope_.running() > 0) (void)co_await done_.wait_until(*closing_at_);
    co_await scope_.close();
    std::size_t left = 0;
    while (pop()) ++left;
    if (left > 0) drop(Dropped::Stopped, left, "the server stopped before they were sent");
}

Async<void> TraceExporter::run() {
    while (co_await gather()) {
        auto batch = co_await next_batch();
        if (!batch.spans.empty()) co_await deliver(std::move(batch));
    }
    done_.notify();
}

/// Waits until there is something to send, and a little for more. False when it is over.
Async<bool> TraceExporter::gather() {
    while (waiting() == 0) {
        if (closing_at_) co_return false;
        if (co_await bell_.wait_until(kNever) == Wake::Cancelled) co_return false;
    }
    const auto until = tools_.clock.in(kBatchWait);
    while (!closing_at_ && waiting() < kBatchTasksMax && tools_.clock.now() < until)
        if (co_await bell_.wait_until(until) == Wake::Cancelled) co_return false;
    co_return !is_late();
}

Async<TraceExporter::Batch> TraceExporter::next_batch() {
    Batch batch;
    while (batch.spans.size() < kBatchSpansMax && batch.tasks < kBatchTasksMax) {
        auto next = pop();
        if (!next) break;
        auto spans = co_await read(std::move(*next));
        if (!spans || spans->empty()) continue;
        std::ranges::move(*spans, std::back_inserter(batch.spans));
        ++batch.tasks;
    }
    co_return batch;
}

/// The spans of a task; none where nobody wants them, nothing where the log cannot be read.
Async<std::optional<std::vector<wire::otlp::Span>>> TraceExporter::read(Waiting waiting) {
    const auto facts = [this, tenant = waiting.tenant](const AgentId& id) -> std::optional<AgentFacts> {
        const auto agent = tools_.registry.get(tenant, id.value);
        if (!agent) return std::nullopt;
        return facts_of(agent->spec);
    };
    SpanFold fold(waiting.tenant, waiting.task, settings_.tracing, facts);
    Seq after{0};
    for (;;) {
        auto events = co_await tools_.tasks.read(waiting.tenant, waiting.task, after, kReadEventsMax);
        if (!events) {
            drop(Dropped::Unreadable, 1, events.error().message);
            co_return std::nullopt;
        }
        for (const auto& event : *events) fold.take(event);
        if (events->empty() || !fold.is_sampled()) break;
        after = events->back().seq;
        if (task::is_last(events->back().body)) break;
    }
    if (!fold.is_sampled()) co_return std::vector<wire::otlp::Span>{};
    co_return std::move(fold).spans();
}

Async<void> TraceExporter::deliver(Batch batch) {
    const auto body = to_text(wire::otlp::export_request(settings_.service, batch.spans));
    std::string why = "the server stopped";
    for (int tries = 0; tries < kDeliveryTriesMax; ++tries) {
        if (!co_await wait_until(not_before_)) co_return drop(Dropped::Stopped, batch.tasks, why);
        const auto answer = co_await tools_.http.fetch(request_for(body));
        const auto verdict = verdict_on(answer, tools_.clock.wall());
        why = verdict.why;
        if (verdict.kind == Verdict::Kind::Taken) co_return took(batch, verdict);
        if (verdict.kind == Verdict::Kind::Refused)
            co_return drop(Dropped::Refused, batch.tasks, verdict.why);
        ++failures_;
        const auto wait = verdict.retry_after ? *verdict.retry_after
                                              : delivery_backoff(failures_, tools_.random.fraction());
        not_before_ = tools_.clock.in(wait);
    }
    drop(Dropped::Unreachable, batch.tasks, why);
}

/// False when there will be no such time: the server stops before, or has no more of it.
Async<bool> TraceExporter::wait_until(MonoTime when) {
    for (;;) {
        if (closing_at_ && (is_late() || when >= *closing_at_)) co_return false;
        if (tools_.clock.now() >= when) co_return true;
        if (co_await bell_.wait_until(when) == Wake::Cancelled) co_return false;
    }
}

net::client::Request TraceExporter::request_for(const std::string& body) const {
    net::client::Request request;
    request.url = settings_.url;
    request.headers = settings_.headers;
    request.headers.set("Content-Type", std::string(wire::otlp::kContentType));
    request.headers.set("Accept", std::string(wire::otlp::kContentType));
    request.headers.set("User-Agent", "meshai/" + settings_.service.version);
    request.body = body;
    request.limits.connect = std::min(kConnectMax, settings_.timeout);
    request.limits.first_byte = settings_.timeout;
    request.limits.silence = settings_.timeout;
    request.limits.whole = tools_.clock.in(settings_.timeout);
    request.limits.body_bytes = kExportAnswerBytesMax;
    // The operator's own word: a collector lives on loopback or beside the server.
    request.reach = net::Reach::Anywhere;
    return request;
}

void TraceExporter::took(const Batch& batch, const Verdict& verdict) {
    failures_ = 0;
    exported_.add(static_cast<double>(batch.tasks));
    if (verdict.rejected_spans == 0) return;
    rejected_.add(static_cast<double>(verdict.rejected_spans));
    complain("the receiver of traces took a part only", verdict.why);
}

void TraceExporter::drop(Dropped reason, std::size_t tasks, const std::string& why) {
    constexpr const char* kReasons[] = {"queue_full", "unreadable", "refused", "unreachable", "stopped"};
    tools_.metrics
        .counter(kDroppedName, kDroppedHelp, {{"reason", kReasons[static_cast<std::size_t>(reason)]}})
        .add(static_cast<double>(tasks));
    {
        std::lock_guard lock(mutex_);
        dropped_ += tasks;
    }
    complain("traces are not exported", why);
}

/// One line in a while: a receiver that is away for a night is no news every second.
void TraceExporter::complain(std::string_view what, std::string_view why) {
    std::uint64_t dropped = 0;
    {
        std::lock_guard lock(mutex_);
        const auto now = tools_.clock.now();
        if (complained_at_ && now < *complained_at_ + kComplaintPeriod) return;
        complained_at_ = now;
        dropped = std::exchange(dropped_, 0);
    }
    tools_.log.warn(what,
                    {{"receiver", net::http::to_text(settings_.url)}, {"tasks", dropped}, {"why", why}});
}

std::optional<TraceExporter::Waiting> TraceExporter::pop() {
    std::lock_guard lock(mutex_);
    if (waiting_.empty()) return std::nullopt;
    std::optional<Waiting> next(std::move(waiting_.front()));
    waiting_.pop_front();
    return next;
}

std::size_t TraceExporter::waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_.size();
}

}  // namespace meshai::app
