// cli/steps.h
//
// The steps of a task of several agents, as its stream tells of them: a line for
// each thing that happens, or a board with a row a step and a bar, which a
// terminal draws anew in its place. What steps write is counted and not shown:
// several write at once. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/output.h"

namespace meshai::cli {

/// Rows in memory; over that the oldest step that has ended is forgotten.
inline constexpr std::size_t kStepRowsMax = 500;

/// "[ 40%] draft: completed (writer)" for {"type":"step"}.
std::string step_line(const json::object& event);

class StepBoard {
  public:
    void take(const json::object& event);

    /// A step has written more; whether the board looks different now.
    bool wrote(const std::string& path, std::size_t bytes);
    /// A step says what it does; whether there is such a step.
    bool says(const std::string& path, const std::string& message);

    bool is_empty() const { return rows_.empty(); }

    /// The whole has completed: the bar is full.
    void complete() { percent_ = kWhole; }

    /// As many rows as fit, those that run first of all, and the bar; ends with a newline.
    std::string page(PageSize size) const;

  private:
    static constexpr double kWhole = 100;

    struct Row {
        std::string path;
        std::string state{};
        std::string agent{};
        std::string message{};
        std::int64_t attempt = 1;
        std::size_t bytes = 0;
    };

    Row* row(const std::string& path);
    std::vector<const Row*> shown(std::size_t room) const;
    static bool is_over(const Row& row);
    static std::string words_of(const Row& row);

    std::vector<Row> rows_{};  // in the order in which they began
    std::size_t forgotten_ = 0;
    double percent_ = 0;
};

}  // namespace meshai::cli
