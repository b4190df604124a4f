#include "doors/mcp/sessions/subscriptions.h"

#include <fmt/format.h>

#include "wire/jsonrpc/message.h"

namespace meshai::doors::mcp {
namespace {

std::string notification(std::string_view method) {
    return to_text(wire::jsonrpc::notification_message(method, {}));
}

}  // namespace

Status Subscriptions::add(std::string uri) {
    std::lock_guard lock(mutex_);
    if (watch_) return watch_->add_uri(std::move(uri));
    if (uris_.size() >= kWatchedUrisMax && !uris_.contains(uri))
        return Error{Code::ResourceExhausted,
                     fmt::format("At most {} resources can be subscribed to at once.", kWatchedUrisMax)};
    uris_.insert(std::move(uri));
    return {};
}

void Subscriptions::remove(const std::string& uri) {
    std::lock_guard lock(mutex_);
    if (watch_)
        watch_->remove_uri(uri);
    else
        uris_.erase(uri);
}

bool Subscriptions::listen(Changes& changes, TenantId tenant, Signal signal) {
    std::lock_guard lock(mutex_);
    if (watch_ || is_ended_) return false;
    watch_ = changes.watch(std::move(tenant), signal);
    signal_ = std::move(signal);
    // Their number is within the watch's own bound.
    for (const auto& uri : uris_) (void)watch_->add_uri(uri);
    uris_.clear();
    return true;
}

std::vector<std::string> Subscriptions::take(const wire::mcp::ServerAbilities& abilities) {
    News news;
    {
        std::lock_guard lock(mutex_);
        if (watch_) news = watch_->take();
    }
    std::vector<std::string> texts;
    // MCP, lifecycle: "Only use capabilities that were successfully negotiated" (N3).
    if (news.tools && abilities.tools_change)
        texts.push_back(notification("notifications/tools/list_changed"));
    if (news.prompts && abilities.prompts_change)
        texts.push_back(notification("notifications/prompts/list_changed"));
    if (news.resources && abilities.resources_change)
        texts.push_back(notification("notifications/resources/list_changed"));
    for (const auto& uri : news.uris)
        texts.push_back(
            to_text(wire::jsonrpc::notification_message("notifications/resources/updated", {{"uri", uri}})));
    return texts;
}

void Subscriptions::ring() const {
    std::lock_guard lock(mutex_);
    if (signal_) signal_->notify();
}

void Subscriptions::end() {
    std::unique_ptr<Changes::Watch> watch;
    std::lock_guard lock(mutex_);
    is_ended_ = true;
    watch = std::move(watch_);
    if (signal_) signal_->notify();
}

}  // namespace meshai::doors::mcp
