// cli/workflow.h
//
// Workflows from the command line: files are read and checked here, before any
// server hears of them; the server lists and shows what it keeps. A run is a
// task like any other and is followed as one (run.cc).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "workflow/definition.h"

namespace meshai::cli {

/// Why a file is no workflow: a line a problem, "flow.json: steps[2].step.task: …".
struct Refused {
    ExitCode code = kUsage;
    std::vector<std::string> lines;
};

/// Whether the word is a file and not the name of a workflow: it ends in .json or .toml.
bool is_workflow_file(const std::string& word);

/// The definition in a file, with everything checked that needs no server. Which agents and other
/// workflows there are, the server knows.
std::expected<workflow::Definition, Refused> read_definition(const std::string& path);

/// Says of each file whether it is fine (`out`), or what is wrong with it (`err`). kOk, kUsage, or kNotFound
/// for a file that cannot be read.
int check_files(const std::vector<std::string>& paths, Form form, const Screen::Write& out,
                const Screen::Write& err);

/// The input of a run. Each of `said` is an object as JSON or "name=value", a value being JSON where it is
/// a number, true, false, null, a list or an object, and a text otherwise; `text` is the member "task".
Result<json::object> workflow_input(const std::vector<std::string>& said, const std::string& text);

struct WorkflowListWish {
    std::string category;
    std::string tag;
    unsigned limit = 50;
    Form form = Form::Table;
};
Async<int> list_workflows(Session& session, WorkflowListWish wish);

/// One workflow with its parameters and its steps; "name@3" is its version 3.
Async<int> show_workflow(Session& session, std::string name, Form form);

}  // namespace meshai::cli
