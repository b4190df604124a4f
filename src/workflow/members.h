// workflow/members.h
//
// One object of a definition while it is read: each member is taken by name and
// checked, what is wrong is noted with its place, and what nobody took is a
// member that does not exist ("did you mean …?"). Private to this room.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/definition.h"

namespace meshai::workflow {

/// "steps[2]", "task" -> "steps[2].task".
std::string member_place(std::string_view place, std::string_view member);
std::string element_place(std::string_view place, std::size_t index);

/// Collects up to kProblemsMax problems and counts the others.
class Problems {
  public:
    void add(std::string place, std::string what);
    bool empty() const { return problems_.empty(); }
    /// The last one says how many there are beyond kProblemsMax.
    std::vector<Problem> take();

  private:
    std::vector<Problem> problems_;
    std::size_t left_out_ = 0;
};

/// A word and the value it stands for.
template <class Value>
struct Word {
    std::string_view word;
    Value value;
};

class Members {
  public:
    /// A value that is no object is a problem, and an object without members from then on.
    Members(const json::value& value, std::string place, Problems& problems);

    bool has(std::string_view name) const { return object_.contains(name); }
    bool is_text(std::string_view name) const;
    const json::value* take(std::string_view name);
    std::string place(std::string_view name) const { return member_place(place_, name); }
    const std::string& place() const { return place_; }
    void problem(std::string_view name, std::string what) { problems_.add(place(name), std::move(what)); }
    Problems& problems() { return problems_; }

    /// A text of at most `bytes_max`; empty where it is absent or wrong.
    std::string text(std::string_view name, std::size_t bytes_max);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
    std::optional<double> number(std::string_view name, double min);
    std::optional<bool> boolean(std::string_view name);
    std::optional<Millis> duration(std::string_view name, Millis min, Millis max);
    /// A list of names, or one name. Each at most `bytes_max`, none empty, none twice.
    std::vector<std::string> names(std::string_view name, std::size_t count_max, std::size_t bytes_max);
    json::object object(std::string_view name);
    void needed(std::string_view name);

    template <class Value>
    std::optional<Value> word(std::string_view name, std::span<const Word<Value>> words);

    /// From here on nothing is said of members that nobody takes.
    void take_all() { is_any_known_ = true; }

    /// Says of each member that was not taken that it does not exist.
    void finish();

  private:
    std::optional<std::size_t> index_of_word(std::string_view name, const std::vector<std::string>& words);

    static const json::object kNone;
    const json::object& object_;
    const std::string place_;
    Problems& problems_;
    std::set<std::string, std::less<>> known_;
    bool is_any_known_ = false;
};

template <class Value>
std::optional<Value> Members::word(std::string_view name, std::span<const Word<Value>> words) {
    std::vector<std::string> known;
    for (const auto& word : words) known.emplace_back(word.word);
    const auto index = index_of_word(name, known);
    if (!index) return std::nullopt;
    return words[*index].value;
}

}  // namespace meshai::workflow
