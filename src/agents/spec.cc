#include "agents/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "net/http/message.h"

namespace meshai::agents {
namespace {

struct KindRow {
    Kind kind;
    std::string_view name;
};

constexpr std::array kKinds = {
    KindRow{Kind::OpenAi, "openai"},
    KindRow{Kind::Http, "http"},
    KindRow{Kind::Mesh, "mesh"},
    KindRow{Kind::Command, "command"},
};

constexpr std::size_t kCapabilityBytesMax = 64;
constexpr std::size_t kTextBytesMax = 8U << 10U;  // description, framework, version, one tag
constexpr std::size_t kTagsMax = 64;
constexpr std::size_t kKeyBytesMax = 4U << 10U;
constexpr std::size_t kArgumentsMax = 256;
constexpr std::size_t kArgumentBytesMax = 64U << 10U;
constexpr std::size_t kSchemaBytesMax = 64U << 10U;
constexpr int kConcurrencyMax = 10'000;

Error wrong(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_one_line(std::string_view text) {
    return is_valid_utf8(text) && std::ranges::none_of(text, is_control);
}

bool is_id_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == ':';
}

bool is_capability_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':' || c == '/' ||
           c == '+';
}

Status check_names(const Spec& spec) {
    if (spec.id.value.size() > kAgentNameBytesMax || !std::ranges::all_of(spec.id.value, is_id_letter))
        return wrong("id: use at most 128 letters, digits, '.', '_', ':' and '-'.");
    if (spec.name.empty()) return wrong("name: give the agent a name.");
    if (spec.name.size() > kAgentNameBytesMax || !is_one_line(spec.name))
        return wrong("name: use one line of at most 128 bytes.");
    for (const auto& [member, text] : {std::pair{"framework", &spec.framework}, {"version", &spec.version}})
        if (text->size() > kAgentNameBytesMax || !is_one_line(*text))
            return wrong(fmt::format("{}: use one line of at most 128 bytes.", member));
    if (spec.description.size() > kTextBytesMax || !is_valid_utf8(spec.description))
        return wrong("description: use at most 8 KiB of UTF-8 text.");
    if (spec.model.size() > kAgentNameBytesMax * 2 || !is_one_line(spec.model))
        return wrong("model: use one line of at most 256 bytes.");
    if (spec.tags.size() > kTagsMax) return wrong("tags: give at most 64.");
    for (const auto& tag : spec.tags)
        if (tag.size() > kAgentNameBytesMax || !is_one_line(tag))
            return wrong("tags: each is one line of at most 128 bytes.");
    return {};
}

Status check_capabilities(const Spec& spec) {
    if (spec.capabilities.empty())
        return wrong("capabilities: give at least one, for example [\"text_generation\"].");
    if (spec.capabilities.size() > kCapabilitiesMax)
        return wrong(fmt::format("capabilities: give at most {}.", kCapabilitiesMax));
    for (const auto& capability : spec.capabilities) {
        if (capability.empty() || capability.size() > kCapabilityBytesMax ||
            !std::ranges::all_of(capability, is_capability_letter))
            return wrong(
                fmt::format("capabilities: \"{}\" is no capability; use lower-case letters, digits "
                            "and '_', for example \"code_generation\".",
                            valid_utf8(utf8_prefix(capability, kCapabilityBytesMax))));
        if (std::ranges::count(spec.capabilities, capability) > 1)
            return wrong(fmt::format("capabilities: \"{}\" stands twice.", capability));
    }
    return {};
}

Status check_url(std::string_view member, const std::string& text) {
    const auto url = net::http::parse_url(text);
    if (!url) return wrong(fmt::format("{}: {}", member, url.error().message));
    return {};
}

Status check_command(const Spec& spec) {
    if (spec.argv.empty() || spec.argv.front().empty())
        return wrong("argv: a command agent needs its program, for example [\"/usr/bin/env\", \"cat\"].");
    if (spec.argv.size() > kArgumentsMax) return wrong("argv: give at most 256 arguments.");
    for (const auto& argument : spec.argv)
        if (argument.size() > kArgumentBytesMax || argument.find('\0') != std::string::npos)
            return wrong("argv: each argument holds at most 64 KiB and no NUL byte.");
    if (!spec.url.empty()) return wrong("url: a command agent has none; leave it out.");
    return {};
}

Status check_address(const Spec& spec) {
    if (spec.kind == Kind::Command) return check_command(spec);
    if (!spec.argv.empty()) return wrong("argv: only an agent of kind \"command\" has one.");
    if (spec.url.empty())
        return wrong(
            fmt::format("url: an agent of kind \"{}\" needs the address it listens at, for example "
                        "\"https://agent.example\".",
                        kind_name(spec.kind)));
    if (auto fit = check_url("url", spec.url); !fit) return fit;
    if (!spec.health_url.empty()) return check_url("health_url", spec.health_url);
    return {};
}

Status check_values(const Spec& spec) {
    if (spec.api_key.reveal().size() > kKeyBytesMax ||
        !std::ranges::all_of(spec.api_key.reveal(), [](char c) { return c > 0x20 && c < 0x7f; }))
        return wrong("api_key: a key is at most 4 KiB of printable ASCII without spaces.");
    if (spec.max_concurrent_tasks < 1 || spec.max_concurrent_tasks > kConcurrencyMax)
        return wrong(fmt::format("max_concurrent_tasks: write a number from 1 to {}.", kConcurrencyMax));
    for (const double cost :
         {spec.cost.per_call, spec.cost.per_1k_input_tokens, spec.cost.per_1k_output_tokens})
        if (!std::isfinite(cost) || cost < 0) return wrong("cost: write numbers that are not negative.");
    const auto& instructions = spec.instructions;
    if (!instructions.is_null() && !instructions.is_string() && !instructions.is_object())
        return wrong("instructions: write a text or an object.");
    if (to_text(instructions).size() > kInstructionsBytesMax)
        return wrong(fmt::format("instructions: at most {} KiB.", kInstructionsBytesMax >> 10U));
    if (to_text(spec.metadata).size() > kMetadataBytesMax)
        return wrong(fmt::format("metadata: at most {} KiB.", kMetadataBytesMax >> 10U));
    for (const auto& [member, schema] :
         {std::pair{"input_schema", &spec.input_schema}, {"output_schema", &spec.output_schema}}) {
        if (!schema->is_null() && !schema->is_object() && !schema->is_bool())
            return wrong(fmt::format("{}: a JSON Schema is an object.", member));
        if (to_text(*schema).size() > kSchemaBytesMax)
            return wrong(fmt::format("{}: at most {} KiB.", member, kSchemaBytesMax >> 10U));
    }
    return {};
}

}  // namespace

std::string_view kind_name(Kind kind) {
    for (const auto& row : kKinds)
        if (row.kind == kind) return row.name;
    return "http";
}

std::optional<Kind> kind_of(std::string_view name) {
    for (const auto& row : kKinds)
        if (row.name == name) return row.kind;
    return std::nullopt;
}

bool Spec::is_idempotent() const {
    return idempotent.value_or(kind == Kind::OpenAi || kind == Kind::Mesh);
}

std::string normal_capability(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    std::string normal(text);
    for (auto& c : normal) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-' || c == ' ') c = '_';
    }
    // The family's old default capability, retired in favour of the one that says what is meant.
    if (normal == "general") return "text_generation";
    return normal;
}

Status check(const Spec& spec) {
    if (auto fit = check_names(spec); !fit) return fit;
    if (auto fit = check_capabilities(spec); !fit) return fit;
    if (auto fit = check_address(spec); !fit) return fit;
    return check_values(spec);
}

}  // namespace meshai::agents
