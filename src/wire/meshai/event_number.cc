#include "wire/meshai/event_number.h"

#include <fmt/format.h>

#include <charconv>

namespace meshai::wire::guide {
namespace {

constexpr std::uint64_t kTagFirst = 100'000'000;  // nine digits, so that every id has sixteen
constexpr std::uint64_t kTags = 800'000'000;
constexpr std::size_t kDigitsMax = 16;

// FNV-1a, 64 bits: ids live as long as a task's log, over restarts and
// versions, so the hash must not depend on the library.
std::uint64_t tag_of(const TaskId& task) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : task.value) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211ULL;
    }
    return kTagFirst + hash % kTags;
}

}  // namespace

std::string event_number(const TaskId& task, std::uint64_t place) {
    return fmt::format("{}", tag_of(task) * kPlacesMax + place);
}

Result<std::uint64_t> place_of(const TaskId& task, std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || text.size() > kDigitsMax || error != std::errc{} || end != text.data() + text.size())
        return Error{Code::InvalidArgument,
                     "An event id is a number; give back the id of the last event that was received."};
    if (number < kPlacesMax) return number;
    if (number / kPlacesMax != tag_of(task))
        return Error{Code::InvalidArgument, "That event id is of another task."};
    return number % kPlacesMax;
}

}  // namespace meshai::wire::guide
