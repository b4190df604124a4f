#include "agents/command/adapter.h"

#include <fmt/format.h>

#include "agents/command/output_reader.h"
#include "agents/cost.h"
#include "agents/delegation/delegation.h"
#include "agents/dialect/relay.h"
#include "agents/failure.h"
#include "agents/process/launcher.h"
#include "agents/task_input.h"
#include "agents/trace.h"

namespace meshai::agents::command {
namespace {

constexpr std::string_view kInputMark = "{input}";
constexpr std::string_view kFolderMember = "working_directory";  // of the spec's metadata

class CommandAdapter final : public Adapter {
  public:
    CommandAdapter(Spec spec, Tools tools) : spec_(std::move(spec)), tools_(tools) {}

    Async<Ending> run(Call call, Sink& sink) override;
    Async<Status> probe(MonoTime deadline) override;

  private:
    Result<Program> program_for(const Call& call) const;

    Spec spec_;
    Tools tools_;
};

// One program from its start to the ending.
class Run {
  public:
    Run(const Spec& spec, const Tools& tools, Peer peer, Sink& sink, std::unique_ptr<Process> process)
        : spec_(spec),
          tools_(tools),
          peer_(peer),
          text_(sink, tools.limits.output_bytes),
          relay_(std::move(peer), spec.cost, tools.limits, sink),
          reader_(tools.limits.line_bytes),
          process_(std::move(process)) {}

    Async<Ending> read();

  private:
    Async<void> take(Heard heard, bool is_last);
    Async<void> take_events(std::vector<std::string> lines, bool is_last);
    Async<Ending> ended();
    Async<Ending> ended_after_ending();
    Ending answer_by_exit();
    Failure failed(const Exit& exit) const;
    Failure broken(const Error& error) const { return broken_answer(peer_, error, tools_.clock.now()); }
    MonoTime patience() const {
        return peer_.deadline == kNever ? tools_.clock.in(tools_.limits.silence) : peer_.deadline;
    }

