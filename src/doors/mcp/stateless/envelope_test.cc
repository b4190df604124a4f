#include "doors/mcp/stateless/envelope.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

json::object good_meta() {
    return {{wire::mcp::kMetaProtocolVersion, "2026-07-28"},
            {wire::mcp::kMetaClientCapabilities, json::object{}}};
}

rpc::Request call_of(json::object meta) {
    return {rpc::RequestId{std::int64_t{1}},
            "tools/call",
            {{"name", "greet"}, {"arguments", json::object{}}, {"_meta", std::move(meta)}}};
}

net::http::Headers good_headers() {
    return {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "greet"}};
}

/// 0 when the envelope is taken, else the number of its fault. The status is 400 for all of them.
int told(const net::http::Headers& headers, const rpc::Request& request) {
    const auto envelope = read_envelope(headers, request);
    if (envelope) return 0;
    EXPECT_EQ(envelope.error().status, 400);
    EXPECT_EQ(envelope.error().fault.id, request.id.as_json());
    return envelope.error().fault.number;
}

TEST(Envelope, IsReadWhereItIsComplete) {
    auto meta = good_meta();
    meta[wire::mcp::kMetaLogLevel] = "warning";
    meta["progressToken"] = "p";
    const auto envelope = read_envelope(good_headers(), call_of(meta));
    ASSERT_TRUE(envelope);
    EXPECT_EQ(envelope->revision, wire::mcp::Revision::R2026_07_28);
    EXPECT_EQ(envelope->log_level, wire::mcp::LogLevel::Warning);
    EXPECT_EQ(envelope->progress_token, json::value("p"));
}

struct MetaRow {
    const char* name;
    std::string_view member;
    json::value value;  // null: the member is taken out
    int number;
};

// N4: "missing one -> -32602 + HTTP 400"; clientInfo is optional. F12: a bad level is -32602.
TEST(Envelope, NeedsWhatTheRevisionNeedsAndNoMore) {
    const MetaRow rows[] = {
        {"NoVersion", wire::mcp::kMetaProtocolVersion, nullptr, rpc::kInvalidParams},
        {"VersionIsANumber", wire::mcp::kMetaProtocolVersion, 7, rpc::kInvalidParams},
        {"NoCapabilities", wire::mcp::kMetaClientCapabilities, nullptr, rpc::kInvalidParams},
        {"CapabilitiesAreAList", wire::mcp::kMetaClientCapabilities, json::array{}, rpc::kInvalidParams},
        {"NoClientInfo", wire::mcp::kMetaClientInfo, nullptr, 0},
        {"ClientInfoIsAString", wire::mcp::kMetaClientInfo, "me", rpc::kInvalidParams},
        {"LevelNobodyKnows", wire::mcp::kMetaLogLevel, "loud", rpc::kInvalidParams},
        {"LevelIsANumber", wire::mcp::kMetaLogLevel, 3, rpc::kInvalidParams},
    };
    for (const auto& row : rows) {
        auto meta = good_meta();
        if (row.value.is_null())
            meta.erase(row.member);
        else
            meta[row.member] = row.value;
        EXPECT_EQ(told(good_headers(), call_of(meta)), row.number) << row.name;
    }
}

// N5, H16: both unsupported and equal is -32022; different is -32020 whatever they are.
TEST(Envelope, TheVersionOfTheHeaderIsThatOfTheBody) {
    auto strange = good_meta();
    strange[wire::mcp::kMetaProtocolVersion] = "v999.0.0";
    auto headers = good_headers();
    EXPECT_EQ(told(headers, call_of(strange)), wire::mcp::kHeaderMismatch);
    headers.set("MCP-Protocol-Version", "v999.0.0");
    EXPECT_EQ(told(headers, call_of(strange)), wire::mcp::kUnsupportedVersion);
    EXPECT_EQ(told(headers, call_of(good_meta())), wire::mcp::kHeaderMismatch);
    headers.remove("MCP-Protocol-Version");
    EXPECT_EQ(told(headers, call_of(good_meta())), wire::mcp::kHeaderMismatch);

    auto old = good_meta();
    old[wire::mcp::kMetaProtocolVersion] = "2025-11-25";
    headers.set("MCP-Protocol-Version", "2025-11-25");
    EXPECT_EQ(told(headers, call_of(old)), wire::mcp::kUnsupportedVersion) << "a revision of sessions";
}

TEST(Envelope, AnUnsupportedVersionIsToldWhatThereIs) {
    auto strange = good_meta();
    strange[wire::mcp::kMetaProtocolVersion] = "v999.0.0";
    const auto envelope = read_envelope({{"MCP-Protocol-Version", "v999.0.0"}}, call_of(strange));
    ASSERT_FALSE(envelope);
    EXPECT_EQ(envelope.error().fault.details.at("supported"), (json::array{"2026-07-28"}));
    EXPECT_EQ(envelope.error().fault.details.at("requested"), json::value("v999.0.0"));
}

struct HeaderRow {
    const char* why;
    const char* field;
    const char* value;  // null: the field is taken out
    int number;
};

// H16, H17: names without case, values with case; whitespace around and base64 are no difference.
TEST(Envelope, MethodAndNameStandInTheHeaderAsInTheBody) {
    const HeaderRow rows[] = {
        {"another method", "Mcp-Method", "tools/list", wire::mcp::kHeaderMismatch},
        {"no method", "Mcp-Method", nullptr, wire::mcp::kHeaderMismatch},
        {"method in another case", "Mcp-Method", "TOOLS/CALL", wire::mcp::kHeaderMismatch},
        {"another name", "Mcp-Name", "leave", wire::mcp::kHeaderMismatch},
        {"no name", "Mcp-Name", nullptr, wire::mcp::kHeaderMismatch},
        {"a name in base64", "Mcp-Name", "=?base64?Z3JlZXQ=?=", 0},
        {"a name with whitespace around", "Mcp-Name", "  greet\t", 0},
        {"base64 with bad padding", "Mcp-Name", "=?base64?Z3JlZXQ?=", wire::mcp::kHeaderMismatch},
    };
    for (const auto& row : rows) {
        auto headers = good_headers();
        headers.remove(row.field);
        if (row.value) headers.add(row.field, row.value);
        EXPECT_EQ(told(headers, call_of(good_meta())), row.number) << row.why;
    }
    auto twice = good_headers();
    twice.add("Mcp-Method", "tools/call");
    EXPECT_EQ(told(twice, call_of(good_meta())), wire::mcp::kHeaderMismatch);
    EXPECT_EQ(
        told({{"mcp-protocol-VERSION", "2026-07-28"}, {"MCP-METHOD", "tools/call"}, {"mcp-name", "greet"}},
             call_of(good_meta())),
        0);
}

// The ladder: the first failure wins, in the order in which it is written.
TEST(Envelope, OfSeveralMistakesTheFirstOfTheLadderIsTold) {
    EXPECT_EQ(told({}, call_of({})), rpc::kInvalidParams);
    auto strange = good_meta();
    strange[wire::mcp::kMetaProtocolVersion] = "v999.0.0";
    EXPECT_EQ(told({{"MCP-Protocol-Version", "v999.0.0"}, {"Mcp-Method", "wrong"}}, call_of(strange)),
              wire::mcp::kUnsupportedVersion);
}

}  // namespace
}  // namespace meshai::doors::mcp
