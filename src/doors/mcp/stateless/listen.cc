#include "doors/mcp/stateless/listen.h"

#include <fmt/format.h>

#include <algorithm>

#include "doors/mcp/desk.h"
#include "doors/mcp/stateless/context.h"
#include "doors/mcp/stateless/stateless.h"
#include "doors/mcp/tasks/tasks.h"
#include "doors/stream/stream.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

/// How long tasks are not asked when nobody rings: another server may be the one that writes them.
constexpr Duration kTaskPollPeriod = std::chrono::seconds(5);

Error wrong_member(std::string_view member, std::string_view what) {
    return {Code::InvalidArgument, fmt::format("\"{}\" in \"notifications\" must be {}.", member, what)};
}

Status read_flag(const json::object& from, std::string_view member, bool& into) {
    const auto* value = find(from, member);
    if (!value) return {};
    if (!value->is_bool()) return wrong_member(member, "true or false");
    into = value->get_bool();
    return {};
}

Status read_names(const json::object& from, std::string_view member, std::size_t max,
                  std::vector<std::string>& into) {
    auto names = find_strings(from, member);
    if (!names) return wrong_member(member, "a list of strings");
    std::ranges::sort(*names);
    const auto doubles = std::ranges::unique(*names);
    names->erase(doubles.begin(), doubles.end());
    if (names->size() > max) return wrong_member(member, fmt::format("a list of at most {} strings", max));
    into = std::move(*names);
    return {};
}

// The subset that this server can honour; the rest is left out without a word (L1).
Wishes honoured(Wishes wishes, const wire::mcp::ServerAbilities& abilities) {
    wishes.tools = wishes.tools && abilities.tools_change;
    wishes.prompts = wishes.prompts && abilities.prompts_change;
    wishes.resources = wishes.resources && abilities.resources_change;
    if (!abilities.resources_subscribe) wishes.uris.clear();
    if (!abilities.tasks) wishes.tasks.clear();
    return wishes;
}

// One open subscription: what it waits for, and how its messages are written.
class Subscription {
  public:
    Subscription(Call& call, const rpc::Request& request, Wishes wishes, Signal bell)
        : call_(call), request_(request), wishes_(std::move(wishes)), bell_(bell) {
        watch_ = call.house.toolbox.changes().watch(call.principal.tenant, bell_);
    }

    Status watch_resources() {
        for (const auto& uri : wishes_.uris)
            if (auto added = watch_->add_uri(uri); !added) return added.error();
        return {};
    }

    const std::vector<std::string>& task_ids() const { return wishes_.tasks; }

    void watch_tasks(std::unique_ptr<TaskWatch> tasks) {
        tasks_ = std::move(tasks);
        wishes_.tasks = tasks_->ids();
    }

    Async<void> run() {
        auto started = co_await start_event_stream(call_);
        if (!started) co_return;
        call_.http.watch_peer(bell_);
        json::object acknowledged;
        acknowledged["notifications"] = to_json(wishes_);
        auto bytes = message("notifications/subscriptions/acknowledged", std::move(acknowledged));
        auto keepalive_at = call_.house.clock.in(kKeepalivePeriod);
        for (;;) {
            bytes += co_await news();
            if (!bytes.empty() && !co_await call_.http.write(std::exchange(bytes, {}))) co_return;
            if (call_.http.is_draining()) co_return co_await end();
            if (co_await bell_.wait_until(wait_until(keepalive_at)) == Wake::Cancelled) co_return;
            if (call_.http.is_peer_gone()) co_return;
            if (call_.house.clock.now() < keepalive_at) continue;
            keepalive_at = call_.house.clock.in(kKeepalivePeriod);
            bytes += kKeepaliveComment;
        }
    }

  private:
    MonoTime wait_until(MonoTime keepalive_at) const {
        return tasks_ ? std::min(keepalive_at, call_.house.clock.in(kTaskPollPeriod)) : keepalive_at;
    }

    // L2: the id of the request, "with its JSON type", on every message.
    std::string message(std::string_view method, json::object params) const {
        auto& meta = params["_meta"];
        if (!meta.is_object()) meta.emplace_object();
        meta.get_object()[wire::mcp::kMetaSubscriptionId] = request_.id.as_json();
        return event_of(rpc::notification_message(method, std::move(params)));
    }

