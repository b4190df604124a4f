#include "cli/top_view.h"

#include <fmt/format.h>

namespace meshai::cli {
namespace {

const std::vector<Column> kTaskColumns = {{"task", "TASK"},   {"status", "STATUS"}, {"agent", "AGENT"},
                                          {"since", "SINCE"}, {"percent", "%"},     {"workflow", "WORKFLOW"},
                                          {"message", "NOW"}};
const std::vector<Column> kAgentColumns = {{"name", "AGENT"},           {"health", "HEALTH"},
                                           {"running", "RUNNING"},      {"queued", "QUEUED"},
                                           {"success_rate", "SUCCESS"}, {"avg_response_time_ms", "AVG MS"}};

constexpr std::string_view kApart = "  |  ";  // between the parts of a line of numbers

std::string text(const json::object& object, std::string_view key) {
    return find_string(object, key).value_or("");
}

std::string shown(const json::object& object, std::string_view group, std::string_view key) {
    const auto* members = find_object(object, group);
    const auto* value = members ? find(*members, key) : nullptr;
    return value == nullptr || value->is_null() ? "-" : plain(*value);
}

// "12:00:01" of RFC 3339; the day is of no interest to who looks on.
std::string clock_of(const std::string& time) {
    constexpr std::size_t kClockAt = 11;
    constexpr std::size_t kClockBytes = 8;
    return time.size() >= kClockAt + kClockBytes ? time.substr(kClockAt, kClockBytes) : time;
}

std::string percent_of(const json::object& event) {
    const auto percent = find_number(event, "progress");
    return percent ? fmt::format("{:.0f}%", *percent) : "";
}

// Cut by code points, so that no line of a page is two on the screen.
std::string cut(std::string_view line, std::size_t columns) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const bool begins = (static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U;
        if (begins && seen++ == columns) return std::string(line.substr(0, i));
    }
    return std::string(line);
}

std::string fitted(std::string_view page, PageSize size) {
    std::string out;
    // The cursor stands on the last row, which stays free.
    for (std::size_t rows = 1; rows < size.rows && !page.empty(); ++rows) {
        const auto end = page.find('\n');
        out += cut(page.substr(0, end), size.columns) + '\n';
        page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    }
    return out;
}

}  // namespace

void TopView::take_task(const json::object& summary) {
    const auto status = text(summary, "status");
    if (status == "completed" || status == "failed" || status == "cancelled") return;
    const auto id = text(summary, "task_id");
    // What the stream has said already is newer.
    if (id.empty() || open_.contains(id)) return;
    if (auto* mine = row(id)) {
        mine->status = status;
        mine->agent = text(summary, "agent_id");
        mine->since = text(summary, "submitted_at");
    }
}

void TopView::take_event(const json::object& event) {
    const auto type = text(event, "type");
    const auto id = text(event, "task_id");
    if (id.empty()) return;
    auto* mine = row(id);
    if (!mine) return;
    if (mine->since.empty()) mine->since = text(event, "at");
    if (auto workflow = text(event, "workflow"); !workflow.empty()) mine->workflow = std::move(workflow);
    if (auto agent = text(event, "agent"); !agent.empty()) mine->agent = std::move(agent);
    if (auto message = text(event, "message"); !message.empty()) mine->message = std::move(message);
    if (auto percent = percent_of(event); !percent.empty()) mine->percent = std::move(percent);
    if (type == "submitted")
        mine->status = "pending";
    else if (type == "routed")
        mine->status = "routing";
    else if (type == "started" || type == "input_given")
        mine->status = "executing";
    else if (type == "input_required")
        mine->status = "input_required";
    else if (type == "completed" || type == "failed" || type == "cancelled")
        end(id, type);
    else if (mine->status.empty())
        mine->status = "executing";
}

void TopView::take_metrics(const json::object& metrics) {
    if (text(metrics, "type") == "metrics") metrics_ = metrics;
}

TopView::Row* TopView::row(const std::string& id) {
    const auto found = open_.find(id);
    if (found != open_.end()) return &found->second;
    if (open_.size() >= kTopTasksMax) return nullptr;
    return &open_[id];
}

void TopView::end(const std::string& id, const std::string& status) {
    auto found = open_.extract(id);
    if (found.empty()) return;
    found.mapped().status = status;
    if (status == "completed") found.mapped().percent = "100%";
    ended_.emplace_front(id, std::move(found.mapped()));
    if (ended_.size() > kTopEndedMax) ended_.pop_back();
}

json::array TopView::task_rows() const {
    json::array rows;
    const auto add = [&rows](const std::string& id, const Row& row) {
        rows.push_back(json::object{{"task", id},
                                    {"status", row.status},
                                    {"agent", row.agent},
                                    {"since", clock_of(row.since)},
                                    {"percent", row.percent},
                                    {"workflow", row.workflow},
                                    {"message", row.message}});
    };
    // Ids sort by time: what began last stands first.
    for (auto one = open_.rbegin(); one != open_.rend(); ++one) add(one->first, one->second);
    for (const auto& [id, row] : ended_) add(id, row);
    return rows;
}

std::string TopView::numbers_line() const {
    return fmt::format(
        "{}  running {}  queued {}  waiting {}  workflows {}  |  per s: {} in, {} done, {} failed  |  ms: "
        "p50 {} "
        "p95 {} p99 {}  |  tokens {} in, {} out, cost {}",
        clock_of(text(metrics_, "at")), shown(metrics_, "tasks", "running"),
        shown(metrics_, "tasks", "queued"), shown(metrics_, "tasks", "waiting"),
        shown(metrics_, "tasks", "workflows"), shown(metrics_, "rates", "submitted"),
        shown(metrics_, "rates", "completed"), shown(metrics_, "rates", "failed"),
        shown(metrics_, "execution_ms", "p50"), shown(metrics_, "execution_ms", "p95"),
        shown(metrics_, "execution_ms", "p99"), shown(metrics_, "totals", "input_tokens"),
        shown(metrics_, "totals", "output_tokens"), shown(metrics_, "totals", "cost"));
}

std::string TopView::page(PageSize size) const {
    std::string page = printable(numbers_line(), false) + "\n\n";
    // A terminal is rarely as wide as a line of a file may be.
    for (auto at = page.find(kApart); at != std::string::npos; at = page.find(kApart, at))
        page.replace(at, kApart.size(), "\n");
    if (const auto* agents = find_array(metrics_, "agents"))
        page += table_text(*agents, kAgentColumns) + "\n";
    page += table_text(task_rows(), kTaskColumns);
    return fitted(page, size);
}

std::string event_words(const json::object& event) {
    auto line =
        fmt::format("{} {} {}", clock_of(text(event, "at")), text(event, "task_id"), text(event, "type"));
    for (const auto& word : {percent_of(event), text(event, "step"), text(event, "agent"),
                             text(event, "message"), text(event, "code")})
        if (!word.empty()) line += " " + word;
    return printable(line, false);
}

}  // namespace meshai::cli
