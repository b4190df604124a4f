#include "app/config/telemetry_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/config/assign.h"
#include "app/config/schema.h"

namespace meshai::app {
namespace {

struct Standard {
    const char* variable;
    std::string_view key;
};

constexpr std::array kStandard = {Standard{"OTEL_EXPORTER_OTLP_ENDPOINT", "otlp_endpoint"},
                                  Standard{"OTEL_SERVICE_NAME", "service_name"}};

// What the client writes itself: a file that set them would contradict it.
constexpr std::array<std::string_view, 6> kOwnHeaders = {"host",       "content-length",    "content-type",
                                                         "connection", "transfer-encoding", "accept"};

const Key<Config>* telemetry_key(std::string_view name) {
    for (const auto& section : sections())
        for (const auto& key : section.keys)
            if (section.name == "telemetry" && key.name == name) return &key;
    return nullptr;
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// RFC 9110 5.6.2: a name is a token.
bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

bool is_own(std::string_view name) {
    return std::ranges::any_of(
        kOwnHeaders, [&](std::string_view own) { return net::http::equals_ignoring_case(own, name); });
}

/// What is wrong with a line, or nothing; never what stands on it, which is a secret.
std::string take_line(std::string_view line, net::http::Headers& headers) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return "is not \"Name: value\"";
    const auto name = trimmed(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (!is_token(name)) return "does not begin with the name of a header field";
    if (is_own(name)) return fmt::format("names {}, which the server sets itself", name);
    const bool is_visible = std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
    if (value.empty() || !is_visible || value.size() > kOtlpHeaderBytesMax)
        return fmt::format("has no value of 1 to {} visible characters", kOtlpHeaderBytesMax);
    if (headers.fields().size() == kOtlpHeadersMax)
        return fmt::format("is one too many; the most is {}", kOtlpHeadersMax);
    headers.add(std::string(name), std::string(value));
    return {};
}

}  // namespace

void read_standard_variables(const Source& source, Reading& reading) {
    if (!source.variable) return;
    for (const auto& [variable, name] : kStandard) {
        const auto text = source.variable(variable);
        const auto* key = telemetry_key(name);
        if (!text || text->empty() || key == nullptr) continue;
        const auto slot = key->slot(reading.config);
        auto good = assign(slot, rules_of(*key), value_of_text(slot, *text), "");
        if (!good) reading.problems.push_back({0, variable, good.error().message});
    }
}

void read_otlp_headers(const Source& source, Reading& reading) {
    auto& telemetry = reading.config.telemetry;
    const auto complain = [&reading](std::string what) {
        reading.problems.push_back({0, "telemetry.otlp_headers_file", std::move(what)});
    };
    if (telemetry.otlp_headers_file.value.empty() || !source.read_file) return;
    const auto text = source.read_file(telemetry.otlp_headers_file.value);
    if (!text) return complain(text.error().message);
    std::string_view rest = *text;
    for (int number = 1; !rest.empty(); ++number) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty() || line.front() == '#') continue;
        auto wrong = take_line(line, telemetry.headers);
        if (!wrong.empty()) complain(fmt::format("line {} {}", number, wrong));
    }
}

}  // namespace meshai::app
