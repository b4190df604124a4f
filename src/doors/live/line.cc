#include "doors/live/line.h"

#include "doors/stream/words.h"
#include "wire/meshai/frames.h"

namespace meshai::doors::live {
namespace {

constexpr std::size_t kInputPreviewBytesMax = 2U << 10U;
constexpr std::size_t kNameBytesMax = 512;
constexpr std::size_t kEnvelopeBytesMax = 4U << 10U;  // of a line, around what may be large

void put(json::object& line, std::string_view key, const std::string& text,
         std::size_t bytes_max = kNameBytesMax) {
    if (!text.empty()) line[key] = utf8_prefix(text, bytes_max);
}

void put_usage(json::object& line, const task::Usage& usage) {
    if (usage == task::Usage{}) return;
    line["usage"] = json::object{{"input_tokens", usage.input_tokens},
                                 {"output_tokens", usage.output_tokens},
                                 {"cost", json_number(usage.cost)}};
}

// A frame of the guide without what every line says already.
void put_frame(json::object& line, const std::string& frame) {
    const auto said = parse_json_object(frame).value_or(json::object{});
    for (const auto& [key, value] : said)
        if (key != "type" && key != "timestamp" && !line.contains(key)) line[key] = value;
}

std::string preview(const json::value& value) {
    const auto text = value.is_string() ? std::string(value.get_string()) : to_text(value);
    return std::string(utf8_prefix(text, kInputPreviewBytesMax));
}

json::value bounded(const json::value& value) {
    if (json::serialize(value).size() <= wire::guide::kDetailsBytesMax) return value;
    return json::object{{"truncated", true}};
}

struct Said {
    const task::FeedItem& item;
    json::object& line;

    // What it says to a person: the guide's progress, with a percentage only where the event has one.
    void words() const {
        Backstory story;
        story.note(item.event);
        if (const auto progress = progress_of(item.event, story)) {
            put_frame(line, wire::guide::progress_frame(*progress));
            line.erase("progress");
        }
    }

    void operator()(const task::Submitted& body) const {
        put(line, "by", body.subject.value);
        put(line, "task_type", body.request.task_type);
        put(line, "conversation_id", body.request.conversation);
        put(line, "correlation_id", body.request.correlation_id);
        put(line, "step", body.request.lineage.step);
        line["deadline"] = rfc3339_ms(body.deadline);
        line["input_preview"] = preview(body.request.input);
    }
    void operator()(const task::Routed& body) const {
        put(line, "agent_id", body.agent.value);
        put(line, "agent", body.agent_name);
        words();
    }
    void operator()(const task::Started& body) const {
        put(line, "agent_id", body.agent.value);
        put(line, "agent", body.agent_name);
        line["attempt"] = body.attempt;
        words();
    }
    void operator()(const task::Progress& body) const {
        put(line, "agent_id", body.agent.value);
        words();
        put(line, "step", body.step);
        if (body.percent) line["progress"] = json_number(*body.percent);
    }
    void operator()(const task::Output& body) const {
        line["text"] = valid_utf8(body.text);
        line["attempt"] = body.attempt;
    }
    void operator()(const task::StepStarted& body) const {
        put(line, "step", body.step);
        put(line, "step_type", body.type);
        put(line, "agent_id", body.agent.value);
        put(line, "child_task_id", body.child.value);
        line["attempt"] = body.attempt;
        words();
    }
    void operator()(const task::StepFinished& body) const {
        put(line, "step", body.step);
        put(line, "status", body.status);
        put(line, "agent_id", body.agent.value);
        put(line, "child_task_id", body.child.value);
        line["attempt"] = body.attempt;
        put(line, "code", body.error);
        put_usage(line, body.usage);
        words();
    }
    void operator()(const task::AgentMessage& body) const {
        put(line, "agent_id", body.from.value);
        put(line, "to_agent_id", body.to.value);
        put(line, "message_kind", body.kind);
        words();
    }
    void operator()(const task::InputRequired& body) const {
        put_frame(line, wire::guide::input_required_frame(
                            {item.task, body.key, body.question, body.expires_at, {}, item.event.at}));
    }
    void operator()(const task::InputGiven& body) const {
        put_frame(line, wire::guide::input_given_frame({body.key, body.by.value, item.event.at}));
    }
    void operator()(const task::Relayed& body) const {
        put(line, "step", body.step);
        put(line, "child_task_id", body.child.value);
        line["body"] = bounded(body.body);
    }
    void operator()(const task::Spent& body) const {
        line["attempt"] = body.attempt;
        put_usage(line, body.usage);
    }
    void operator()(const task::Completed& body) const {
        put(line, "agent_id", body.agent.value);
        line["attempt"] = body.attempt;
        put_usage(line, body.usage);
        wire::guide::Outcome outcome;
        outcome.task = item.task;
        outcome.status = "completed";
        outcome.result = body.result;
        put_frame(line, wire::guide::result_frame(outcome));
        const auto* data = line.if_contains("data");
        if (!data || json::serialize(*data).size() + kEnvelopeBytesMax <= wire::guide::kFrameBytesMax) return;
        line["data"] = json::object{{"truncated", true}, {"result_url", wire::guide::result_url(item.task)}};
    }
    void operator()(const task::Failed& body) const {
        put_frame(line, wire::guide::error_frame(body.code, body.message, body.details));
    }
    void operator()(const task::Cancelled& body) const {
        put(line, "by", body.by);
        put(line, "message", body.why, task::kMessageBytesMax);
    }
};

}  // namespace

std::string event_line(const task::FeedItem& item) {
    json::object line;
    line["type"] = task::kind(item.event.body);
    line["task_id"] = item.task.value;
    line["seq"] = item.event.seq.value;
    line["at"] = rfc3339_ms(item.event.at);
    put(line, "parent_task_id", item.origin.parent.value);
    if (item.origin.root != item.task) put(line, "root_task_id", item.origin.root.value);
    put(line, "workflow", item.origin.workflow);
    std::visit(Said{item, line}, item.event.body);
    return to_text(line);
}

}  // namespace meshai::doors::live
