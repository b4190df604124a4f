#include "task/event.h"

#include <gtest/gtest.h>

#include <limits>

#include "task/event_words.h"

namespace meshai::task {
namespace {

Request full_request() {
    Request request;
    request.input = json::object{{"text", "Write a \"poem\"\n\xE2\x9C\x93"}};
    request.task_type = "creative";
    request.capabilities = {"text_generation", "reasoning"};
    request.agents = {"a_1", "writer"};
    request.routing_strategy = "least_loaded";
    request.preferred_framework = "langchain";
    request.context = {{"session_id", "s1"}, {"deep", {{"x", {1, 2.5, nullptr}}}}};
    request.parameters = {{"temperature", 0.25}, {"max", 18446744073709551615ULL}, {"min", INT64_MIN}};
    request.instructions = json::array{"be brief"};
    request.timeout = Millis{1500};
    request.retries_max = 0;
    request.on_disconnect = OnDisconnect::Grace;
    request.recovery = Recovery::Fail;
    request.parent_task_id = "t_parent";
    request.correlation_id = "c-1";
    request.affinity = "user-7";
    request.conversation = "chat-3";
    request.avoided = {"a_7"};
    return request;
}

struct Case {
    std::string name;
    Body body;
};

const Case kCases[] = {
    {"SubmittedWithEverything", Submitted{full_request(), Subject{"key_1"}, wall_of(1737028800125)}},
    {"SubmittedWithNothing", Submitted{}},
    {"Routed", Routed{AgentId{"a_1"},
                      "writer",
                      "capability_match",
                      {"code_generation"},
                      true,
                      "It was the only one.",
                      {{AgentId{"a_1"}, 0.75, "best"}, {AgentId{"a_2"}, -1, ""}}}},
    {"Started", Started{2, AgentId{"a_2"}, "editor", "the server was restarted"}},
    {"ProgressWithPercent", Progress{"half", 50.5, "analysis", AgentId{"a_1"}, {{"k", {{"n", 1}}}}}},
    {"ProgressWithout", Progress{"something", std::nullopt, "", AgentId{}, {}}},
    {"OutputOfOneSpace", Output{" ", 3}},
    {"EmptyOutput", Output{"", 1}},
    {"OutputWithControls", Output{std::string("a\0b\x01\x1F\x7F\r\n\t\\\"/", 13), 1}},
    {"StepStarted", StepStarted{"plan", AgentId{"a_1"}}},
    {"StepFinished", StepFinished{"plan", AgentId{"a_1"}, "ok"}},
    {"AgentMessage", AgentMessage{AgentId{"a_1"}, AgentId{"a_2"}, "hello"}},
    {"InputRequired", InputRequired{"approve", json::object{{"text", "Sure?"}}}},
    {"InputGiven", InputGiven{"approve", true, Subject{"key_2"}}},
    {"CompletedWithText", Completed{"a poem", {10, 20, 0.5}, AgentId{"a_1"}, 2}},
    {"CompletedWithNull", Completed{nullptr, {}, AgentId{}, 1}},
    {"Failed", Failed{Code::Timeout, "It took too long.", {{"after_ms", 30000}}}},
    {"Cancelled", Cancelled{"client disconnected", "nobody waits"}},
};

class EveryKind : public testing::TestWithParam<Case> {};

TEST_P(EveryKind, ComesBackFromTheStoreAsItWas) {
    const auto bytes = encode(GetParam().body);
    EXPECT_EQ(bytes.find('\n'), std::string::npos);
    const auto back = decode(bytes);
    ASSERT_TRUE(back) << back.error().cause;
    EXPECT_EQ(back->index(), GetParam().body.index());
    EXPECT_EQ(encode(*back), bytes);
}

TEST_P(EveryKind, MembersOfALaterVersionAreLeftAlone) {
    auto object = parse_json(encode(GetParam().body))->as_object();
    object["colour_of_a_later_version"] = {1, 2, 3};
    const auto back = decode(to_text(object));
    ASSERT_TRUE(back) << back.error().cause;
    EXPECT_EQ(encode(*back), encode(GetParam().body));
}

TEST_P(EveryKind, EveryCutOfItsBytesIsCorrupt) {
    const auto bytes = encode(GetParam().body);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        const auto back = decode(std::string_view(bytes).substr(0, cut));
        ASSERT_FALSE(back) << cut;
        EXPECT_EQ(back.error().code, Code::Corrupt);
    }
}

TEST_P(EveryKind, AMemberOfAWrongTypeIsCorruptOrStaysAValue) {
    const auto object = parse_json(encode(GetParam().body))->as_object();
    for (const auto& member : object) {
        auto changed = object;
        changed[member.key()] = json::array{json::object{}};
        const auto back = decode(to_text(changed));
        if (!back) EXPECT_EQ(back.error().code, Code::Corrupt);
    }
}

INSTANTIATE_TEST_SUITE_P(Event, EveryKind, testing::ValuesIn(kCases),
                         [](const auto& one) { return one.param.name; });

TEST(Event, TheWholeRequestIsKept) {
    const auto back = decode(encode(Submitted{full_request(), Subject{"key_1"}, wall_of(5)}));
    ASSERT_TRUE(back);
    const auto& request = std::get<Submitted>(*back).request;
    EXPECT_EQ(to_text(to_json(request)), to_text(to_json(full_request())));
    EXPECT_EQ(request.on_disconnect, OnDisconnect::Grace);
    EXPECT_EQ(request.recovery, Recovery::Fail);
    EXPECT_EQ(request.timeout, Millis{1500});
    EXPECT_EQ(request.parameters.at("max").as_uint64(), 18446744073709551615ULL);
}

TEST(Event, BytesThatAreNotUtf8StillMakeValidJson) {
    const auto bytes = encode(Output{"a\xFF\xC0 b", 1});
    EXPECT_TRUE(is_valid_utf8(bytes));
    const auto back = decode(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<Output>(*back).text, "a\xEF\xBF\xBD\xEF\xBF\xBD b");
}

TEST(Event, NumbersThatJsonCannotSayAreNotWritten) {
    constexpr auto kNan = std::numeric_limits<double>::quiet_NaN();
    constexpr auto kInfinity = std::numeric_limits<double>::infinity();
    const Body bodies[] = {
        Progress{"x", kNan, "", AgentId{}, {{"n", kInfinity}, {"deep", {kNan}}}},
        Routed{AgentId{"a"}, "", "", {}, false, "", {{AgentId{"a"}, kInfinity, ""}}},
        Completed{json::array{kNan, 1.5}, {1, 2, kNan}, AgentId{}, 1},
    };
    for (const auto& body : bodies) {
        const auto back = decode(encode(body));
        EXPECT_TRUE(back) << back.error().cause;
    }
}

TEST(Event, AValueThatIsTooDeepIsCutAndCanBeReadBack) {
    json::value deep = 1;
    for (int i = 0; i < 500; ++i) deep = json::array{deep};
    EXPECT_TRUE(decode(encode(Completed{deep, {}, AgentId{}, 1})));
    json::value allowed = 1;
    for (std::size_t i = 0; i + 1 < kJsonDepthMax; ++i) allowed = json::array{allowed};
    const auto back = decode(encode(Completed{allowed, {}, AgentId{}, 1}));
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<Completed>(*back).result, allowed);
}

TEST(Event, StrangeBytesAreCorruptAndNeverAnEvent) {
    for (const std::string_view bytes :
         {"", "null", "[]", "7", "{}", R"({"kind":"invented"})", R"({"kind":7})", R"({"kind":"output"})",
          R"({"kind":"output","text":7})", R"({"kind":"started"})", R"({"kind":"started","attempt":-1})",
          R"({"kind":"started","attempt":4294967296})", R"({"kind":"completed"})", R"({"kind":"failed"})",
          R"({"kind":"submitted"})", R"({"kind":"submitted","request":{"on_disconnect":"maybe"}})",
          R"({"kind":"routed","candidates":[7]})"}) {
        const auto back = decode(bytes);
        ASSERT_FALSE(back) << bytes;
        EXPECT_EQ(back.error().code, Code::Corrupt) << bytes;
    }
}

}  // namespace
}  // namespace meshai::task
