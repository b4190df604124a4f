#include "app/operator/model_server.h"

#include <fmt/format.h>

#include <array>

namespace meshai::app {
namespace {

constexpr Duration kLoopbackTime = std::chrono::milliseconds(700);
constexpr Duration kRemoteTime = std::chrono::seconds(5);
constexpr std::string_view kOpenAiUrl = "https://api.openai.com/v1";
constexpr std::string_view kOpenAiModel = "gpt-4o-mini";

struct Usual {
    std::string_view name;
    std::uint16_t port;
};

constexpr std::array kUsual = {Usual{"Ollama", 11434}, Usual{"LM Studio", 1234}, Usual{"llama.cpp", 8080},
                               Usual{"vLLM", 8000}};

/// The first model that {url}/models names; nothing when no such server answers.
Async<std::optional<std::string>> first_model(net::client::Client& http, std::string url, agents::Secret key,
                                              MonoTime until) {
    auto parsed = net::http::parse_url(url + "/models");
    if (!parsed) co_return std::nullopt;
    net::client::Request request{.method = "GET", .url = *parsed, .reach = net::Reach::Anywhere};
    request.limits.whole = until;
    request.headers.add("Accept", "application/json");
    if (!key.empty()) request.headers.add("Authorization", "Bearer " + key.reveal());
    auto response = co_await http.fetch(std::move(request));
    if (!response || response->status != 200) co_return std::nullopt;
    const auto body = parse_json_object(response->body);
    if (!body) co_return std::nullopt;
    const auto* models = find_array(*body, "data");
    if (models == nullptr || models->empty() || !models->front().is_object()) co_return std::nullopt;
    co_return find_string(models->front().get_object(), "id");
}

}  // namespace

Async<std::optional<FoundModel>> find_model(net::client::Client& http, Clock& clock, Variable variable) {
    const auto text = [&](const char* name) { return variable(name).value_or(""); };
    FoundModel found;
    found.url = text("OPENAI_BASE_URL");
    while (found.url.ends_with('/')) found.url.pop_back();
    found.model = text("OPENAI_MODEL");
    found.key = agents::Secret(text("OPENAI_API_KEY"));
    if (!found.url.empty() || !found.key.empty()) {
        found.where = found.url.empty() ? "OPENAI_API_KEY is set" : "OPENAI_BASE_URL is set";
        const bool asks = found.model.empty() && !found.url.empty();
        if (found.url.empty()) found.url = kOpenAiUrl;
        if (asks) {
            auto named = co_await first_model(http, found.url, found.key, clock.in(kRemoteTime));
            found.model = named.value_or("");
        }
        if (found.model.empty()) found.model = kOpenAiModel;
        co_return found;
    }
    for (const auto& usual : kUsual) {
        auto url = fmt::format("http://127.0.0.1:{}/v1", usual.port);
        auto named = co_await first_model(http, url, {}, clock.in(kLoopbackTime));
        if (!named) continue;
        co_return FoundModel{std::move(url),
                             std::move(*named),
                             {},
                             fmt::format("{} or its like answers on port {}", usual.name, usual.port)};
    }
    co_return std::nullopt;
}

agents::Spec agent_of(const FoundModel& found) {
    agents::Spec spec;
    spec.name = "model";
    spec.kind = agents::Kind::OpenAi;
    spec.url = found.url;
    spec.model = found.model;
    spec.api_key = found.key;
    spec.allow_private = true;
    spec.capabilities = {"text_generation", "code_generation", "data_analysis", "reasoning"};
    return spec;
}

}  // namespace meshai::app
