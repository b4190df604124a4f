// mesh/conductor/sight.h
//
// What a step of a running workflow can read: the input, the steps that are
// over, and within a map its item. Lists of steps within steps see what the
// outer ones see. Results stay in memory while something may read them, within
// one bound for the whole workflow. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "mesh/conductor/outcome.h"
#include "workflow/expression.h"

namespace meshai::mesh {

/// Results of steps that one running workflow holds, as JSON.
inline constexpr std::size_t kResultsHeldBytesMax = 64U << 20U;

/// Counts the bytes of the results.
class Memory {
  public:
    Status take(std::size_t bytes);
    void give_back(std::size_t bytes) { held_ -= bytes; }
    std::size_t held() const { return held_; }

  private:
    std::size_t held_ = 0;
};

class Sight {
  public:
    Sight(Memory& memory, const json::value& input) : memory_(memory), input_(&input) {}
    explicit Sight(const Sight& outer, std::nullptr_t) : memory_(outer.memory_), outer_(&outer) {}
    ~Sight() { memory_.give_back(bytes_); }
    Sight(const Sight&) = delete;
    Sight& operator=(const Sight&) = delete;

    void set_item(json::value item, std::size_t index);

    /// TooLarge where the workflow holds too much.
    Status settle(const std::string& id, const Outcome& outcome);

    /// Of this list of steps: those that were done.
    const std::map<std::string, json::value>& results() const { return results_; }

    // What the expression gives; the error names it.
    Result<json::value> evaluate(const std::string& expression) const;
    Result<json::value> fill(const json::value& value) const;

  private:
    json::object document(const std::vector<workflow::Reference>& references) const;
    json::value step(const std::string& id) const;
    json::object all_steps() const;

    Memory& memory_;
    const Sight* outer_ = nullptr;
    const json::value* input_ = nullptr;
    std::optional<json::value> item_{};
    std::size_t index_ = 0;
    std::map<std::string, json::value> results_{};
    std::map<std::string, std::string> statuses_{};
    std::size_t bytes_ = 0;
};

}  // namespace meshai::mesh
