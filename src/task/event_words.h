// task/event_words.h
//
// The words that stored events use for our enumerations, in one table for the
// writer (event_encode.cc) and the reader (event_decode.cc). Words that are
// stored never change their meaning. Only for this room.
#pragma once

#include <array>
#include <string_view>

#include "task/event.h"

namespace meshai::task {

template <class Enum>
struct Word {
    Enum value;
    std::string_view name;
};

inline constexpr std::array kOnDisconnectWords = {
    Word<OnDisconnect>{OnDisconnect::Continue, "continue"},
    Word<OnDisconnect>{OnDisconnect::Cancel, "cancel"},
    Word<OnDisconnect>{OnDisconnect::Grace, "grace"},
};

inline constexpr std::array kRecoveryWords = {
    Word<Recovery>{Recovery::Auto, "auto"},
    Word<Recovery>{Recovery::Rerun, "rerun"},
    Word<Recovery>{Recovery::Fail, "fail"},
};

/// Levels of JSON in a stored event: what a client may nest, and our own around it.
inline constexpr std::size_t kStoredDepthMax = 2 * kJsonDepthMax;

/// The tree that `encode` writes, and the body that such a tree is.
json::object to_object(const Body& body);
Result<Body> from_object(const json::object& object);

/// The JSON of a request, with nothing left out that distinguishes two requests.
json::object to_json(const Request& request);

}  // namespace meshai::task
