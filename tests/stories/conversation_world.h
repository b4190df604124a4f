// tests/stories/conversation_world.h
//
// A world in which somebody talks: conversations over REST, with short words for
// what is said and answered. One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace meshai::tests {

inline const std::string kTalks = "/api/v1/conversations";

inline json::object parsed(const net::http::Response& response) {
    return parse_json_object(response.body).value_or(json::object{});
}

struct Talk : World {
    /// A conversation; gives its id.
    std::string begins(json::object body = {}) {
        const auto made = post(kTalks, std::move(body));
        EXPECT_EQ(made.status, 201) << made.body;
        return find_string(parsed(made), "conversation_id").value_or("");
    }
    /// Says something, and reads the answer as a stream.
    Stream& says(const std::string& id, json::object body, net::http::Headers headers = {}) {
        headers.set("Content-Type", "application/json");
        headers.set("Accept", "text/event-stream");
        return send("POST", kTalks + "/" + id + "/turns", std::move(headers), to_text(body));
    }
    /// A turn from its message to its answer; gives its task.
    std::string talked(const std::string& id, const std::string& message, const std::string& answer) {
        auto& stream = says(id, {{"message", message}});
        agent_finishes(json::value(answer));
        EXPECT_THAT(take(stream), testing::Contains("result " + answer));
        return stream.task_id();
    }
    std::string heard() { return to_text(agent().calls().back().request.input); }
    json::object conversation(const std::string& id) { return parsed(get(kTalks + "/" + id)); }
    json::array turns_of(const std::string& id) {
        return parsed(get(kTalks + "/" + id + "/turns")).at("turns").as_array();
    }
    int say_status(const std::string& id, const std::string& message, net::http::Headers headers = {}) {
        return says(id, {{"message", message}}, std::move(headers)).status();
    }
};

}  // namespace meshai::tests
