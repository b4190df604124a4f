#include "doors/mcp/core/classify.h"

#include <gtest/gtest.h>

#include "wire/mcp/codec.h"

namespace meshai::doors::mcp {
namespace {

// What comes back, in short: a way, or "400 -32602".
std::string told(const std::expected<Way, Refusal>& outcome) {
    if (!outcome)
        return std::to_string(outcome.error().status) + " " + std::to_string(outcome.error().fault.number);
    switch (*outcome) {
        case Way::Guide:
            return "guide";
        case Way::Sessions:
            return "sessions";
        case Way::Stateless:
            return "stateless";
        case Way::Nothing:
            return "nothing";
    }
    return "?";
}

constexpr const char* kPing = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
constexpr const char* kInitialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2026-07-28"}})";
constexpr const char* kModern =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})";
constexpr const char* kModernInitialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":7}}})";
constexpr const char* kNote = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";
constexpr const char* kModernNote =
    R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})";
constexpr const char* kAnswer = R"({"jsonrpc":"2.0","id":1,"result":{}})";

struct Row {
    const char* name;
    std::string body;
    const char* version;  // null: no header
    bool has_session;
    const char* at_endpoint;
    const char* at_guide;
};

const Row kRows[] = {
    // name, body, MCP-Protocol-Version, Mcp-Session-Id, at /mcp, at /v1/mcp
    {"EnvelopeIsStateless", kModern, "2026-07-28", false, "stateless", "stateless"},
    {"EnvelopeWithoutHeaderIsStateless", kModern, nullptr, false, "stateless", "stateless"},
    {"EnvelopeBeatsAnOldHeader", kModern, "2025-11-25", false, "stateless", "stateless"},
    {"EnvelopeBeatsASession", kModern, "2026-07-28", true, "stateless", "stateless"},
    {"InitializeOpensASession", kInitialize, nullptr, false, "sessions", "sessions"},
    {"InitializeWithAnOldHeader", kInitialize, "2025-06-18", false, "sessions", "sessions"},
    {"InitializeWithAModernHeader", kInitialize, "2026-07-28", false, "400 -32020", "400 -32020"},
    {"InitializeWithEnvelopeIsStateless", kModernInitialize, "2026-07-28", false, "stateless", "stateless"},
    {"ModernHeaderWithoutEnvelope", kPing, "2026-07-28", false, "400 -32602", "400 -32602"},
    {"ModernHeaderWithoutEnvelopeButSession", kPing, "2026-07-28", true, "400 -32602", "400 -32602"},
    {"RequestOfASession", kPing, "2025-11-25", true, "sessions", "sessions"},
    {"RequestOfASessionWithoutHeader", kPing, nullptr, true, "sessions", "sessions"},
    {"RequestWithAnOldHeaderAlone", kPing, "2025-06-18", false, "sessions", "sessions"},
    {"RequestWithAnUnknownHeaderAlone", kPing, "v999", false, "sessions", "sessions"},
    {"RequestThatStandsForItself", kPing, nullptr, false, "sessions", "guide"},
    {"Notification", kNote, nullptr, false, "sessions", "guide"},
    {"NotificationOfASession", kNote, "2025-06-18", true, "sessions", "sessions"},
    {"ModernNotification", kModernNote, nullptr, false, "nothing", "nothing"},
    {"NotificationWithAModernHeader", kNote, "2026-07-28", false, "nothing", "nothing"},
    {"AnswerToAQuestion", kAnswer, nullptr, true, "sessions", "sessions"},
    {"AnswerToNobody", kAnswer, nullptr, false, "sessions", "guide"},
    {"Batch", std::string("[") + kPing + "," + kNote + "]", nullptr, true, "sessions", "sessions"},
    {"BatchThatStandsForItself", std::string("[") + kPing + "]", nullptr, false, "sessions", "guide"},
    {"BatchWithAModernElement", std::string("[") + kPing + "," + kModern + "]", nullptr, true, "400 -32600",
     "400 -32600"},
    {"BatchWithAModernHeader", std::string("[") + kPing + "]", "2026-07-28", false, "400 -32600",
     "400 -32600"},
    {"NoMessage", R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})", nullptr, true, "400 -32600", "400 -32600"},
};

class ClassifyTest : public testing::TestWithParam<Row> {};

TEST_P(ClassifyTest, TheBodyDecides) {
    const auto& row = GetParam();
    const auto body = wire::jsonrpc::parse_body(row.body, wire::jsonrpc::Version::Required);
    ASSERT_TRUE(body);
    Incoming incoming{.has_session = row.has_session};
    if (row.version) incoming.version = row.version;
    EXPECT_EQ(told(classify(incoming, *body)), row.at_endpoint);
    incoming.place = Place::Guide;
    EXPECT_EQ(told(classify(incoming, *body)), row.at_guide);
}

INSTANTIATE_TEST_SUITE_P(Table, ClassifyTest, testing::ValuesIn(kRows),
                         [](const auto& info) { return std::string(info.param.name); });

// B1: "the same id in answer", also of a refusal.
TEST(Classify, ARefusalKnowsTheIdOfItsRequest) {
    const auto body = wire::jsonrpc::parse_body(R"({"jsonrpc":"2.0","id":"x","method":"ping"})",
                                                wire::jsonrpc::Version::Required);
    const auto outcome = classify({.version = "2026-07-28"}, *body);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().fault.id, json::value("x"));
}

}  // namespace
}  // namespace meshai::doors::mcp
