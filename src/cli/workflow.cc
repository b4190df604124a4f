#include "cli/workflow.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "workflow/check.h"
#include "workflow/graph.h"
#include "workflow/text.h"

namespace meshai::cli {
namespace {

const std::vector<Column> kWorkflowColumns = {{"name", "WORKFLOW"},     {"version", "VERSION"},
                                              {"source", "SOURCE"},     {"step_count", "STEPS"},
                                              {"category", "CATEGORY"}, {"description", "DESCRIPTION"}};
const std::vector<Column> kParameterColumns = {
    {"name", "PARAMETER"}, {"required", "REQUIRED"}, {"type", "TYPE"}, {"description", "DESCRIPTION"}};
const std::vector<Column> kStepColumns = {
    {"id", "STEP"}, {"type", "TYPE"}, {"after", "AFTER"}, {"agent", "AGENT"}};

Refused unreadable(const std::string& path, const std::string& why) {
    return {kNotFound, {fmt::format("{}: {}", path, why)}};
}

std::expected<std::string, Refused> text_of(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return std::unexpected(unreadable(path, "is a folder, not a file"));
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::unexpected(unreadable(path, std::strerror(errno)));
    // One more than it may have, so that what is too long is seen to be.
    std::string text(workflow::kTextBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

Refused refused(const std::string& path, const std::vector<workflow::Problem>& problems) {
    Refused all;
    for (const auto& problem : problems)
        all.lines.push_back(fmt::format("{}: {}", path, workflow::to_text(problem)));
    return all;
}

/// Whatever is no text is written as JSON; so is a text that looks like something else, in quotes.
json::value value_of(const std::string& text) {
    auto value = parse_json(text);
    return value ? std::move(*value) : json::value(text);
}

json::array parameter_rows(const json::object& shown) {
    json::array rows;
    const auto* parameters = find_object(shown, "parameters");
    if (parameters == nullptr) return rows;
    for (const auto& [name, about] : *parameters) {
        json::object row{{"name", name}};
        if (const auto* members = about.if_object())
            for (const auto& [member, value] : *members) row[member] = value;
        row["required"] = find_bool(row, "required").value_or(false) ? "yes" : "";
        rows.push_back(std::move(row));
    }
    return rows;
}

void add_step_rows(json::array& rows, const workflow::Step& step, const std::string& front) {
    json::object row{{"id", front + step.id}, {"type", workflow::type_name(step.work)}};
    if (!step.after.empty()) row["after"] = to_array(step.after);
    if (const auto* work = std::get_if<workflow::AgentWork>(&step.work))
        row["agent"] = to_array(work->agents.empty() ? work->capabilities : work->agents);
    rows.push_back(std::move(row));
    for (const auto* inner : workflow::children(step)) add_step_rows(rows, *inner, front + step.id + "/");
}

std::string page_of(const json::object& shown, const workflow::Definition& definition) {
    json::object about;
    for (const auto* member : {"name", "description", "category", "tags", "source", "version", "versions"})
        if (const auto* value = find(shown, member)) about[member] = *value;
    auto page = members_text(about);
    if (const auto parameters = parameter_rows(shown); !parameters.empty())
        page += "\n" + table_text(parameters, kParameterColumns);
    json::array steps;
    for (const auto& step : definition.steps) add_step_rows(steps, step, "");
    return page + "\n" + table_text(steps, kStepColumns);
}

json::object report_on(const std::string& path, const std::vector<std::string>& lines) {
    return {{"file", path}, {"valid", lines.empty()}, {"problems", to_array(lines)}};
}

}  // namespace

bool is_workflow_file(const std::string& word) {
    return workflow::language_of(word).has_value();
}

std::expected<workflow::Definition, Refused> read_definition(const std::string& path) {
    const auto language = workflow::language_of(path);
    if (!language) return std::unexpected(Refused{kUsage, {path + ": must end in .json or .toml"}});
    const auto text = text_of(path);
    if (!text) return std::unexpected(text.error());
    auto definition = workflow::read_text(*text, *language);
    if (!definition) return std::unexpected(refused(path, definition.error()));
    if (const auto problems = workflow::check(*definition, {}); !problems.empty())
        return std::unexpected(refused(path, problems));
    return std::move(*definition);
}

int check_files(const std::vector<std::string>& paths, Form form, const Screen::Write& out,
                const Screen::Write& err) {
    int code = kOk;
    json::array reports;
    for (const auto& path : paths) {
        const auto definition = read_definition(path);
        if (!definition) code = definition.error().code;
        const auto lines = definition ? std::vector<std::string>{} : definition.error().lines;
        if (form == Form::Json) {
            reports.push_back(report_on(path, lines));
            continue;
        }
        for (const auto& line : lines) err(printable(line, false) + "\n");
        if (!definition) continue;
        const auto steps = workflow::flattened(*definition).size();
        out(printable(fmt::format("{} is fine: {} step{}", path, steps, steps == 1 ? "" : "s"), false) +
            "\n");
    }
    if (form == Form::Json) out(to_text(reports) + "\n");
    return code;
}

Result<json::object> workflow_input(const std::vector<std::string>& said, const std::string& text) {
    json::object input;
    for (const auto& one : said) {
        if (one.starts_with('{')) {
            auto object = parse_json_object(one);
            if (!object)
                return Error{Code::InvalidArgument, "The input is no JSON: " + object.error().message};
            for (auto& [name, value] : *object) input[name] = value;
            continue;
        }
        const auto equals = one.find('=');
        if (equals == std::string::npos || equals == 0)
            return Error{Code::InvalidArgument,
                         fmt::format("\"{}\" is no input; write name=value, or an object as JSON.", one)};
        input[one.substr(0, equals)] = value_of(one.substr(equals + 1));
    }
    if (!text.empty()) input["task"] = text;
    return input;
}

Async<int> list_workflows(Session& session, WorkflowListWish wish) {
    auto path = fmt::format("/api/v1/workflows?limit={}", wish.limit);
    if (!wish.category.empty()) path += "&category=" + percent_encoded(wish.category);
    if (!wish.tag.empty()) path += "&tag=" + percent_encoded(wish.tag);
    auto reply = co_await session.api.call({.path = std::move(path)});
    if (!reply) co_return report(session, reply.error());
    const auto* object = reply->if_object();
    const auto* list = object ? find_array(*object, "workflows") : nullptr;
    if (wish.form == Form::Json || list == nullptr)
        session.screen.result_json(*reply);
    else
        session.screen.result(table_text(*list, kWorkflowColumns));
    co_return kOk;
}

Async<int> show_workflow(Session& session, std::string name, Form form) {
    auto reply = co_await session.api.call({.path = "/api/v1/workflows/" + percent_encoded(name)});
    if (!reply) co_return report(session, reply.error());
    const auto* object = reply->if_object();
    const auto* given = object ? find(*object, "definition") : nullptr;
    // A server that is newer than this program may have steps that are not known here.
    const auto definition = given ? workflow::parse(*given) : Error{Code::NotFound, ""};
    if (form == Form::Json || !definition)
        session.screen.result_json(*reply);
    else
        session.screen.result(page_of(*object, *definition));
    co_return kOk;
}

}  // namespace meshai::cli
