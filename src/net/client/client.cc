#include "net/client/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "net/client/answer.h"
#include "net/client/pool.h"
#include "net/http/writer.h"

namespace meshai::net::client {
namespace {

constexpr std::size_t kReadBufferBytes = 16U << 10U;

bool is_own_business(std::string_view name) {
    for (const auto* own : {"Host", "Content-Length", "Connection", "Transfer-Encoding"})
        if (http::equals_ignoring_case(name, own)) return true;
    return false;
}

bool is_clean(std::string_view text) {
    return std::ranges::none_of(
        text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

bool is_idempotent(std::string_view method) {
    // RFC 9110 9.2.2.
    for (const auto* known : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
        if (method == known) return true;
    return false;
}

/// What must be right before a byte goes out: nothing here may begin a header or a request of its own.
Status check(const Request& request) {
    const bool is_method = !request.method.empty() &&
                           std::ranges::all_of(request.method, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!is_method)
        return Error{Code::InvalidArgument, "The method of a request is written in capital letters."};
    if (request.url.host.empty() || request.url.port == 0 || !request.url.target.starts_with('/') ||
        !is_clean(request.url.target) || request.url.target.find(' ') != std::string::npos)
        return Error{Code::InvalidArgument, fmt::format("\"{}\" is no URL to call.", to_text(request.url))};
    for (const auto& [name, value] : request.headers.fields())
        if (name.empty() || !is_clean(name) || name.find_first_of(": \t") != std::string::npos ||
            !is_clean(value))
            return Error{Code::InvalidArgument,
                         fmt::format("Header field \"{}\" holds a forbidden character.", name)};
    return Status{};
}

std::string request_text(Request& request) {
    std::string out;
    http::write_request_line(out, request.method, request.url.target);
    http::write_field(out, "Host", request.url.authority());
    for (const auto& [name, value] : request.headers.fields())
        if (!is_own_business(name)) http::write_field(out, name, value);
    if (request.headers.count("User-Agent") == 0)
        http::write_field(out, "User-Agent", "meshai/" MESHAI_VERSION);
    // RFC 9110 8.6: a method with expected content says its length even when it is 0.
    const bool expects_content =
        request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (expects_content || !request.body.empty())
        http::write_field(out, "Content-Length", std::to_string(request.body.size()));
    out += "\r\n";
    out += request.body;
    std::string().swap(request.body);
    return out;
}

using Opened = std::expected<std::unique_ptr<LinkAnswer>, Failure>;

Failure not_sent(Error error) {
    return Failure{std::move(error), /*was_sent=*/false};
}

}  // namespace

struct Client::State : std::enable_shared_from_this<State> {
    State(Executor ex, Network& the_network, Clock& the_clock, Log& the_log)
        : network(the_network),
          clock(the_clock),
          log(the_log),
          pool(ex, the_clock),
          read_buffer(kReadBufferBytes) {}

    Network& network;
    Clock& clock;
    Log& log;
    Pool pool;
    std::vector<char> read_buffer;

    static PoolKey key_of(const Request& request) {
        return {request.url.scheme, request.url.host, request.url.port, request.reach};
    }

    Async<std::shared_ptr<Link>> pooled(PoolKey key) {
        while (auto link = pool.take(key)) {
            if (co_await link->is_alive(clock)) co_return link;
            link->close();
        }
        co_return nullptr;
    }

    Async<Result<std::shared_ptr<Link>>> connected(const Request& request) {
        const auto deadline = std::min(request.limits.whole, clock.in(request.limits.connect));
        const auto security = request.url.scheme == "https" ? Security::Tls : Security::Plain;
        auto connection = co_await network.connect(Endpoint{request.url.host, request.url.port}, security,
                                                   request.reach, deadline);
        if (!connection) co_return connection.error();
        co_return std::make_shared<Link>(std::move(*connection), read_buffer);
    }

    /// Sends the request on this link and reads the head of the answer. `is_stale`
    /// becomes true when the link died before one byte came back.
    Async<Opened> attempt(std::shared_ptr<Link> link, const Request& request, std::string text,
                          bool& is_stale) {
        link->count_call();
        // The answer keeps the state alive: its link reads through the state's buffer.
        auto give_back = [self = shared_from_this(), key = key_of(request)](std::shared_ptr<Link> done) {
            self->pool.put(key, std::move(done));
        };
        auto answer =
            std::make_unique<LinkAnswer>(link, clock, request.limits, request.method == "HEAD", give_back);
        co_await link->send(std::move(text), clock, log, request.limits.silence, request.limits.whole);
        auto head = co_await answer->read_head();
        if (head) co_return answer;
        auto error = head.error();
        is_stale = link->is_reused() && !answer->has_begun() && error.code == Code::AgentProtocol;
        // A peer that stopped taking the request is the story; that it then sent no answer is not.
        if (!link->send_status() && link->send_status().error().code == Code::Timeout)
            error = Error{Code::Timeout, "The peer did not take the request in time."};
        co_return std::unexpected(Failure{std::move(error), /*was_sent=*/true});
    }

    Async<Opened> open(Request request) {
        if (auto fine = check(request); !fine) co_return std::unexpected(not_sent(fine.error()));
        const auto text = request_text(request);
        const auto key = key_of(request);
        for (bool is_retry = false;; is_retry = true) {
            if (clock.now() >= request.limits.whole)
                co_return std::unexpected(not_sent(Error{Code::Timeout, "No time was left for the call."}));
            auto link = is_retry ? nullptr : co_await pooled(key);
            if (co_await is_cancelled())
                co_return std::unexpected(not_sent(Error{Code::Cancelled, "The call was cancelled."}));
            if (!link) {
                auto fresh = co_await connected(request);
                if (!fresh) co_return std::unexpected(not_sent(fresh.error()));
                link = std::move(*fresh);
            }
            bool is_stale = false;
            auto opened = co_await attempt(std::move(link), request, text, is_stale);
            if (opened || is_retry || !is_stale || !is_idempotent(request.method)) co_return opened;
        }
    }
};

Client::Client(Executor ex, Network& network, Clock& clock, Log& log)
    : state_(std::make_shared<State>(ex, network, clock, log)) {}

Client::~Client() {
    state_->pool.close();
}

Async<std::expected<std::unique_ptr<Answer>, Failure>> Client::open(Request request) {
    auto state = state_;
    auto opened = co_await state->open(std::move(request));
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    co_return std::move(*opened);
}

Async<std::expected<http::Response, Failure>> Client::fetch(Request request) {
    auto state = state_;
    auto opened = co_await state->open(std::move(request));
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    auto& answer = **opened;
    auto body = co_await answer.rest();
    if (!body) co_return std::unexpected(Failure{body.error(), /*was_sent=*/true});
    co_return http::Response{answer.status(), answer.headers(), std::move(*body)};
}

}  // namespace meshai::net::client
