#include <fmt/format.h>

#include <algorithm>

#include "doors/mcp/core/methods.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using StringMap = std::map<std::string, std::string>;

constexpr std::size_t kUriBytesMax = 8U << 10U;

// An object whose members are all strings; absent is empty.
std::expected<StringMap, rpc::Fault> strings_in(const Asked& asked, const json::object& in,
                                                std::string_view member) {
    StringMap strings;
    const auto* object = find(in, member);
    if (!object) return strings;
    if (!object->is_object())
        return std::unexpected(bad_params(asked, fmt::format("\"{}\" must be an object.", member)));
    for (const auto& [key, value] : object->get_object()) {
        if (!value.is_string())
            return std::unexpected(bad_params(
                asked, fmt::format("\"{}\" in \"{}\" must be a string.", std::string_view(key), member)));
        strings[key] = value.get_string();
    }
    return strings;
}

// B8: a resource that is not there, and one that the caller may not see.
rpc::Fault resource_fault(const Asked& asked, const std::string& uri, const Error& error) {
    if (error.code != Code::NotFound) return fault_for(asked, error);
    rpc::Fault fault{wire::mcp::kResourceNotFound, "Resource not found.", asked.request.id.as_json(),
                     Code::NotFound};
    fault.details["uri"] = uri;
    return fault;
}

std::optional<rpc::Fault> check_arguments(const Asked& asked, const PromptEntry& entry,
                                          const StringMap& given) {
    for (const auto& argument : entry.prompt.arguments)
        if (argument.required && !given.contains(argument.name))
            return bad_params(asked, fmt::format("The prompt {} needs the argument \"{}\".",
                                                 entry.prompt.name, argument.name));
    return std::nullopt;
}

std::expected<wire::mcp::CompletionRequest, rpc::Fault> read_completion(const Asked& asked) {
    const auto& params = asked.request.params;
    const auto* ref = find_object(params, "ref");
    const auto* argument = find_object(params, "argument");
    if (!ref || !argument)
        return std::unexpected(bad_params(asked, "\"ref\" and \"argument\" are needed: objects."));
    const auto type = find_string(*ref, "type").value_or("");
    if (type != "ref/prompt" && type != "ref/resource")
        return std::unexpected(bad_params(asked, "\"ref.type\" must be ref/prompt or ref/resource."));

    wire::mcp::CompletionRequest request;
    request.is_prompt = type == "ref/prompt";
    auto name = needed_string(asked, *ref, request.is_prompt ? "name" : "uri");
    auto of = needed_string(asked, *argument, "name");
    auto value = needed_string(asked, *argument, "value");
    for (auto* part : {&name, &of, &value})
        if (!*part) return std::unexpected(part->error());
    request.ref = std::move(*name);
    request.argument = std::move(*of);
    request.value = std::move(*value);
    if (const auto* context = find_object(params, "context")) {
        auto before = strings_in(asked, *context, "arguments");
        if (!before) return std::unexpected(before.error());
        request.context = std::move(*before);
    }
    return request;
}

}  // namespace

Async<Answer> read_resource(Asked asked) {
    auto uri = needed_string(asked, asked.request.params, "uri");
    if (!uri) co_return uri.error();
    if (uri->empty() || uri->size() > kUriBytesMax)
        co_return bad_params(asked, fmt::format("\"uri\" has 1 to {} bytes.", kUriBytesMax));
    auto outcome = co_await asked.toolbox.read(asked.context, *uri);
    if (std::holds_alternative<Paused>(outcome)) co_return Paused{};
    if (const auto* error = std::get_if<Error>(&outcome)) co_return resource_fault(asked, *uri, *error);
    const auto& read = std::get<ReadResource>(outcome);
    // B8: "Servers MUST NOT return an empty contents array for a non-existent resource."
    if (read.contents.empty()) co_return resource_fault(asked, *uri, Error{Code::NotFound, ""});
    json::array contents;
    for (const auto& one : read.contents) contents.push_back(asked.codec.resource_contents(one));
    json::object result;
    result["contents"] = std::move(contents);
    co_return asked.codec.cacheable(std::move(result), read.cache);
}

Async<Answer> get_prompt(Asked asked) {
    auto name = needed_string(asked, asked.request.params, "name");
    if (!name) co_return name.error();
    const auto& prompts = asked.toolbox.prompts();
    const auto entry = std::ranges::find_if(
        prompts, [&wanted = *name](const PromptEntry& one) { return one.prompt.name == wanted; });
    if (entry == prompts.end())
        co_return bad_params(asked, fmt::format("Unknown prompt: {}", valid_utf8(utf8_prefix(*name, 100))));
    auto arguments = strings_in(asked, asked.request.params, "arguments");
    if (!arguments) co_return arguments.error();
    if (auto fault = check_arguments(asked, *entry, *arguments)) co_return std::move(*fault);
    auto outcome = co_await entry->get(asked.context, std::move(*arguments));
    if (std::holds_alternative<Paused>(outcome)) co_return Paused{};
    if (const auto* error = std::get_if<Error>(&outcome)) co_return fault_for(asked, *error);
    co_return asked.codec.prompt_result(std::get<wire::mcp::PromptResult>(outcome));
}

Async<Answer> complete(Asked asked) {
    auto request = read_completion(asked);
    if (!request) co_return request.error();
    auto completion = co_await asked.toolbox.complete(asked.context, std::move(*request));
    // MCP, completion, Error Handling: an unknown prompt or resource is -32602 as well.
    if (!completion && completion.error().code == Code::NotFound)
        co_return bad_params(asked, completion.error().message);
    if (!completion) co_return fault_for(asked, completion.error());
    if (completion->values.size() > wire::mcp::kCompletionValuesMax) {
        completion->values.resize(wire::mcp::kCompletionValuesMax);
        completion->has_more = true;
    }
    co_return asked.codec.completion(*completion);
}

}  // namespace meshai::doors::mcp