    const Spec& spec_;
    const Tools& tools_;
    Peer peer_;
    OutputText text_;
    dialect::Relay relay_;
    OutputReader reader_;
    std::unique_ptr<Process> process_;
};

Async<Ending> Run::read() {
    while (!relay_.has_ended()) {
        auto bytes = co_await process_->read(patience());
        if (!bytes) co_return std::unexpected(broken(bytes.error()));
        if (!*bytes) break;
        co_await take(reader_.feed(**bytes), /*is_last=*/false);
    }
    if (!relay_.has_ended()) co_await take(reader_.finish(), /*is_last=*/true);
    if (relay_.has_ended()) co_return co_await ended_after_ending();
    co_return co_await ended();
}

Async<void> Run::take(Heard heard, bool is_last) {
    if (!heard.text.empty()) {
        auto taken = co_await text_.write(std::move(heard.text));
        if (!taken) co_return relay_.end(std::unexpected(run_over(taken.error())));
    }
    co_await take_events(std::move(heard.lines), is_last);
    if (heard.is_overlong) relay_.end(std::unexpected(relay_.overlong()));
}

Async<void> Run::take_events(std::vector<std::string> lines, bool is_last) {
    std::vector<dialect::Said> events;
    for (const auto& line : lines) {
        auto said = dialect::parse(line);
        if (said) {
            events.push_back(std::move(*said));
            continue;
        }
        co_await relay_.take(std::move(events));
        co_return relay_.end(std::unexpected(is_last ? relay_.stopped(line.size())
                                                     : broke_contract(peer_, said.error().message)));
    }
    co_await relay_.take(std::move(events));
}

// The program said how it went. It may tidy up, and its exit code may still
// turn a result into a failure; an error stays what it is.
Async<Ending> Run::ended_after_ending() {
    auto ending = relay_.ending();
    if (!ending) co_return ending;
    const auto until = std::min(peer_.deadline, tools_.clock.in(kExitAfterResult));
    auto exit = co_await process_->wait(until);
    if (!exit && exit.error().code == Code::Cancelled) co_return std::unexpected(broken(exit.error()));
    if (!exit)
        tools_.log.warn("a program gave its result and did not end; it is ended", {{"agent", spec_.name}});
    else if (exit->status != 0 || exit->signal != 0)
        co_return std::unexpected(failed(*exit));
    co_return ending;
}

Async<Ending> Run::ended() {
    auto exit = co_await process_->wait(patience());
    if (!exit) co_return std::unexpected(broken(exit.error()));
    if (exit->status != 0 || exit->signal != 0) co_return std::unexpected(failed(*exit));
    co_return answer_by_exit();
}

// No event said how it went, so the exit code 0 does: what was written is the answer.
Ending Run::answer_by_exit() {
    if (reader_.has_events() && relay_.output().text().empty()) return std::unexpected(relay_.stopped(0));
    auto text = reader_.has_events() ? relay_.output().text() : text_.text();
    // As a shell does for $(…): the line end belongs to the terminal, not to the answer.
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) return std::unexpected(broke_contract(peer_, "ended without saying anything"));
    return Answer{.result = json::string(text), .usage = with_cost({}, spec_.cost)};
}

Failure Run::failed(const Exit& exit) const {
    auto errors = quoted(peer_, valid_utf8(process_->errors()));
    while (errors.ends_with('\n')) errors.pop_back();
    const auto last_line = errors.substr(errors.rfind('\n') + 1);
    auto how = exit.signal != 0 ? fmt::format("its program was ended by signal {}", exit.signal)
                                : fmt::format("its program ended with exit code {}", exit.status);
    if (!last_line.empty()) how += ": " + last_line;
    auto failure = agent_failed(peer_, how);
    if (exit.signal != 0)
        failure.details["signal"] = exit.signal;
    else
        failure.details["exit_code"] = exit.status;
    if (!errors.empty()) failure.details["stderr"] = errors;
    return failure;
}

Result<Program> CommandAdapter::program_for(const Call& call) const {
    auto argv = filled_argv(spec_.argv, input_text(call.request.input));
    if (!argv) return argv.error();
    Program program;
    program.argv = std::move(*argv);
    program.environment = {{"MESHAI_TASK_ID", call.task.value},
                           {"MESHAI_ATTEMPT", fmt::format("{}", call.attempt)}};
    if (auto parent = traceparent_for(call, tools_.tracing))
        program.environment.emplace_back(kTraceparentVariable, std::move(*parent));
    if (const auto access = access_for(spec_, tools_, call)) {
        program.environment.emplace_back("MESHAI_DELEGATE_URL", access->delegate_url);
        program.environment.emplace_back("MESHAI_ASK_URL", access->ask_url);
        program.environment.emplace_back("MESHAI_DELEGATE_KEY", access->key.reveal());
    }
    program.folder = find_string(spec_.metadata, kFolderMember).value_or("");
    program.input = to_text(execute_body(spec_, call, tools_.clock)) + "\n";
    program.errors_bytes_max = tools_.limits.error_body_bytes;
    return program;
}

Async<Ending> CommandAdapter::run(Call call, Sink& sink) {
    Peer peer{.name = spec_.name, .deadline = call.deadline};
    auto program = program_for(call);
    if (!program) co_return std::unexpected(Failure{.error = program.error(), .was_sent = false});
    auto process = tools_.processes->start(std::move(*program));
    if (!process) {
        // No room for one more process, or a file that is being replaced: both pass.
        Failure failure{.error = {Code::AgentUnavailable,
                                  fmt::format("The program of agent \"{}\" could not be started: {}",
                                              spec_.name, process.error().message)},
                        .was_sent = false,
                        .is_transient = true};
        co_return std::unexpected(std::move(failure));
    }
    Run run(spec_, tools_, std::move(peer), sink, std::move(*process));
    co_return co_await run.read();
}

Async<Status> CommandAdapter::probe(MonoTime) {
    co_return tools_.processes->find(spec_.argv.front());
}

}  // namespace

Result<std::vector<std::string>> filled_argv(const std::vector<std::string>& argv, const std::string& input) {
    auto filled = argv;
    // The program itself is never taken from a task.
    for (std::size_t i = 1; i < filled.size(); ++i) {
        auto& argument = filled[i];
        bool is_filled = false;
        for (auto at = argument.find(kInputMark); at != std::string::npos;
             at = argument.find(kInputMark, at + input.size())) {
            argument.replace(at, kInputMark.size(), input);
            is_filled = true;
            if (argument.size() > kArgumentBytesMax)
                return Error{
                    Code::TooLarge,
                    "The input is too large for the agent's command line (128 KiB); let the program read "
                    "it from its standard input."};
        }
        if (is_filled && input.find('\0') != std::string::npos)
            return Error{Code::InvalidArgument, "The input holds a NUL byte, which no command line can."};
    }
    return filled;
}

Result<std::unique_ptr<Adapter>> make_adapter(Spec spec, Tools tools) {
    if (!tools.processes)
        return Error{Code::Configuration, "kind: agents of kind \"command\" are not offered by this server."};
    return std::unique_ptr<Adapter>(std::make_unique<CommandAdapter>(std::move(spec), tools));
}

}  // namespace meshai::agents::command
