#include "wire/mcp/task.h"

#include "wire/mcp/members.h"
#include "wire/mcp/task_members.h"

namespace meshai::wire::mcp {

std::string_view name_of(TaskStatus status) {
    switch (status) {
        case TaskStatus::Working:
            return "working";
        case TaskStatus::InputRequired:
            return "input_required";
        case TaskStatus::Completed:
            return "completed";
        case TaskStatus::Failed:
            return "failed";
        case TaskStatus::Cancelled:
            return "cancelled";
    }
    return "working";
}

json::object task_members(const Task& task, TaskStatus status, TaskWords words) {
    json::object written;
    written["taskId"] = task.id;
    written["status"] = name_of(status);
    put(written, "statusMessage", task.status_message);
    written["createdAt"] = rfc3339_ms(task.created_at);
    written["lastUpdatedAt"] = rfc3339_ms(task.updated_at);
    // Both forms demand the member: null is how they say "without end".
    written[words.ttl] = task.ttl ? json::value(task.ttl->count()) : json::value(nullptr);
    written[words.poll_interval] = task.poll_interval.count();
    return written;
}

}  // namespace meshai::wire::mcp
