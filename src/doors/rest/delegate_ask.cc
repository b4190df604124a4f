#include "doors/rest/delegate_ask.h"

#include <fmt/format.h>

namespace meshai::doors {
namespace {

constexpr std::int64_t kTimeoutSecondsMax = 24 * 60 * 60;

Error wrong(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

bool is_given(const json::object& body, std::string_view member) {
    const auto* value = find(body, member);
    return value != nullptr && !value->is_null();
}

// One name, or a list of them under the plural.
Status read_names(const json::object& body, std::string_view one, std::string_view many,
                  std::vector<std::string>& into) {
    if (is_given(body, one)) {
        auto name = find_string(body, one);
        if (!name) return wrong(fmt::format("\"{}\" must be a string.", one));
        if (!name->empty()) into.push_back(std::move(*name));
    }
    auto names = find_strings(body, many);
    if (!names) return wrong(fmt::format("\"{}\" must be a list of strings.", many));
    into.insert(into.end(), names->begin(), names->end());
    return {};
}

Result<std::optional<std::int64_t>> seconds(const json::object& body, std::string_view member,
                                            std::int64_t min, std::int64_t max) {
    if (!is_given(body, member)) return std::optional<std::int64_t>{};
    const auto given = find_int(body, member);
    if (!given || *given < min || *given > max)
        return wrong(fmt::format("\"{}\" must be a whole number from {} to {}.", member, min, max));
    return given;
}

Status read_times(const json::object& body, std::optional<Millis>& timeout, std::int64_t& wait) {
    const auto whole = seconds(body, "timeout_seconds", 1, kTimeoutSecondsMax);
    if (!whole) return whole.error();
    if (*whole) timeout = std::chrono::seconds(**whole);
    const auto given = seconds(body, "wait_seconds", 0, kDelegateWaitSeconds);
    if (!given) return given.error();
    wait = given->value_or(kDelegateWaitSeconds);
    return {};
}

// How long the call waits says nothing about what it is for.
std::string meant(const json::object& body) {
    auto rest = body;
    rest.erase("wait_seconds");
    return to_text(rest);
}

}  // namespace

Result<DelegateAsk> read_delegate_ask(const json::object& body, const std::optional<std::string>& key) {
    DelegateAsk ask;
    if (const auto* task = find(body, "task")) ask.work.task = *task;
    if (const auto* input = find(body, "input"); input && ask.work.task.is_null()) ask.work.task = *input;
    if (auto read = read_names(body, "capability", "capabilities", ask.work.capabilities); !read)
        return read.error();
    if (auto read = read_names(body, "agent", "agents", ask.work.agents); !read) return read.error();
    if (is_given(body, "context")) {
        const auto* context = find_object(body, "context");
        if (!context) return wrong("\"context\" must be an object.");
        ask.work.context = *context;
    }
    if (auto read = read_times(body, ask.work.timeout, ask.wait_seconds); !read) return read.error();
    ask.work.step = key ? agents::step_for("key", *key) : agents::step_for("", meant(body));
    return ask;
}

Result<PersonAsk> read_person_ask(const json::object& body, const std::optional<std::string>& key) {
    PersonAsk ask;
    ask.question.question = find_string(body, "question").value_or("");
    if (is_given(body, "schema")) {
        const auto* schema = find_object(body, "schema");
        if (!schema) return wrong("\"schema\" must be an object.");
        ask.question.schema = *schema;
    }
    if (auto read = read_times(body, ask.question.timeout, ask.wait_seconds); !read) return read.error();
    ask.question.key = key ? agents::key_for("key", *key) : agents::key_for("", meant(body));
    return ask;
}

agents::ChildEnding ending_of(const TaskId& child, const task::View& view) {
    agents::ChildEnding ending;
    ending.task = child;
    ending.agent = view.agent;
    if (view.completed) {
        ending.result = view.completed->result;
        ending.usage = view.completed->usage;
    } else if (view.failed) {
        ending.result = std::unexpected(*view.failed);
    } else {
        ending.result = std::unexpected(task::Failed{Code::Cancelled, "The work was cancelled.", {}, {}});
    }
    return ending;
}

json::object running_json(const std::string& step, const TaskId& child) {
    json::object body;
    body["step"] = step;
    if (!child.empty()) body["task_id"] = child.value;
    body["status"] = "running";
    return body;
}

}  // namespace meshai::doors
