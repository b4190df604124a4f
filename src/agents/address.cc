#include "agents/address.h"

#include <fmt/format.h>

#include "agents/failure.h"
#include "net/address.h"

namespace meshai::agents {
namespace {

constexpr std::size_t kHealthBodyBytesMax = 64U << 10U;

struct Target {
    std::string path;
    std::string query;  // with its question mark, or empty
};

Target split(std::string_view target) {
    const auto mark = std::min(target.find('?'), target.size());
    return {std::string(target.substr(0, mark)), std::string(target.substr(mark))};
}

void drop_trailing_slashes(std::string& path) {
    while (path.ends_with('/')) path.pop_back();
}

// Whether a host is of this machine or of a private network, as far as its text tells.
bool is_inside(std::string_view host) {
    // RFC 6761, 6.3: "Users are free to use localhost names as they would any other domain names. Users may
    // assume that IPv4 and IPv6 address queries for localhost names will always resolve to the respective IP
    // loopback address."
    while (host.ends_with('.')) host.remove_suffix(1);
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    const auto address = net::parse_address(host);
    return address && !net::is_public(*address);
}

Status judge_health(const Spec& spec, const net::http::Response& response, bool is_any_answer_fine) {
    const bool is_refusal = response.status == 401 || response.status == 403;
    const bool is_there = response.status < 500 && !is_refusal && is_any_answer_fine;
    if (!is_there && (response.status < 200 || response.status > 299))
        return Error{
            Code::AgentUnavailable,
            fmt::format("Agent \"{}\" answered its health check with HTTP {}.", spec.name, response.status)};
    // The family's agents say {"status":"healthy"}; another word is their own verdict.
    const auto body = parse_json_object(response.body);
    if (body && find_string(*body, "status") == "unhealthy")
        return Error{Code::AgentUnavailable,
                     fmt::format("Agent \"{}\" says that it is unhealthy.", spec.name)};
    return {};
}

}  // namespace

net::http::Url with_path(net::http::Url base, std::string_view path) {
    auto [own, query] = split(base.target);
    drop_trailing_slashes(own);
    if (!own.ends_with(path)) own += path;
    base.target = own + query;
    return base;
}

net::http::Url without_path(net::http::Url base, std::string_view path) {
    auto own = split(base.target).path;
    drop_trailing_slashes(own);
    if (own.ends_with(path)) own.resize(own.size() - path.size());
    base.target = own.empty() ? "/" : own;
    return base;
}

Status check_reach(const Spec& spec) {
    if (spec.allow_private) return {};
    for (const auto& [member, url] :
         {std::pair{"endpoint", &spec.url}, {"health_endpoint", &spec.health_url}})
        if (const auto parsed = net::http::parse_url(*url); parsed && is_inside(parsed->host))
            return Error{
                Code::InvalidArgument,
                fmt::format("{}: {} is a loopback or private address, which this server does not call "
                            "for registered agents; register a public address, or ask the operator "
                            "for server.allow_private_agents.",
                            member, parsed->host)};
    return {};
}

net::client::Request request_to(const Spec& spec, net::http::Url url, const Limits& limits,
                                MonoTime deadline) {
    net::client::Request request;
    request.url = std::move(url);
    request.reach = spec.allow_private ? net::Reach::Anywhere : net::Reach::Public;
    request.limits.connect = limits.connect;
    request.limits.first_byte = limits.first_byte;
    request.limits.silence = limits.silence;
    request.limits.whole = deadline;
    request.limits.body_bytes = limits.answer_bytes;
    request.headers.set("User-Agent", "MeshAI/" MESHAI_VERSION);
    if (!spec.api_key.empty()) request.headers.set("Authorization", "Bearer " + spec.api_key.reveal());
    return request;
}

Async<Status> ask_health(const Spec& spec, net::http::Url url, Tools tools, MonoTime deadline,
                         bool is_any_answer_fine) {
    auto request = request_to(spec, std::move(url), tools.limits, deadline);
    request.method = "GET";
    request.limits.body_bytes = kHealthBodyBytesMax;
    auto response = co_await tools.http.fetch(std::move(request));
    if (response) co_return judge_health(spec, *response, is_any_answer_fine);
    const Peer peer{.name = spec.name, .key = spec.api_key, .deadline = deadline};
    co_return no_answer(peer, response.error(), tools.clock.now()).error;
}

}  // namespace meshai::agents
