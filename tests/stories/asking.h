// tests/stories/asking.h
//
// A task that asks, with everybody who may answer it: a client of the REST doors,
// and a person who has a link and no key. For stories about questions. One thread.
#pragma once

#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace meshai::tests {

inline const json::object kAnn{{"action", "accept"}, {"content", {{"name", "Ann"}}}};

inline json::value form(const std::string& message, json::object properties, json::array required) {
    return {
        {"method", "elicitation/create"},
        {"params",
         {{"message", message},
          {"requestedSchema",
           {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}}}}}};
}

inline json::object object_of(const net::http::Response& response) {
    return parse_json_object(response.body).value_or(json::object{});
}

inline app::Config with_public_url() {
    app::Config config;
    config.server.public_url = "https://mesh.example";
    return config;
}

/// A task that has asked for a name, of "ann" of "acme".
struct Asking : testing::Test {
    Asking() {
        task = submits();
        world.agent_asks({"name"});
    }

    std::string submits() {
        const auto made = object_of(world.post("/api/v1/tasks", {{"input", "Greet somebody"}}));
        return find_string(made, "task_id").value_or("");
    }
    /// Another task instead, which has not asked yet; the agent has one call at a time.
    void another() {
        world.remove("/api/v1/tasks/" + task);
        task = submits();
    }
    std::string input() const { return "/api/v1/tasks/" + task + "/input"; }
    json::object shown(const std::string& key = {}) { return object_of(world.get(input(), key)); }
    std::string status() {
        return find_string(object_of(world.get("/api/v1/tasks/" + task)), "status").value_or("");
    }
    net::http::Response says(const json::value& body) { return world.post(input(), body); }

    std::string link() {
        const auto all = shown();
        const auto* questions = find_array(all, "questions");
        if (!questions || questions->empty()) return {};
        return find_string((*questions)[0].as_object(), "link").value_or("");
    }
    /// Of the link, on this server.
    std::string path() { return link().substr(std::string("https://mesh.example").size()); }
    Stream& visits(const std::string& path) {
        return world.send("GET", path, {{"Authorization", "none"}}, "");
    }
    Stream& sends(const std::string& path, const std::string& body, net::http::Headers headers = {}) {
        headers.set("Authorization", "none");
        if (headers.count("Content-Type") == 0)
            headers.set("Content-Type", "application/x-www-form-urlencoded");
        return world.send("POST", path, std::move(headers), body);
    }

    /// "name by ann", in order.
    std::vector<std::string> given() {
        std::vector<std::string> all;
        for (const auto& event : world.log_of(task))
            if (const auto* one = std::get_if<task::InputGiven>(&event.body))
                all.push_back(one->key + " by " + one->by.value);
        return all;
    }
    WallTime in(Duration wait) const {
        return world.loop.clock.wall() + std::chrono::duration_cast<Millis>(wait);
    }

    World world{1, with_public_url()};
    std::string task;
};

}  // namespace meshai::tests
