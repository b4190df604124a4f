#include "doors/mcp/core/cursor.h"
#include "doors/mcp/core/methods.h"

namespace meshai::doors::mcp {
namespace {

// One page of `items`, each named by `name_of` (which tells lists apart) and
// written by `write`.
template <class Item, class NameOf, class Write>
Answer page_answer(const Asked& asked, std::string_view member, const std::vector<const Item*>& items,
                   NameOf name_of, Write write) {
    ListDigest digest(member);
    for (const auto* item : items) digest.add(name_of(*item));
    auto span = page_of(asked.request.params, items.size(), digest);
    if (!span) return fault_for(asked, span.error());
    json::array entries;
    for (auto at = span->begin; at < span->end; ++at) entries.push_back(write(*items[at]));
    return asked.codec.list(member, std::move(entries),
                            wire::mcp::Page{std::move(span->next), asked.toolbox.list_cache()});
}

template <class Item>
std::vector<const Item*> pointers_to(const std::vector<Item>& items) {
    std::vector<const Item*> pointers;
    pointers.reserve(items.size());
    for (const auto& item : items) pointers.push_back(&item);
    return pointers;
}

}  // namespace

Async<Answer> list_tools(Asked asked) {
    std::vector<const ToolEntry*> listed;
    for (const auto& entry : asked.toolbox.tools())
        if (entry.is_listed) listed.push_back(&entry);
    co_return page_answer(
        asked, "tools", listed, [](const ToolEntry& entry) -> std::string_view { return entry.tool.name; },
        [&codec = asked.codec](const ToolEntry& entry) { return codec.tool(entry.tool); });
}

Async<Answer> list_prompts(Asked asked) {
    co_return page_answer(
        asked, "prompts", pointers_to(asked.toolbox.prompts()),
        [](const PromptEntry& entry) -> std::string_view { return entry.prompt.name; },
        [&codec = asked.codec](const PromptEntry& entry) { return codec.prompt(entry.prompt); });
}

Async<Answer> list_templates(Asked asked) {
    co_return page_answer(
        asked, "resourceTemplates", pointers_to(asked.toolbox.templates()),
        [](const wire::mcp::ResourceTemplate& one) -> std::string_view { return one.uri_template; },
        [&codec = asked.codec](const wire::mcp::ResourceTemplate& one) {
            return codec.resource_template(one);
        });
}

Async<Answer> list_resources(Asked asked) {
    auto resources = co_await asked.toolbox.resources(asked.context);
    if (!resources) co_return fault_for(asked, resources.error());
    if (resources->size() > kListEntriesMax) resources->resize(kListEntriesMax);
    co_return page_answer(
        asked, "resources", pointers_to(*resources),
        [](const wire::mcp::Resource& resource) -> std::string_view { return resource.uri; },
        [&codec = asked.codec](const wire::mcp::Resource& resource) { return codec.resource(resource); });
}

}  // namespace meshai::doors::mcp
