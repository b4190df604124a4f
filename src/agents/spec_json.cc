// The wire form of a spec: the registration body of the family, read strictly
// and written without secrets.
#include <fmt/format.h>

#include <algorithm>

#include "agents/spec.h"

namespace meshai::agents {
namespace {

Error wrong(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

bool is_given(const json::object& body, std::string_view member) {
    const auto* value = find(body, member);
    return value != nullptr && !value->is_null();
}

/// Reads one member after the other and remembers the first that has the wrong type.
class Members {
  public:
    explicit Members(const json::object& body) : body_(body) {}

    void text(std::string_view member, std::string& into) {
        if (!is_given(body_, member)) return;
        if (auto got = find_string(body_, member))
            into = std::move(*got);
        else
            fail(member, "must be a string.");
    }

    void texts(std::string_view member, std::vector<std::string>& into) {
        auto got = find_strings(body_, member);
        if (got)
            into = std::move(*got);
        else
            fail(member, "must be a list of strings.");
    }

    void number(std::string_view member, double& into) {
        if (!is_given(body_, member)) return;
        if (const auto got = find_number(body_, member))
            into = *got;
        else
            fail(member, "must be a number.");
    }

    void count(std::string_view member, int& into) {
        if (!is_given(body_, member)) return;
        const auto got = find_int(body_, member);
        if (got && *got >= INT_MIN && *got <= INT_MAX)
            into = static_cast<int>(*got);
        else
            fail(member, "must be a whole number.");
    }

    void flag(std::string_view member, std::optional<bool>& into) {
        if (!is_given(body_, member)) return;
        into = find_bool(body_, member);
        if (!into) fail(member, "must be true or false.");
    }

    void object(std::string_view member, json::object& into) {
        if (!is_given(body_, member)) return;
        if (const auto* got = find_object(body_, member))
            into = *got;
        else
            fail(member, "must be an object.");
    }

    void any(std::string_view member, json::value& into) {
        if (is_given(body_, member)) into = *find(body_, member);
    }

    void fail(std::string_view member, std::string_view why) {
        if (failure_.empty()) failure_ = fmt::format("{}: {}", member, why);
    }

    Status status() const {
        if (!failure_.empty()) return wrong(failure_);
        return {};
    }

  private:
    const json::object& body_;
    std::string failure_{};
};

Status read_kind(const json::object& body, Spec& spec) {
    for (const auto* member : {"argv", "allow_private"})
        if (is_given(body, member))
            return wrong(fmt::format("{}: only the operator's configuration file may set this.", member));
    if (!is_given(body, "kind")) return {};
    const auto kind = kind_of(find_string(body, "kind").value_or(""));
    if (!kind) return wrong("kind: write \"http\", \"openai\" or \"mesh\".");
    // A program of this machine is started for nobody but its operator.
    if (*kind == Kind::Command)
        return wrong("kind: an agent of kind \"command\" stands in the operator's configuration file only.");
    spec.kind = *kind;
    return {};
}

Status read_key(const json::object& body, Spec& spec) {
    std::string key;
    Members members(body);
    members.text("api_key", key);
    if (is_given(body, "authentication")) {
        const auto* authentication = find_object(body, "authentication");
        if (!authentication)
            return wrong("authentication: write an object {\"type\":\"api_key\",\"key\":\"…\"}.");
        std::string type = "api_key";
        Members parts(*authentication);
        parts.text("type", type);
        parts.text("key", key);
        if (!parts.status()) return wrong("authentication: type and key must be strings.");
        if (type == "none")
            key.clear();
        else if (type != "api_key" && type != "bearer")
            return wrong("authentication.type: write \"api_key\", \"bearer\" or \"none\".");
        else if (key.empty())
            return wrong("authentication.key: the key is missing.");
    }
    spec.api_key = Secret(std::move(key));
    return members.status();
}

Status read_cost(const json::object& body, Spec& spec) {
    if (!is_given(body, "cost")) return {};
    const auto* cost = find_object(body, "cost");
    if (!cost) return wrong("cost: write an object {\"per_call\":0.01}.");
    Members members(*cost);
    members.number("per_call", spec.cost.per_call);
    members.number("per_1k_input_tokens", spec.cost.per_1k_input_tokens);
    members.number("per_1k_output_tokens", spec.cost.per_1k_output_tokens);
    if (auto read = members.status(); !read) return wrong("cost." + read.error().message);
    return {};
}

void add_unless_empty(json::object& object, std::string_view member, const std::string& text) {
    if (!text.empty()) object[member] = text;
}

}  // namespace

Result<Spec> spec_from_json(const json::object& body) {
    Spec spec;
    if (auto read = read_kind(body, spec); !read) return read.error();
    Members members(body);
    members.text("id", spec.id.value);
    members.text("name", spec.name);
    members.text("framework", spec.framework);
    members.texts("capabilities", spec.capabilities);
    members.text("url", spec.url);
    members.text("endpoint", spec.url);  // the family's word for it, and the one that wins
    members.text("health_url", spec.health_url);
    members.text("health_endpoint", spec.health_url);
    members.text("model", spec.model);
    members.any("instructions", spec.instructions);
    members.count("max_concurrent_tasks", spec.max_concurrent_tasks);
    members.flag("idempotent", spec.idempotent);
    std::optional<bool> delegates;
    members.flag("delegates", delegates);
    spec.delegates = delegates.value_or(false);
    members.text("description", spec.description);
    members.text("version", spec.version);
    members.texts("tags", spec.tags);
    members.object("metadata", spec.metadata);
    members.any("input_schema", spec.input_schema);
    members.any("output_schema", spec.output_schema);
    if (auto read = members.status(); !read) return read.error();
    if (auto read = read_key(body, spec); !read) return read.error();
    if (auto read = read_cost(body, spec); !read) return read.error();

    std::vector<std::string> normal;
    for (const auto& capability : spec.capabilities) {
        auto name = normal_capability(capability);
        if (std::ranges::find(normal, name) == normal.end()) normal.push_back(std::move(name));
    }
    spec.capabilities = std::move(normal);
    if (auto fit = check(spec); !fit) return fit.error();
    return spec;
}

json::object to_json(const Spec& spec) {
    json::object object;
    object["id"] = spec.id.value;
    object["name"] = spec.name;
    object["kind"] = kind_name(spec.kind);
    object["framework"] = spec.framework;
    object["capabilities"] = to_array(spec.capabilities);
    add_unless_empty(object, "endpoint", spec.url);
    add_unless_empty(object, "health_endpoint", spec.health_url);
    add_unless_empty(object, "model", spec.model);
    object["max_concurrent_tasks"] = spec.max_concurrent_tasks;
    object["idempotent"] = spec.is_idempotent();
    if (spec.delegates) object["delegates"] = true;
    if (spec.cost != Cost{})
        object["cost"] = json::object{{"per_call", spec.cost.per_call},
                                      {"per_1k_input_tokens", spec.cost.per_1k_input_tokens},
                                      {"per_1k_output_tokens", spec.cost.per_1k_output_tokens}};
    add_unless_empty(object, "description", spec.description);
    object["version"] = spec.version;
    object["tags"] = to_array(spec.tags);
    object["metadata"] = spec.metadata;
    if (!spec.instructions.is_null()) object["instructions"] = spec.instructions;
    if (!spec.input_schema.is_null()) object["input_schema"] = spec.input_schema;
    if (!spec.output_schema.is_null()) object["output_schema"] = spec.output_schema;
    return object;
}

}  // namespace meshai::agents
