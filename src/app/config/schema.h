// app/config/schema.h
//
// Every key that meshai.toml may hold, in one table (schema.cc): where its value
// goes (which also says its type and, before anything is read, its default),
// its bounds, and its check. The reader, the environment, the flags, `did you
// mean` and the test of the documentation all work from this table.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "app/config/config.h"

namespace meshai::app {

/// Where the value of a key goes.
using Slot = std::variant<std::string*, std::vector<std::string>*, Path*, bool*, std::optional<bool>*,
                          std::int64_t*, Bytes*, Millis*, agents::Cost*, json::value*, json::object*>;

/// What a text must be; the message begins with the text and says what to write instead.
using TextCheck = Status (*)(const std::string& text);

template <class Target>
struct Key {
    std::string_view name;
    Slot (*slot)(Target&);
    std::int64_t min = 0;  ///< of numbers, bytes and milliseconds
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    TextCheck check = nullptr;  ///< of a text, and of each text of a list
};

struct Section {
    std::string_view name;
    std::span<const Key<Config>> keys;
};

/// [server], [store], [limits], [log], [compat], [telemetry].
std::span<const Section> sections();

/// An entry of [[agents]] before its parts are put together.
struct AgentEntry {
    agents::Spec spec;
    std::string kind;
    std::int64_t max_concurrent_tasks = 10;
    Path api_key_file;
    std::string api_key_env;
};

std::span<const Key<AgentEntry>> agent_keys();

/// The type of a key in words: "a text", "a list of texts", …
std::string_view type_name(const Slot& slot);

/// The value in a slot as meshai.toml would have it.
std::string slot_text(const Slot& slot);

}  // namespace meshai::app
