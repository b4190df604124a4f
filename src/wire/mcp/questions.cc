#include "wire/mcp/questions.h"

#include <fmt/format.h>

#include "wire/mcp/task.h"

namespace meshai::wire::mcp {
namespace {

constexpr std::string_view kElicit = "elicitation/create";
constexpr std::string_view kSample = "sampling/createMessage";
constexpr std::string_view kRoots = "roots/list";

Error wrong(std::string sentence) {
    return {Code::InvalidArgument, std::move(sentence)};
}

// A member that must be an object if it is there at all; nullptr when it is not.
Result<const json::object*> ability(const json::object& object, std::string_view key) {
    const auto* value = find(object, key);
    if (!value) return nullptr;
    if (!value->is_object())
        return wrong(fmt::format("The client capability \"{}\" must be an object.", key));
    return &value->get_object();
}

// MCP 2025-11-25, elicitation, Capabilities: "For backwards compatibility, an
// empty capabilities object is equivalent to declaring support for form mode
// only." So is one that names neither mode, as clients of 2025-06-18 may send.
Status read_elicitation(const json::object& capabilities, ClientAbilities& abilities) {
    auto elicitation = ability(capabilities, "elicitation");
    if (!elicitation) return elicitation.error();
    if (!*elicitation) return {};
    auto form = ability(**elicitation, "form");
    if (!form) return form.error();
    auto url = ability(**elicitation, "url");
    if (!url) return url.error();
    abilities.elicitation_url = *url != nullptr;
    abilities.elicitation_form = *form != nullptr || *url == nullptr;
    return {};
}

Status read_sampling(const json::object& capabilities, ClientAbilities& abilities) {
    auto sampling = ability(capabilities, "sampling");
    if (!sampling) return sampling.error();
    if (!*sampling) return {};
    auto tools = ability(**sampling, "tools");
    if (!tools) return tools.error();
    abilities.sampling = true;
    abilities.sampling_tools = *tools != nullptr;
    return {};
}

Status read_extensions(const json::object& capabilities, ClientAbilities& abilities) {
    auto extensions = ability(capabilities, "extensions");
    if (!extensions) return extensions.error();
    if (!*extensions) return {};
    auto tasks = ability(**extensions, kTasksExtension);
    if (!tasks) return tasks.error();
    abilities.tasks_extension = *tasks != nullptr;
    return {};
}

bool uses_tools(const SamplingQuestion& question) {
    return question.params.contains("tools") || question.params.contains("toolChoice");
}

json::object params_of(const FormQuestion& form) {
    json::object params;
    params["message"] = form.message;
    auto schema = form.schema;
    // Every revision demands both members of the schema, also of a form without fields.
    if (!schema.contains("type")) schema["type"] = "object";
    if (!schema.contains("properties")) schema["properties"] = json::object{};
    params["requestedSchema"] = std::move(schema);
    return params;
}

json::object params_of(const UrlQuestion& page) {
    json::object params;
    params["mode"] = "url";
    params["message"] = page.message;
    params["url"] = page.url;
    if (!page.elicitation_id.empty()) params["elicitationId"] = page.elicitation_id;
    return params;
}

json::object params_of(const SamplingQuestion& sampling) {
    return sampling.params;
}

json::object params_of(const RootsQuestion&) {
    return {};
}

Result<Question> elicitation_of(const json::object& params) {
    auto message = find_string(params, "message");
    if (!message) return wrong("An elicitation needs a \"message\".");
    if (find_string(params, "mode") == "url") {
        auto url = find_string(params, "url");
        if (!url || url->empty()) return wrong("An elicitation by URL needs a \"url\".");
        return Question{UrlQuestion{std::move(*message), std::move(*url),
                                    find_string(params, "elicitationId").value_or("")}};
    }
    const auto* schema = find_object(params, "requestedSchema");
    if (!schema) return wrong("An elicitation by form needs a \"requestedSchema\".");
    return Question{FormQuestion{std::move(*message), *schema}};
}

json::object nested(std::string_view outer, std::string_view inner) {
    json::object modes;
    modes[inner] = json::object{};
    json::object written;
    written[outer] = std::move(modes);
    return written;
}

}  // namespace

Result<ClientAbilities> read_client_abilities(const json::object& capabilities) {
    ClientAbilities abilities;
    if (auto read = read_elicitation(capabilities, abilities); !read) return read.error();
    if (auto read = read_sampling(capabilities, abilities); !read) return read.error();
    if (auto read = read_extensions(capabilities, abilities); !read) return read.error();
    auto roots = ability(capabilities, "roots");
    if (!roots) return roots.error();
    abilities.roots = *roots != nullptr;
    abilities.declared = capabilities;
    return abilities;
}

std::string_view method_of(const Question& question) {
    if (std::holds_alternative<SamplingQuestion>(question)) return kSample;
    if (std::holds_alternative<RootsQuestion>(question)) return kRoots;
    return kElicit;
}

json::object to_json(const Question& question) {
    json::object written;
    written["method"] = method_of(question);
    written["params"] = std::visit([](const auto& one) { return params_of(one); }, question);
    return written;
}

// MCP 2025-11-25 has `elicitationId`, so that a later notification can name the
// elicitation; 2026-07-28 has neither.
json::object to_json(const Question& question, Revision revision) {
    const auto* page = std::get_if<UrlQuestion>(&question);
    if (!page || revision == Revision::R2025_11_25) return to_json(question);
    return to_json(Question{UrlQuestion{page->message, page->url, {}}});
}

Result<Question> question_of(const json::object& value) {
    static const json::object kNoParams;
    const auto method = find_string(value, "method").value_or("");
    const auto* params = find_object(value, "params");
    if (!params) params = &kNoParams;
    if (method == kElicit) return elicitation_of(*params);
    if (method == kRoots) return Question{RootsQuestion{}};
    if (method != kSample)
        return wrong(fmt::format("A client can be asked for {}, {} or {}.", kElicit, kSample, kRoots));
    if (!find_array(*params, "messages")) return wrong("Sampling needs a list of \"messages\".");
    return Question{SamplingQuestion{*params}};
}

bool may_ask(const ClientAbilities& abilities, const Question& question) {
    if (std::holds_alternative<FormQuestion>(question)) return abilities.elicitation_form;
    if (std::holds_alternative<UrlQuestion>(question)) return abilities.elicitation_url;
    if (std::holds_alternative<RootsQuestion>(question)) return abilities.roots;
    const auto& sampling = std::get<SamplingQuestion>(question);
    return abilities.sampling && (abilities.sampling_tools || !uses_tools(sampling));
}

json::object needed_for(const Question& question) {
    if (std::holds_alternative<FormQuestion>(question)) return nested("elicitation", "form");
    if (std::holds_alternative<UrlQuestion>(question)) return nested("elicitation", "url");
    const auto* sampling = std::get_if<SamplingQuestion>(&question);
    if (sampling && uses_tools(*sampling)) return nested("sampling", "tools");
    json::object written;
    written[sampling ? "sampling" : "roots"] = json::object{};
    return written;
}

}  // namespace meshai::wire::mcp
