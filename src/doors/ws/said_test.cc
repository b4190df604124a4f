#include "doors/ws/said.h"

#include <gtest/gtest.h>

#include "net/ws/frames.h"

namespace meshai::doors::ws {
namespace {

const Topic kTask{true, "t_1"};

TEST(WhatTheServerSays, AnEventStandsInItsEnvelopeAsItIs) {
    EXPECT_EQ(event_line(kTask, "4821930770000007", R"({"type": "progress"})"),
              R"({"type":"event","task_id":"t_1","id":"4821930770000007","event":{"type": "progress"}})");
    EXPECT_EQ(cursor_line({false, "events"}, "Ab-_"), R"({"type":"cursor","stream":"events","id":"Ab-_"})");
    EXPECT_EQ(event_line({false, "events"}, "", "{}"), R"({"type":"event","stream":"events","event":{}})");
}

TEST(WhatTheServerSays, AnswersNameTheRefAndTheOperation) {
    const auto heard = read_message(R"({"op":"ping","ref":"r"})");
    EXPECT_EQ(to_text(answer_to(heard, "pong")), R"({"type":"pong","ref":"r","op":"ping"})");
    EXPECT_EQ(to_text(error_of(&heard, Error{Code::NotFound, "No such task.", "secret"})),
              R"({"type":"error","ref":"r","op":"ping","code":"NOT_FOUND","message":"No such task."})");
    EXPECT_EQ(to_text(error_of(nullptr, Error{Code::Gone, "It is gone."})),
              R"({"type":"error","code":"GONE","message":"It is gone."})");
}

TEST(WhatTheServerSays, AKeepaliveIsTheOneOfTheGuide) {
    EXPECT_EQ(keepalive_line(wall_of(1737028800000)),
              R"({"type":"keepalive","timestamp":"2025-01-16T12:00:00Z"})");
}

TEST(WhatTheServerSays, TheLastMessageNamesEveryCursor) {
    const std::vector<Cursor> cursors = {{kTask, "77"}, {{true, "t_2"}, ""}, {{false, "events"}, "9"}};
    EXPECT_EQ(
        closing_line(1013, "Come back", cursors),
        R"({"type":"closing","code":1013,"message":"Come back","cursors":[{"task_id":"t_1","after":"77"},)"
        R"({"task_id":"t_2"},{"stream":"events","after":"9"}]})");
    EXPECT_EQ(closing_reason("Come back", cursors), "Come back after 77,9");
}

TEST(WhatTheServerSays, AReasonHoldsAsManyIdsAsFit) {
    std::vector<Cursor> cursors;
    for (int i = 0; i < 64; ++i)
        cursors.push_back({{true, std::to_string(i)}, "482193077000000" + std::to_string(i % 10)});
    const auto reason = closing_reason("You read too slowly; come back", cursors);
    EXPECT_LE(reason.size(), net::ws::kReasonBytesMax);
    EXPECT_EQ(reason.substr(reason.size() - 17), ",4821930770000004");
}

}  // namespace
}  // namespace meshai::doors::ws
