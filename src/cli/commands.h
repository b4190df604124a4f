// cli/commands.h
//
// What the client's words do, without the command line and without the process:
// each takes its wishes and a Session, and gives the exit code. Tests run them
// against a server in memory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/random.h"
#include "cli/api.h"
#include "cli/follow.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/prompt.h"
#include "cli/screen.h"

namespace meshai::cli {

/// What every command has. All outlive it.
struct Session {
    Api& api;
    Screen& screen;
    Random& random;
    Log& log;
    Interrupt& interrupt;
    std::function<void(const std::string& text)> complain;  ///< one line on stderr
    Prompt* prompt = nullptr;                               ///< null where nobody can be asked
};

struct RunWish {
    std::string task;
    std::string task_type;
    std::vector<std::string> capabilities;
    std::vector<std::string> agents;
    std::string strategy;
    std::optional<std::int64_t> timeout_s;  ///< of the task, on the server
    std::optional<Millis> wait;             ///< of this command
    std::string idempotency_key;            ///< empty: one is made
    bool is_detached = false;               ///< prints the task's id and leaves
    Form form = Form::Table;
    std::string workflow{};            ///< a file, a name, or "name@3"; empty: no workflow
    std::vector<std::string> input{};  ///< of the workflow; `task` is its member "task"
};

Async<int> run_task(Session& session, RunWish wish);
Async<int> watch_task(Session& session, std::string id, std::optional<Millis> wait, Form form);

struct ChatWish {
    std::string conversation;  ///< empty: a new one begins
    std::string agent;         ///< wanted for the turns of this chat; empty: the mesh chooses
    std::string title;         ///< of a new conversation
    /// The next line where nobody can be asked at a terminal; nothing at the end of input.
    std::function<std::optional<std::string>()> next_line;
};

/// Line by line: what is typed is a turn, and its answer is shown as it is written.
/// Ends with the input, with /quit, or by ^C, which cancels the turn that runs.
Async<int> chat(Session& session, ChatWish wish);

struct ListWish {
    std::string status;
    unsigned limit = 20;
    std::vector<std::string> capabilities;
    Form form = Form::Table;
};

Async<int> list_tasks(Session& session, ListWish wish);
Async<int> get_task(Session& session, std::string id, Form form);
Async<int> cancel_task(Session& session, std::string id, Form form);

struct AgentWish {
    std::string name;
    std::string url;
    std::string kind;
    std::string model;
    std::string key;  ///< of the agent
    std::string description;
    std::string instructions;
    std::vector<std::string> capabilities;
    std::optional<int> max_concurrent_tasks;
    Form form = Form::Table;
};

Async<int> list_agents(Session& session, ListWish wish);
Async<int> get_agent(Session& session, std::string id, Form form);
Async<int> add_agent(Session& session, AgentWish wish);
Async<int> remove_agent(Session& session, std::string id, Form form);

struct TopWish {
    bool is_once = false;     ///< one page, then leave
    Form form = Form::Table;  ///< of that page
};

/// A tenant live: a page that is drawn anew on a terminal, a line an event otherwise. Until ^C.
Async<int> top(Session& session, TopWish wish);

/// Follows a task to its end and shows that.
Async<int> follow_and_show(Session& session, std::string id, std::optional<Millis> wait, Form form,
                           OnInterrupt on_interrupt);

/// Says what went wrong and gives the exit code for it.
int report(Session& session, const Trouble& trouble);

}  // namespace meshai::cli
