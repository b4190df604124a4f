// workflow/words.h
//
// The words of the format that stand for one of a few values, in one place, so
// that the reader, the writer and the schema cannot disagree. Private to this
// room.
#pragma once

#include <array>
#include <string_view>

#include "workflow/definition.h"
#include "workflow/members.h"

namespace meshai::workflow {

/// In the order of the alternatives of Work.
inline constexpr std::array<std::string_view, 8> kTypes = {"agent", "parallel", "map",      "condition",
                                                           "wait",  "approval", "workflow", "collaboration"};
static_assert(kTypes.size() == std::variant_size_v<Work>);

inline constexpr std::array kOutputs = {Word<Output>{"text", Output::Text},
                                        Word<Output>{"json", Output::Json},
                                        Word<Output>{"list", Output::List}};
inline constexpr std::array kOnTimeouts = {Word<OnTimeout>{"fail", OnTimeout::Fail},
                                           Word<OnTimeout>{"reject", OnTimeout::Reject},
                                           Word<OnTimeout>{"approve", OnTimeout::Approve}};
inline constexpr std::array kOnRejects = {Word<OnReject>{"fail", OnReject::Fail},
                                          Word<OnReject>{"continue", OnReject::Continue}};
inline constexpr std::array kStrategies = {Word<Strategy>{"sequential", Strategy::Sequential},
                                           Word<Strategy>{"parallel", Strategy::Parallel},
                                           Word<Strategy>{"collaborative", Strategy::Collaborative},
                                           Word<Strategy>{"hierarchical", Strategy::Hierarchical}};
inline constexpr std::array kOnDisconnects = {Word<OnDisconnect>{"continue", OnDisconnect::Continue},
                                              Word<OnDisconnect>{"cancel", OnDisconnect::Cancel},
                                              Word<OnDisconnect>{"grace", OnDisconnect::Grace}};

template <class Value, std::size_t size>
std::string_view word_of(Value value, const std::array<Word<Value>, size>& words) {
    for (const auto& word : words)
        if (word.value == value) return word.word;
    return {};
}

}  // namespace meshai::workflow
