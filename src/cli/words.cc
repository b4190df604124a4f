#include "cli/words.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "cli/answer.h"
#include "cli/word.h"
#include "cli/workflow_words.h"

namespace meshai::cli {
namespace {

constexpr std::size_t kTaskBytesMax = 4U << 20U;

std::string read_all(std::istream& from) {
    std::string text(kTaskBytesMax + 1, '\0');
    from.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(from.gcount()));
    if (text.size() > kTaskBytesMax) throw CLI::ValidationError("task", "is longer than 4 MiB");
    return text;
}

struct RunWords {
    RunWish run;
    std::string file;
    std::string wait;
};

void read_task(RunWords& wanted) {
    wanted.run.wait = time_of(wanted.wait);
    if (!wanted.file.empty()) {
        std::ifstream file(wanted.file, std::ios::binary);
        wanted.run.task = read_all(file);
    } else if (wanted.run.task == "-") {
        wanted.run.task = read_all(std::cin);
    }
    if (wanted.run.task.empty() && wanted.run.workflow.empty())
        throw CLI::ValidationError("task", "say what is to be done: meshai run \"…\"");
}

void add_run(CLI::App& app, Chosen& chosen) {
    auto* run = app.add_subcommand("run", "Run a task: progress on stderr, the result on stdout, ^C cancels");
    auto word = make_word<RunWords>(*run);
    auto& wish = word->wish.run;
    run->add_option("task", wish.task, "What is to be done; - reads it from stdin");
    run->add_option("-f,--file", word->wish.file, "Read the task from this file")->check(CLI::ExistingFile);
    add_workflow_options(*run, wish);
    run->add_option("--type", wish.task_type, "chat, analysis, code, creative, …");
    run->add_option("--capability", wish.capabilities,
                    "The agent must have it (default: seen from the task)");
    run->add_option("--agent", wish.agents, "Ask this agent first, by id or name");
    run->add_option("--strategy", wish.strategy,
                    "capability_match, performance, cost_optimized, round_robin, …");
    run->add_option("--timeout", wish.timeout_s, "Seconds after which the server ends the task")
        ->check(CLI::Range(1, 86'400));
    run->add_option("--wait", word->wish.wait, "Leave after this time (90, 30s, 5m); the task goes on");
    run->add_option("--idempotency-key", wish.idempotency_key, "Calls with the same key are one task");
    run->add_flag("--detach", wish.is_detached, "Print the task's id and leave");
    run->add_flag("-q,--quiet", word->process.is_quiet, "Nothing but the result");
    add_form(*run, wish.form);
    choose<RunWords>(
        *run, chosen, word,
        [](Session& session, const RunWords& wanted) { return run_task(session, wanted.run); }, read_task);
}

void add_chat(CLI::App& app, Chosen& chosen) {
    auto* chat_word =
        app.add_subcommand("chat", "Talk with an agent, line by line; ^D ends, ^C cancels the answer");
    auto word = make_word<ChatWish>(*chat_word);
    auto& wish = word->wish;
    chat_word->add_option("--conversation", wish.conversation, "Go on with this one (default: a new one)");
    chat_word->add_option("--agent", wish.agent, "Who shall answer, by id or name");
    chat_word->add_option("--title", wish.title, "Of a new conversation");
    chat_word->add_flag("-q,--quiet", word->process.is_quiet, "Nothing but the answers");
    wish.next_line = []() -> std::optional<std::string> {
        std::string line;
        if (!std::getline(std::cin, line)) return std::nullopt;
        return line;
    };
    choose<ChatWish>(*chat_word, chosen, word,
                     [](Session& session, const ChatWish& wanted) { return chat(session, wanted); });
}

void add_top(CLI::App& app, Chosen& chosen) {
    auto* top_word = app.add_subcommand("top", "Tasks, agents and numbers of the tenant, live; ^C leaves");
    auto word = make_word<TopWish>(*top_word);
    top_word->add_flag("--once", word->wish.is_once, "One page, then leave");
    add_form(*top_word, word->wish.form);
    choose<TopWish>(*top_word, chosen, word,
                    [](Session& session, const TopWish& wanted) { return top(session, wanted); });
}

using ActOnOne = Async<int> (*)(Session& session, const OneWish& wish);

CLI::App* add_one(CLI::App& group, Chosen& chosen, const std::string& name, const std::string& about,
                  const std::string& what, ActOnOne act) {
    auto* command = group.add_subcommand(name, about);
    auto word = make_word<OneWish>(*command);
    command->add_option("id", word->wish.id, what)->required();
    add_form(*command, word->wish.form);
    choose<OneWish>(*command, chosen, word, act);
    return command;
}

CLI::App* add_list(CLI::App& group, Chosen& chosen, const std::string& about, const std::string& states,
                   Async<int> (*act)(Session& session, const ListWish& wish)) {
    auto* command = group.add_subcommand("ls", about)->alias("list");
    auto word = make_word<ListWish>(*command);
    command->add_option("--status", word->wish.status, states);
    command->add_option("--limit", word->wish.limit, "At most so many")->check(CLI::Range(1, 1000));
    add_form(*command, word->wish.form);
    choose<ListWish>(*command, chosen, word, act);
    return command;
}

void add_answer(CLI::App& group, Chosen& chosen) {
    auto* answer = group.add_subcommand("answer", "Answer a question of a task; asks on a terminal");
    auto word = make_word<AnswerWish>(*answer);
    auto& wish = word->wish;
    answer->add_option("id", wish.id, "The task, t_…")->required();
    answer->add_option("--question", wish.question, "The key of the question, where there are several");
    auto* said = answer->add_option_group("answer");
    for (const auto& [flag, action, about] :
         {std::tuple{"--accept", "accept", "Accept; with --set for the fields of its form"},
          {"--decline", "decline", "Say no"},
          {"--cancel", "cancel", "Say neither yes nor no"}})
        said->add_flag_callback(flag, [&wish, said_so = action] { wish.action = said_so; }, about);
    auto* fields = answer->add_option("--set", wish.fields, "A field of the form, as name=value");
    said->add_option("--json", wish.json, "The fields, or the whole answer, as JSON")->excludes(fields);
    said->require_option(0, 1);
    add_form(*answer, wish.form);
    choose<AnswerWish>(*answer, chosen, word, [](Session& session, const AnswerWish& wanted) {
        return answer_task(session, wanted);
    });
}

void add_tasks(CLI::App& app, Chosen& chosen) {
    auto* task = app.add_subcommand("task", "The tasks of your tenant");
    task->require_subcommand(1);
    add_list(*task, chosen, "List tasks, newest first",
             "pending, routing, executing, input_required, completed, failed or cancelled",
             [](Session& session, const ListWish& wish) { return list_tasks(session, wish); });
    add_one(*task, chosen, "get", "Show a task", "The task, t_…",
            [](Session& session, const OneWish& wish) { return get_task(session, wish.id, wish.form); });
    add_watch(*task, chosen);
    add_answer(*task, chosen);
    add_one(*task, chosen, "cancel", "End a task", "The task, t_…",
            [](Session& session, const OneWish& wish) { return cancel_task(session, wish.id, wish.form); });
}

struct AddWords {
    AgentWish agent;
    std::string key_file;
};

void add_agent_add(CLI::App& group, Chosen& chosen) {
    auto* add = group.add_subcommand("add", "Register an agent");
    auto word = make_word<AddWords>(*add);
    auto& wish = word->wish.agent;
    add->add_option("name", wish.name, "Its name")->required();
    // --url is the server's, so the agent's address has a name of its own.
    add->add_option("endpoint,--endpoint", wish.url, "Where it answers, as https://agent.example/execute")
        ->required();
    add->add_option("--kind", wish.kind, "http (default), openai or mesh");
    add->add_option("--model", wish.model, "The model to ask for (openai)");
    add->add_option("--capability", wish.capabilities, "What it can do (default: text_generation)");
    add->add_option("--key-file", word->wish.key_file, "A file with the key that the agent wants")
        ->check(CLI::ExistingFile);
    add->add_option("--description", wish.description, "What it is, in a sentence");
    add->add_option("--instructions", wish.instructions, "What it is always told");
    add->add_option("--max-concurrent-tasks", wish.max_concurrent_tasks, "Tasks at a time (default 10)")
        ->check(CLI::Range(1, 10'000));
    add_form(*add, wish.form);
    choose<AddWords>(
        *add, chosen, word,
        [](Session& session, const AddWords& wanted) { return add_agent(session, wanted.agent); },
        [](AddWords& wanted) {
            if (wanted.key_file.empty()) return;
            std::ifstream file(wanted.key_file);
            std::getline(file, wanted.agent.key);
        });
}

void add_agents(CLI::App& app, Chosen& chosen) {
    auto* agent = app.add_subcommand("agent", "The agents your tenant can use");
    agent->require_subcommand(1);
    add_list(*agent, chosen, "List agents", "active, offline or all",
             [](Session& session, const ListWish& wish) { return list_agents(session, wish); });
    add_one(*agent, chosen, "get", "Show an agent", "Its id or name",
            [](Session& session, const OneWish& wish) { return get_agent(session, wish.id, wish.form); });
    add_agent_add(*agent, chosen);
    add_one(*agent, chosen, "rm", "Remove an agent that was registered", "Its id",
            [](Session& session, const OneWish& wish) { return remove_agent(session, wish.id, wish.form); })
        ->alias("remove");
}

}  // namespace

void add_target(CLI::App& command, ProcessWish& wish) {
    command.add_option("--url", wish.target.url, "The server (MESHAI_URL; default http://127.0.0.1:8080)");
    command.add_option("--key", wish.target.key, "The API key (better: MESHAI_API_KEY)");
    command.add_option("--ca-file", wish.target.ca_file, "Trust this authority's certificate (PEM), too");
}

std::optional<Millis> time_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const std::map<std::string, std::int64_t> units{
        {"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto unit = units.find(text.substr(digits));
    constexpr std::size_t kDigitsMax = 9;
    if (digits == 0 || digits > kDigitsMax || unit == units.end())
        throw CLI::ValidationError("--wait", "\"" + text + "\" is not a time; write 90, 30s, 5m or 2h");
    return Millis{std::stoll(text.substr(0, digits)) * unit->second};
}

void add_watch(CLI::App& group, Chosen& chosen) {
    auto* watch = group.add_subcommand("watch", "Follow a task to its end; ^C leaves it alone");
    auto word = make_word<OneWish>(*watch);
    watch->add_option("id", word->wish.id, "The task, t_…")->required();
    watch->add_option("--wait", word->wish.wait, "Leave after this time (90, 30s, 5m)");
    watch->add_flag("-q,--quiet", word->process.is_quiet, "Nothing but the result");
    add_form(*watch, word->wish.form);
    choose<OneWish>(
        *watch, chosen, word,
        [](Session& session, const OneWish& wish) {
            return watch_task(session, wish.id, time_of(wish.wait), wish.form);
        },
        [](OneWish& wish) { time_of(wish.wait); });
}

void add_form(CLI::App& command, Form& form) {
    const std::map<std::string, Form> forms{{"table", Form::Table}, {"json", Form::Json}};
    command.add_option("-o,--output,--format", form, "How the answer is printed: table or json")
        ->transform(CLI::CheckedTransformer(forms, CLI::ignore_case).description(""))
        ->type_name("FORM");
}

void add_words(CLI::App& app, Chosen& chosen) {
    add_run(app, chosen);
    add_chat(app, chosen);
    add_top(app, chosen);
    add_tasks(app, chosen);
    add_workflows(app, chosen);
    add_agents(app, chosen);
}

}  // namespace meshai::cli
