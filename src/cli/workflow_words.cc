#include "cli/workflow_words.h"

#include <cstdio>

#include "cli/word.h"
#include "cli/workflow.h"

namespace meshai::cli {
namespace {

void add_ls(CLI::App& group, Chosen& chosen) {
    auto* list = group.add_subcommand("ls", "The workflows that can be run by name")->alias("list");
    auto word = make_word<WorkflowListWish>(*list);
    list->add_option("--category", word->wish.category, "Of this category only");
    list->add_option("--tag", word->wish.tag, "With this tag only");
    list->add_option("--limit", word->wish.limit, "At most so many")->check(CLI::Range(1, 1000));
    add_form(*list, word->wish.form);
    choose<WorkflowListWish>(*list, chosen, word, [](Session& session, const WorkflowListWish& wish) {
        return list_workflows(session, wish);
    });
}

void add_show(CLI::App& group, Chosen& chosen) {
    auto* show = group.add_subcommand("show", "One workflow: its parameters and its steps")->alias("get");
    auto word = make_word<OneWish>(*show);
    show->add_option("name", word->wish.id, "Its name; name@3 is its version 3")->required();
    add_form(*show, word->wish.form);
    choose<OneWish>(*show, chosen, word, [](Session& session, const OneWish& wish) {
        return show_workflow(session, wish.id, wish.form);
    });
}

/// Needs no server and no key.
void add_check(CLI::App& group, Chosen& chosen) {
    struct Wish {
        std::vector<std::string> files;
        Form form = Form::Table;
    };
    auto* check = group.add_subcommand("check", "Say everything that is wrong with files of workflows");
    auto wish = std::make_shared<Wish>();
    check->add_option("file", wish->files, "Files of JSON or TOML")->required();
    add_form(*check, wish->form);
    check->callback([&chosen, wish] {
        chosen = [wish] {
            const auto err = [](std::string_view bytes) {
                std::fwrite(bytes.data(), 1, bytes.size(), stderr);
            };
            return check_files(wish->files, wish->form, print, err);
        };
    });
}

struct RunWords {
    RunWish run;
    std::string wait;
};

void add_run(CLI::App& group, Chosen& chosen) {
    auto* run = group.add_subcommand("run", "Run a workflow and show its steps; ^C cancels");
    auto word = make_word<RunWords>(*run);
    auto& wish = word->wish.run;
    run->add_option("workflow", wish.workflow, "A file (.json, .toml), a name, or name@version")->required();
    run->add_option("input", wish.input, "Its input: name=value …, or an object as JSON");
    run->add_option("--wait", word->wish.wait, "Leave after this time (90, 30s, 5m); the task goes on");
    run->add_option("--idempotency-key", wish.idempotency_key, "Calls with the same key are one task");
    run->add_flag("--detach", wish.is_detached, "Print the task's id and leave");
    run->add_flag("-q,--quiet", word->process.is_quiet, "Nothing but the result");
    add_form(*run, wish.form);
    choose<RunWords>(
        *run, chosen, word,
        [](Session& session, const RunWords& wanted) { return run_task(session, wanted.run); },
        [](RunWords& wanted) { wanted.run.wait = time_of(wanted.wait); });
}

}  // namespace

void add_workflow_options(CLI::App& run, RunWish& wish) {
    auto* workflow = run.add_option("--workflow", wish.workflow,
                                    "Run this workflow: a file (.json, .toml), a name, or name@version");
    run.add_option("--input", wish.input,
                   "Its input: name=value, or an object as JSON; the task is its \"task\"")
        ->allow_extra_args(false)
        ->needs(workflow);
}

void add_workflows(CLI::App& app, Chosen& chosen) {
    auto* group = app.add_subcommand("workflow", "Several agents at one task, step by step");
    group->require_subcommand(1);
    add_ls(*group, chosen);
    add_show(*group, chosen);
    add_check(*group, chosen);
    add_run(*group, chosen);
    add_watch(*group, chosen);
}

}  // namespace meshai::cli
