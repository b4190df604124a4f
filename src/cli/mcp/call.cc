#include "cli/mcp/call.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::cli::mcp {
namespace {

constexpr int kNotFound = 404;
constexpr int kTooManyRequests = 429;
constexpr int kUnavailable = 503;

bool is_fine(int status) {
    return status >= 200 && status < 300;
}

class Carriage {
  public:
    Carriage(const Carrier& carrier, Call& call, net::http::Headers headers)
        : with_(carrier), call_(call), headers_(std::move(headers)) {}

    Async<void> run() {
        auto answer = co_await post();
        if (!answer) co_return co_await settle(std::move(answer.error()));
        answer_headers_ = (*answer)->headers();
        if (is_fine((*answer)->status()) && is_event_stream(**answer))
            co_await follow(std::move(*answer));
        else
            co_await take_body(**answer);
    }

  private:
    Async<Answered> post();
    Async<void> take_body(net::client::Answer& answer);
    Async<void> take_refusal(int status, const std::string& body);
    Async<void> follow(std::unique_ptr<net::client::Answer> answer);
    Async<Answered> resume(int tries);
    Async<bool> pass_on(std::string text);
    Async<void> settle(Error error);

    bool is_known(const json::object& answer) const;

    const Carrier& with_;
    Call& call_;
    const net::http::Headers headers_;
    net::http::Headers answer_headers_{};
    Cursor cursor_{};
    MonoTime progress_at_{};  // when the client last heard something of this call that was no answer
    Error refusal_{};         // why a resume was refused for good
};

Async<Answered> Carriage::post() {
    const bool is_initialize = call_.message.method == "initialize";
    const auto give_up = with_.clock.in(kBusyPatience);
    for (;;) {
        auto answer = co_await with_.upstream.post(call_.message.text, headers_,
                                                   is_initialize ? kInitializePatience : kAnswerPatience);
        if (!answer) co_return answer;
        const int status = (*answer)->status();
        const auto wait = retry_after_of((*answer)->headers());
        const bool is_busy = status == kTooManyRequests || status == kUnavailable;
        if (!is_busy || !wait || with_.clock.in(*wait) > give_up) co_return answer;
        answer->reset();
        if (auto waited = co_await pause(with_.clock, *wait); !waited)
            co_return std::unexpected(waited.error());
    }
}

Async<void> Carriage::take_body(net::client::Answer& answer) {
    const int status = answer.status();
    auto body = co_await answer.rest();
    if (!body) co_return co_await settle(std::move(body.error()));
    if (!is_fine(status)) co_return co_await take_refusal(status, *body);
    if (!body->empty()) co_await pass_on(std::move(*body));
    co_await settle({Code::Internal, "The server took the request and did not answer it."});
}

Async<void> Carriage::take_refusal(int status, const std::string& body) {
    // MCP 2025-11-25, transports: "When a client receives HTTP 404 in response to a request
    // containing an Mcp-Session-Id, it MUST start a new session" (H7).
    if (status == kNotFound && !call_.session.id.empty()) {
        with_.lost(call_.session);
        co_return co_await settle(session_gone());
    }
    auto spoken = status == 401 ? std::nullopt : read_outbound(body);
    const auto answers = spoken ? spoken->answers() : std::vector<const json::object*>{};
    if (!answers.empty() && is_known(*answers.front())) {
        co_await pass_on(body);
    } else if (const auto* error = answers.empty() ? nullptr : find_object(*answers.front(), "error")) {
        // The server could not read the id; the client waits under it all the same (B2).
        for (const auto& id : call_.open) co_await with_.say(error_line(*error, id));
        call_.open.clear();
    }
    co_await settle(with_.upstream.refusal(status, answer_headers_, body));
}

bool Carriage::is_known(const json::object& answer) const {
    const auto id = id_of(find(answer, "id"));
    return id && call_.has(*id);
}

/// Passes on what the server says; false when nothing more is of interest.
Async<bool> Carriage::pass_on(std::string text) {
    if (call_.is_cancelled) co_return false;
    if (text.empty()) co_return true;  // the priming event (H10)
    auto spoken = read_outbound(std::move(text));
    if (!spoken) {
        with_.log.warn("the server sent something that is no JSON-RPC message; it is left out");
        co_return true;
    }
    const auto answers = spoken->answers();
    if (answers.empty()) {
        progress_at_ = with_.clock.now();
    } else {
        const auto until = progress_at_ + kProgressLead;
        if (const auto now = with_.clock.now(); now < until) (void)co_await pause(with_.clock, until - now);
        if (call_.is_cancelled) co_return false;
    }
    for (const auto* answer : answers) {
        const auto id = id_of(find(*answer, "id"));
        if (!id || !call_.has(*id)) continue;
        std::erase(call_.open, *id);
        with_.heard(call_, *answer, answer_headers_);
    }
    co_return co_await with_.say(std::move(spoken->line));
}

/// Reads the stream to its end, over as many connections as that takes.
Async<void> Carriage::follow(std::unique_ptr<net::client::Answer> answer) {
    const Take take = [this](std::string data) { return pass_on(std::move(data)); };
    for (int tries = 0;; ++tries) {
        const auto before = cursor_.last_id;
        if (answer) co_await read_events(*answer, cursor_, take);
        answer.reset();
        if (!call_.is_open() || co_await is_cancelled()) co_return;
        if (cursor_.last_id != before) tries = 0;
        // MCP 2026-07-28: a response stream has no event ids and cannot be resumed.
        const bool may_resume = call_.message.era == Era::Sessions && !cursor_.last_id.empty();
        if (!may_resume || cursor_.is_unreadable || tries > kResumesMax) break;
        auto resumed = co_await resume(tries);
        if (resumed) answer = std::move(*resumed);
        if (!resumed && !refusal_.message.empty()) co_return co_await settle(refusal_);
    }
    if (cursor_.is_unreadable)
        co_return co_await settle({Code::TooLarge, "The server's answer is larger than a client can take."});
    co_await settle({Code::OutcomeUnknown,
                     "The connection to the server broke before the answer came; the request may have been "
                     "served all the same."});
}

// MCP 2025-11-25, transports: "Resumption is always via HTTP GET with Last-Event-ID" (H9).
Async<Answered> Carriage::resume(int tries) {
    if (auto waited = co_await pause(with_.clock, wait_before(tries, cursor_)); !waited)
        co_return std::unexpected(waited.error());
    auto answer = co_await with_.upstream.listen(call_.session, cursor_.last_id);
    if (!answer) co_return answer;
    const int status = (*answer)->status();
    if (is_fine(status) && is_event_stream(**answer)) co_return answer;
    auto body = co_await (*answer)->rest();
    auto error = with_.upstream.refusal(status, (*answer)->headers(), body.value_or(""));
    if (status == kNotFound && !call_.session.id.empty()) {
        with_.lost(call_.session);
        error = {Code::Gone, "This session is not known here any more; the next request begins a new one."};
    }
    const bool may_pass = status >= 500 || status == kTooManyRequests;
    if (!may_pass) {
        refusal_ = error;
        refusal_.message = fmt::format(
            "The connection to the server broke and the answer is lost; what was asked may be done all the "
            "same. The server says: {}",
            error.message);
    }
    co_return std::unexpected(std::move(error));
}

/// Every request that has no answer yet gets this one.
Async<void> Carriage::settle(Error error) {
    if (co_await is_cancelled()) co_return;
    while (call_.is_open()) {
        const auto id = call_.open.front();
        call_.open.erase(call_.open.begin());
        co_await with_.say(error_line(error, id));
    }
}

}  // namespace

bool Call::has(const wire::jsonrpc::RequestId& id) const {
    return std::ranges::find(open, id) != open.end();
}

Async<void> carry(const Carrier& carrier, Call& call, net::http::Headers headers) {
    Carriage carriage(carrier, call, std::move(headers));
    co_await carriage.run();
}

Error session_gone() {
    return {Code::Gone,
            "The server does not know this session any more: it was restarted, or the session was idle for "
            "too long. The next request begins a new one; send this one again."};
}

}  // namespace meshai::cli::mcp
