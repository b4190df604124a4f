#include "doors/openapi/openapi.h"

#include <gtest/gtest.h>

#include <set>

namespace meshai::doors {
namespace {

Async<void> nobody(Call&) {
    co_return;
}

json::object described() {
    const RouteTable routes(
        {{"POST",
          "/tasks",
          "mcp:execute",
          nobody,
          {.name = "create",
           .tag = "tasks",
           .summary = "Start",
           .takes = "TaskRequest",
           .status = 201,
           .gives = "TaskAccepted",
           .failures = {422}}},
         {"GET",
          "/tasks/{id}/stream",
          "mcp:read",
          nobody,
          {.name = "stream",
           .tag = "tasks",
           .summary = "Follow",
           .media = "text/event-stream",
           .parameters = {{"after", "query", "integer", "Place"}}}},
         {"GET", "/health", kOpen, nobody, {.name = "health", .tag = "server", .summary = "Fine?"}}});
    return openapi(routes, Identity{.version = "1.2.3", .public_url = "https://mesh.example"});
}

TEST(ApiDescription, HoldsARowForEveryRoute) {
    const auto document = described();
    EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
    EXPECT_EQ(document.at("info").at("version").as_string(), "1.2.3");
    const auto& create = document.at("paths").at("/tasks").at("post").as_object();
    EXPECT_EQ(create.at("operationId").as_string(), "create");
    for (const std::string_view status : {"201", "401", "403", "422", "429"})
        EXPECT_TRUE(create.at("responses").as_object().contains(status)) << status;
    EXPECT_TRUE(create.contains("requestBody"));
}

TEST(ApiDescription, NamesTheParametersOfThePath) {
    const auto document = described();
    const auto& parameters =
        document.at("paths").at("/tasks/{id}/stream").at("get").at("parameters").as_array();
    ASSERT_EQ(parameters.size(), 2U);
    EXPECT_EQ(parameters[0].at("name").as_string(), "id");
    EXPECT_EQ(parameters[0].at("in").as_string(), "path");
    EXPECT_EQ(parameters[1].at("name").as_string(), "after");
}

TEST(ApiDescription, SaysWhatNeedsNoKey) {
    const auto document = described();
    EXPECT_TRUE(document.at("paths").at("/health").at("get").at("security").as_array().empty());
    EXPECT_FALSE(document.at("paths").at("/tasks").at("post").as_object().contains("security"));
}

void collect_references(const json::value& node, std::set<std::string>& names) {
    if (const auto* list = node.if_array())
        for (const auto& item : *list) collect_references(item, names);
    const auto* object = node.if_object();
    if (!object) return;
    for (const auto& [key, value] : *object) {
        if (key == "$ref") names.insert(std::string(value.as_string()));
        collect_references(value, names);
    }
}

TEST(ApiDescription, NoSchemaRefersToNothing) {
    std::set<std::string> names;
    const auto schemas = openapi_schemas();
    collect_references(schemas, names);
    collect_references(described(), names);
    constexpr std::string_view kPrefix = "#/components/schemas/";
    for (const auto& name : names) EXPECT_TRUE(schemas.contains(name.substr(kPrefix.size()))) << name;
}

}  // namespace
}  // namespace meshai::doors
