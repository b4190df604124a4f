#include "doors/mcp/tasks/tasks.h"

#include <algorithm>

#include "doors/mcp/tasks/forms.h"
#include "doors/mcp/tasks/seen.h"
#include "doors/mcp/tasks/shown.h"

namespace meshai::doors::mcp {
namespace {

using wire::mcp::Features;

struct Method {
    std::string_view name;
    std::string_view scope;
    Async<Answer> (*core)(Asked asked);       ///< null: the core form has no such method
    Async<Answer> (*extension)(Asked asked);  ///< the same of the extension
};

constexpr Method kMethods[] = {
    {"tasks/get", auth::kScopeRead, get_task, get_task},
    {"tasks/result", auth::kScopeRead, core_result, nullptr},
    {"tasks/list", auth::kScopeRead, core_list, nullptr},
    {"tasks/update", auth::kScopeExecute, nullptr, extension_update},
    {"tasks/cancel", auth::kScopeExecute, core_cancel, extension_cancel},
};

const Method* find_method(std::string_view name) {
    const auto* found = std::ranges::find(kMethods, name, &Method::name);
    return found == std::end(kMethods) ? nullptr : found;
}

Async<Answer> (*server_of(const Features& features, std::string_view name))(Asked) {
    const auto* method = find_method(name);
    if (!method) return nullptr;
    if (features.core_tasks) return method->core;
    return features.tasks_extension ? method->extension : nullptr;
}

}  // namespace

bool is_task_method(const wire::mcp::Codec& codec, std::string_view method) {
    return server_of(codec.features(), method) != nullptr;
}

std::string_view scope_of_task_method(std::string_view method) {
    const auto* found = find_method(method);
    return found ? found->scope : auth::kScopeRead;
}

Async<Answer> serve_task_method(Asked asked) {
    const auto serve = server_of(asked.codec.features(), asked.request.method);
    if (!serve) co_return unknown_method(asked.request);
    // K7: before the task is looked for, so that who has not declared the extension learns nothing.
    if (asked.codec.features().tasks_extension && !asked.context.client().tasks_extension)
        co_return extension_needed(asked);
    co_return co_await serve(asked);
}

Async<Answer> get_task(Asked asked) {
    auto seen = co_await see_task(asked);
    if (!seen) co_return std::move(seen.error());
    co_return asked.codec.task(shown_task(asked.toolbox, asked.house.tasks_kept, seen->id, seen->view));
}

}  // namespace meshai::doors::mcp
