// tests/fuzz/judge.h
//
// What a fuzz target says when an input broke a promise: it stops there, so
// that the fuzzer keeps the input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace meshai::fuzz {

inline void must(bool is_true, std::string_view promise) {
    if (is_true) return;
    std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(promise.size()), promise.data());
    std::abort();
}

}  // namespace meshai::fuzz
