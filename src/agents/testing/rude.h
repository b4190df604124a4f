// agents/testing/rude.h
//
// A peer that misbehaves, as a row of a table, and what every such row proves,
// whatever the kind of the agent: one ending, with a stable code and a sentence
// that says what happened, and the agent's key nowhere in it.
#pragma once

#include <ostream>
#include <string>

#include "agents/testing/stage.h"

namespace meshai::agents {

/// The key of the agent in these tests: rows let their peer print it.
inline constexpr const char* kRudeKey = "s3cret";
inline constexpr std::size_t kRudeLineBytesMax = 64U << 10U;

struct Rude {
    const char* name;
    std::string bytes;
    Then then;
    Code code;
    bool is_transient;
    const char* says;  ///< somewhere in the message

    friend void PrintTo(const Rude& row, std::ostream* out) { *out << row.name; }
};

/// Calls an agent of this kind whose peer is rude.
inline void expect_one_ending(Kind kind, const Rude& rude) {
    Stage stage(kind);
    stage.spec.api_key = Secret(kRudeKey);
    stage.limits.line_bytes = kRudeLineBytesMax;
    stage.peer.replies(rude.bytes, rude.then);
    stage.peer.replies(answer(200, "application/json", "{}"));  // to a farewell, where there is one
    const auto ending = stage.run();
    ASSERT_FALSE(ending);
    const auto& failure = ending.error();
    EXPECT_EQ(code_name(failure.error.code), code_name(rude.code)) << failure.error.message;
    EXPECT_EQ(failure.is_transient, rude.is_transient);
    EXPECT_TRUE(failure.was_sent);
    EXPECT_NE(failure.error.message.find(rude.says), std::string::npos) << failure.error.message;
    EXPECT_EQ(failure.error.message.find(kRudeKey), std::string::npos);
    EXPECT_EQ(to_text(failure.details).find(kRudeKey), std::string::npos);
}

}  // namespace meshai::agents
