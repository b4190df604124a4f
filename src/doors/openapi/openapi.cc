#include "doors/openapi/openapi.h"

#include <fmt/format.h>

#include <cctype>

#include "net/http/message.h"

namespace meshai::doors {
namespace {

json::object reference(std::string_view schema) {
    json::object ref;
    ref["$ref"] = fmt::format("#/components/schemas/{}", schema);
    return ref;
}

json::object content(std::string_view media, json::object schema) {
    json::object body;
    body["schema"] = std::move(schema);
    json::object by_media;
    by_media[media] = std::move(body);
    return by_media;
}

json::object parameter(std::string_view name, std::string_view in, std::string_view type,
                       std::string_view about, bool is_needed) {
    json::object entry;
    entry["name"] = name;
    entry["in"] = in;
    entry["required"] = is_needed;
    entry["description"] = about;
    entry["schema"] = json::object{{"type", type}};
    return entry;
}

json::array parameters(const Route& route) {
    json::array list;
    auto rest = route.pattern;
    for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
        const auto close = rest.find('}', open);
        list.push_back(parameter(rest.substr(open + 1, close - open - 1), "path", "string",
                                 "As given when it was made", true));
        rest.remove_prefix(close + 1);
    }
    for (const auto& given : route.about.parameters)
        list.push_back(parameter(given.name, given.in, given.type, given.about, false));
    return list;
}

json::object failure(int status) {
    json::object entry;
    entry["description"] = net::http::reason_phrase(status);
    entry["content"] = content("application/problem+json", reference("Problem"));
    return entry;
}

json::object success(const About& about) {
    json::object schema;
    if (!about.gives.empty())
        schema = reference(about.gives);
    else if (about.media != "application/json")
        schema["type"] = "string";
    json::object entry;
    entry["description"] = net::http::reason_phrase(about.status);
    entry["content"] = content(about.media, std::move(schema));
    return entry;
}

json::object responses(const Route& route) {
    json::object all;
    all[std::to_string(route.about.status)] = success(route.about);
    auto failures = route.about.failures;
    if (route.scope != kOpen) failures.insert(failures.end(), {401, 403, 429});
    for (const int status : failures) all[std::to_string(status)] = failure(status);
    return all;
}

json::object operation(const Route& route) {
    json::object entry;
    entry["operationId"] = route.about.name;
    entry["tags"] = json::array{route.about.tag};
    entry["summary"] = route.about.summary;
    if (auto list = parameters(route); !list.empty()) entry["parameters"] = std::move(list);
    if (!route.about.takes.empty()) {
        json::object body;
        body["required"] = true;
        body["content"] = content("application/json", reference(route.about.takes));
        entry["requestBody"] = std::move(body);
    }
    entry["responses"] = responses(route);
    if (route.scope == kOpen) entry["security"] = json::array{};
    return entry;
}

std::string lower_case(std::string_view method) {
    std::string lower(method);
    for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower;
}

json::object security_schemes() {
    json::object bearer;
    bearer["type"] = "http";
    bearer["scheme"] = "bearer";
    json::object header;
    header["type"] = "apiKey";
    header["in"] = "header";
    header["name"] = "X-API-Key";
    json::object schemes;
    schemes["bearer"] = std::move(bearer);
    schemes["apiKey"] = std::move(header);
    return schemes;
}

}  // namespace

json::object openapi(const RouteTable& routes, const Identity& identity) {
    json::object paths;
    for (const auto& route : routes.routes()) {
        auto& path = paths[route.pattern];
        if (!path.is_object()) path.emplace_object();
        path.get_object()[lower_case(route.method)] = operation(route);
    }
    json::object info;
    info["title"] = "MeshAI";
    info["version"] = identity.version;
    info["description"] = "Tasks on a mesh of AI agents, streamed step by step.";

    json::object components;
    components["schemas"] = openapi_schemas();
    components["securitySchemes"] = security_schemes();

    json::object bearer;
    bearer["bearer"] = json::array{};
    json::object api_key;
    api_key["apiKey"] = json::array{};

    json::object document;
    document["openapi"] = "3.1.0";
    document["info"] = std::move(info);
    if (!identity.public_url.empty()) {
        json::object server;
        server["url"] = identity.public_url;
        document["servers"] = json::array{std::move(server)};
    }
    document["security"] = json::array{std::move(bearer), std::move(api_key)};
    document["paths"] = std::move(paths);
    document["components"] = std::move(components);
    return document;
}

}  // namespace meshai::doors
