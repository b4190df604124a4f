#include "doors/route/route.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

Async<void> nobody(Call&) {
    co_return;
}

RouteTable some_routes() {
    return RouteTable({{"GET", "/tasks/stream", "s", nobody, {"attach", "t", ""}},
                       {"POST", "/tasks/stream", "s", nobody, {"start", "t", ""}},
                       {"GET", "/tasks/{id}", "s", nobody, {"get", "t", ""}},
                       {"DELETE", "/tasks/{id}", "s", nobody, {"cancel", "t", ""}},
                       {"GET", "/tasks/{id}/events", "s", nobody, {"events", "t", ""}}});
}

TEST(Routes, ATemplateGivesItsValue) {
    const auto table = some_routes();
    const auto match = table.find("GET", "/tasks/t_1/events");
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->about.name, "events");
    EXPECT_EQ(match.values, (PathValues{{"id", "t_1"}}));
}

TEST(Routes, AWordComesBeforeATemplate) {
    const auto table = some_routes();
    EXPECT_EQ(table.find("POST", "/tasks/stream").route->about.name, "start");
    EXPECT_EQ(table.find("DELETE", "/tasks/stream").route, nullptr);
    EXPECT_EQ(table.find("DELETE", "/tasks/stream").allowed, "GET, HEAD, POST");
}

TEST(Routes, AnotherMethodIsToldWhichAreAllowed) {
    const auto table = some_routes();
    const auto match = table.find("PUT", "/tasks/t_1");
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allowed, "GET, HEAD, DELETE");
}

TEST(Routes, HeadIsAnsweredByGet) {
    const auto table = some_routes();
    EXPECT_EQ(table.find("HEAD", "/tasks/t_1").route->about.name, "get");
}

TEST(Routes, WhatDoesNotFitIsNoPath) {
    const auto table = some_routes();
    for (const std::string_view path : {"/", "/tasks", "/tasks/", "/tasks/a/b", "/tasks/a/events/",
                                        "//tasks/a", "/tasks//events", "tasks/a"}) {
        const auto match = table.find("GET", path);
        EXPECT_EQ(match.route, nullptr) << path;
        EXPECT_EQ(match.allowed, "") << path;
    }
}

}  // namespace
}  // namespace meshai::doors
