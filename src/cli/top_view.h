// cli/top_view.h
//
// What `meshai top` shows: a tenant's numbers, its agents and its tasks, as far
// as the two live streams have told. A page for a terminal, or a line for each
// thing that happens. Pure.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "base/json.h"
#include "cli/output.h"

namespace meshai::cli {

/// Ended tasks stay on the page for a while; there is room for so many in memory.
inline constexpr std::size_t kTopEndedMax = 20;
inline constexpr std::size_t kTopTasksMax = 1000;

class TopView {
  public:
    /// A task as the server's list has it, for what had begun before.
    void take_task(const json::object& summary);

    /// An event of GET /api/v1/events/stream, and a snapshot of GET /api/v1/metrics/stream. Others are passed
    /// over.
    void take_event(const json::object& event);
    void take_metrics(const json::object& metrics);
    bool has_metrics() const { return !metrics_.empty(); }
    const json::object& metrics() const { return metrics_; }

    /// Everything, cut to the size of the screen; ends with a newline.
    std::string page(PageSize size) const;

    /// The numbers in one line.
    std::string numbers_line() const;

  private:
    struct Row {
        std::string status{};
        std::string agent{};
        std::string since{};  ///< RFC 3339
        std::string workflow{};
        std::string percent{};
        std::string message{};
    };

    Row* row(const std::string& id);
    void end(const std::string& id, const std::string& status);
    json::array task_rows() const;

    json::object metrics_{};
    std::map<std::string, Row> open_{};
    std::deque<std::pair<std::string, Row>> ended_{};  // newest first
};

/// What an event says, in one line: "12:00:01 t_01J… progress 40% thinking".
std::string event_words(const json::object& event);

}  // namespace meshai::cli