    Async<std::string> news() {
        std::string bytes;
        const auto heard = watch_->take();
        if (heard.tools && wishes_.tools) bytes += message("notifications/tools/list_changed", {});
        if (heard.prompts && wishes_.prompts) bytes += message("notifications/prompts/list_changed", {});
        if (heard.resources && wishes_.resources)
            bytes += message("notifications/resources/list_changed", {});
        for (const auto& uri : heard.uris)
            bytes += message("notifications/resources/updated", {{"uri", uri}});
        if (!tasks_) co_return bytes;
        auto tasks = co_await tasks_->take();
        for (auto& task : tasks) bytes += message("notifications/tasks", std::move(task));
        co_return bytes;
    }

    // L4: "an empty complete result", and the stream is over. Whether a notification
    // "cancelled" comes before it, two pages of the specification disagree (L5);
    // over HTTP the result alone says that the end was meant.
    Async<void> end() {
        json::object meta;
        meta[wire::mcp::kMetaSubscriptionId] = request_.id.as_json();
        json::object result;
        result["_meta"] = std::move(meta);
        const auto& codec = wire::mcp::codec_of(wire::mcp::kNewestStateless);
        auto whole = codec.complete(std::move(result), call_.house.toolbox.identity());
        auto sent = co_await call_.http.write(event_of(rpc::result_message(request_.id, std::move(whole))));
        if (sent) (void)co_await call_.http.finish_stream();
    }

    Call& call_;
    const rpc::Request& request_;
    Wishes wishes_;
    Signal bell_;
    std::unique_ptr<Changes::Watch> watch_{};
    std::unique_ptr<TaskWatch> tasks_{};
};

}  // namespace

Result<Wishes> read_wishes(const json::object& params) {
    const auto* from = find_object(params, "notifications");
    if (!from) return Error{Code::InvalidArgument, "\"notifications\" is needed: an object."};
    Wishes wishes;
    for (const auto& read : {read_flag(*from, "toolsListChanged", wishes.tools),
                             read_flag(*from, "promptsListChanged", wishes.prompts),
                             read_flag(*from, "resourcesListChanged", wishes.resources),
                             read_names(*from, "resourceSubscriptions", kWatchedUrisMax, wishes.uris),
                             read_names(*from, "taskIds", kWatchedTasksMax, wishes.tasks)})
        if (!read) return read.error();
    return wishes;
}

json::object to_json(const Wishes& wishes) {
    json::object written;
    if (wishes.tools) written["toolsListChanged"] = true;
    if (wishes.prompts) written["promptsListChanged"] = true;
    if (wishes.resources) written["resourcesListChanged"] = true;
    if (!wishes.uris.empty()) written["resourceSubscriptions"] = to_array(wishes.uris);
    if (!wishes.tasks.empty()) written["taskIds"] = to_array(wishes.tasks);
    return written;
}

Async<void> serve_listen(Call& call, const Envelope& envelope, const rpc::Request& request) {
    const auto& house = call.house;
    const auto id = request.id.as_json();
    auto wishes = read_wishes(request.params);
    if (!wishes) co_return co_await answer_with_fault(call, 200, rpc::fault_of(wishes.error(), id));
    auto ticket = house.mcp.listeners().enter(call.principal);
    if (!ticket)
        co_return co_await answer_with_fault(call, status_of(ticket.error().code),
                                             rpc::fault_of(ticket.error(), id));

    const auto& codec = wire::mcp::codec_of(envelope.revision);
    const Signal bell(co_await this_executor(), house.clock);
    Reply silent(call, co_await this_executor(), AnswerKinds::Json);
    auto context = StatelessContext::make(call, envelope, request, silent);
    if (!context) co_return co_await answer_with_fault(call, 200, rpc::fault_of(context.error(), id));
    Subscription subscription(call, request, honoured(std::move(*wishes), house.toolbox.abilities()), bell);
    if (auto watched = subscription.watch_resources(); !watched)
        co_return co_await answer_with_fault(call, 200, rpc::fault_of(watched.error(), id));
    if (auto task_ids = subscription.task_ids(); !task_ids.empty()) {
        const Asked asked{house, house.toolbox, codec, **context, request};
        auto tasks = co_await watch_tasks(asked, std::move(task_ids), bell);
        // K7: the client has not declared the extension.
        if (!tasks) co_return co_await answer_with_fault(call, status_of_fault(tasks.error()), tasks.error());
        subscription.watch_tasks(std::move(*tasks));
    }
    co_await subscription.run();
}

}  // namespace meshai::doors::mcp
