#include "agents/mesh/follow.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/address.h"
#include "agents/mesh/adapter.h"
#include "base/signal.h"

namespace meshai::agents::mesh {
namespace {

constexpr int kFetchesMax = 4;

Duration backoff(int resumes, Random& random) {
    constexpr int kDoublingsMax = 10;
    const auto full =
        std::min<Duration>(kBackoffMax, kBackoffFirst * (1 << std::min(resumes, kDoublingsMax)));
    // Half of it is chance, so that a thousand streams do not come back in the same instant.
    const auto half = full / 2;
    return half + Duration(static_cast<Duration::rep>(static_cast<double>(half.count()) * random.fraction()));
}

std::unique_ptr<dialect::Relay> new_relay(const Remote& remote, const Peer& peer, Sink& sink) {
    return std::make_unique<dialect::Relay>(peer, remote.spec.cost, remote.limits, sink);
}

}  // namespace

Follow::Follow(const Remote& remote, const Tools& tools, Call call, Sink& sink)
    : remote_(remote),
      tools_(tools),
      call_(std::move(call)),
      peer_{.name = remote.spec.name, .key = remote.spec.api_key, .deadline = call_.deadline},
      sink_(sink),
      relay_(new_relay(remote, peer_, sink)),
      key_(call_.task.value) {}

Async<Ending> Follow::run() {
    for (;;) {
        if (co_await connect_and_read() == Next::Ended && !starts_anew()) break;
        if (failure_ || relay_->has_ended()) break;
        if (!co_await wait_before_resume()) break;
    }
    if (failure_) co_return std::unexpected(*failure_);
    auto ending = relay_->ending();
    if (!ending) co_return ending;
    if (!relay_->result_url().empty()) co_await fetch_result(relay_->result_url());
    if (failure_) co_return std::unexpected(*failure_);
    if (whole_) ending->result = std::move(*whole_);
    ending->result = unwrapped(std::move(ending->result));
    co_return ending;
}

std::optional<std::string> Follow::abandoned() const {
    if (id_.empty() || has_its_word_) return std::nullopt;
    // A lost connection is tried again, with the same key: the remote task is still wanted.
    if (failure_ && failure_->is_transient) return std::nullopt;
    return id_;
}

Async<Follow::Next> Follow::connect_and_read() {
    auto answer = co_await connect();
    if (!answer) co_return failure_ ? Next::Ended : Next::Resume;
    co_return co_await read(std::move(answer));
}

Async<std::unique_ptr<net::client::Answer>> Follow::connect() {
    auto request = id_.empty() ? submission(remote_, call_, key_)
                               : resumption(remote_, id_, last_event_, call_.deadline);
    auto opened = co_await tools_.http.open(std::move(request));
    if (!opened) {
        auto failure = no_answer(peer_, opened.error(), tools_.clock.now());
        was_sent_ = was_sent_ || failure.was_sent;
        lose(std::move(failure));
        co_return nullptr;
    }
    was_sent_ = true;
    auto answer = std::move(*opened);
    if (answer->status() == 200 && media_type(answer->headers()) == kEventStream) {
        believe_id(answer->headers().get("X-Task-Id").value_or(""));
        co_return answer;
    }
    if (answer->status() >= 200 && answer->status() < 300) {
        end(broke_contract(peer_, fmt::format("answered with \"{}\" (HTTP {}) instead of an event stream",
                                              quoted(peer_, media_type(answer->headers()).substr(0, 100)),
                                              answer->status())));
        co_return nullptr;
    }
    auto words = co_await read_words(*answer, remote_.limits.error_body_bytes);
    if (!words)
        end(broken_answer(peer_, words.error(), tools_.clock.now()));
    else
        decline(refused(peer_, answer->status(), answer->headers(), *words, tools_.clock.wall()));
    co_return nullptr;
}

Async<Follow::Next> Follow::read(std::unique_ptr<net::client::Answer> answer) {
    EventStream stream(std::move(answer), remote_.limits.line_bytes);
    for (;;) {
        auto batch = co_await stream.next();
        if (!batch) {
            lose(broken_answer(peer_, batch.error(), tools_.clock.now()));
            co_return failure_ ? Next::Ended : Next::Resume;
        }
        const bool is_end = batch->is_end;
        const auto unfinished = batch->unfinished;
        co_await take(std::move(*batch));
        if (failure_ || relay_->has_ended()) co_return Next::Ended;
        if (!is_end) continue;
        lose(relay_->stopped(unfinished));
        co_return failure_ ? Next::Ended : Next::Resume;
    }
}

// Passes on what is whole. Half a message at the end of a stream is not looked
// at: it comes again when the stream is taken up again.
Async<void> Follow::take(Batch batch) {
    if (batch.is_end && batch.unfinished > 0 && !batch.messages.empty()) batch.messages.pop_back();
    batch.is_end = false;
    if (!batch.messages.empty()) resumes_ = 0;
    auto last = batch.messages.empty() ? std::string{} : batch.messages.back().id;
    co_await relay_->take_batch(std::move(batch));
    if (!last.empty()) last_event_ = std::move(last);
    believe_id(relay_->task_id());
    if (relay_->has_ended()) has_its_word_ = relay_->has_agents_word();
}

Async<bool> Follow::wait_before_resume() {
    if (!was_sent_ || resumes_ >= kResumesMax) {
        auto failure = std::move(*lost_);
        failure.was_sent = was_sent_;
        end(std::move(failure));
        co_return false;
    }
    auto wait = backoff(resumes_++, tools_.random);
    if (lost_->retry_after) wait = std::max<Duration>(wait, *lost_->retry_after);
    tools_.log.info("the stream of a remote mesh broke and is taken up again",
                    {{"task", call_.task.value},
                     {"agent", remote_.spec.name},
                     {"remote_task", id_},
                     {"why", lost_->error.message}});
    const auto left = call_.deadline == kNever ? wait : call_.deadline - tools_.clock.now();
    auto waited = co_await pause(tools_.clock, std::min<Duration>(wait, left));
    if (!waited)
        end(broken_answer(peer_, waited.error(), tools_.clock.now()));
    else if (tools_.clock.now() >= call_.deadline)
        end(broken_answer(peer_, Error{Code::Timeout, "the deadline passed"}, tools_.clock.now()));
    co_return !failure_;
}

// The stream broke, or could not be had. What cannot pass by itself is the
// ending; the rest is remembered until the last resume.
void Follow::lose(Failure failure) {
    const bool is_first_word = !was_sent_;
    failure.was_sent = was_sent_;
    if (!failure.is_transient || is_first_word) return end(std::move(failure));
    // Without ids nobody can say where to go on, and what was passed on must not be passed on twice.
    if (!id_.empty() && last_event_.empty() && !relay_->output().text().empty())
        return end(std::move(failure));
    lost_ = std::move(failure);
}

// A task that was not taken is for the executor to try again, here or elsewhere;
// a stream that cannot be had right now is tried again here.
void Follow::decline(Failure failure) {
    if (id_.empty())
        end(std::move(failure));
    else
        lose(std::move(failure));
}

void Follow::end(Failure failure) {
    if (!failure_) failure_ = std::move(failure);
}

void Follow::believe_id(std::string_view id) {
    if (id_.empty() && is_task_id(id)) id_ = id;
}

// A rerun attaches to the remote task of the run before it. If that task was
// cancelled when the run before it ended, the work is asked for once more.
bool Follow::starts_anew() {
    if (call_.attempt <= 1 || failure_ || !relay_->has_ended() || key_ != call_.task.value) return false;
    if (!relay_->is_cancelled_by_agent()) return false;
    key_ = fmt::format("{}.{}", call_.task.value, call_.attempt);
    id_.clear();
    last_event_.clear();
    has_its_word_ = false;
    relay_ = new_relay(remote_, peer_, sink_);
    lost_ = broke_contract(peer_, "has cancelled the task of the run before");
    return true;
}

Async<void> Follow::fetch_result(std::string url) {
    for (int fetches = 0; !failure_ && !whole_; ++fetches) {
        auto request = result_request(remote_, url, call_.deadline);
        if (!request)
            co_return end(
                broke_contract(peer_, "gave an address of its result that is not a path of its own"));
        whole_ = co_await fetch_once(std::move(*request));
        if (whole_ || failure_) co_return;
        if (fetches + 1 >= kFetchesMax) co_return end(std::move(*lost_));
        auto waited = co_await pause(tools_.clock, backoff(fetches, tools_.random));
        if (!waited) end(broken_answer(peer_, waited.error(), tools_.clock.now()));
    }
}

Async<std::optional<json::value>> Follow::fetch_once(net::client::Request request) {
    auto response = co_await tools_.http.fetch(std::move(request));
    if (!response) {
        lose(no_answer(peer_, response.error(), tools_.clock.now()));
        if (lost_) lost_->was_sent = true;
        co_return std::nullopt;
    }
    if (response->status != 200) {
        lose(refused(peer_, response->status, response->headers,
                     utf8_prefix(response->body, remote_.limits.error_body_bytes), tools_.clock.wall()));
        co_return std::nullopt;
    }
    auto document = parse_json_object(response->body);
    const auto* result = document ? find(*document, "result") : nullptr;
    if (!result) {
        end(broke_contract(peer_, "gave a result document without a \"result\""));
        co_return std::nullopt;
    }
    co_return dialect::normal_result(*result);
}

}  // namespace meshai::agents::mesh
