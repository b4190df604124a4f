// cli/word.h
//
// How a word of the command line is made: its options, which server it is for,
// and what it does when the whole line is understood. For the files of this room
// that say words.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/process.h"
#include "cli/words.h"

namespace meshai::cli {

void add_target(CLI::App& command, ProcessWish& wish);

/// "90", "30s", "5m", "2h" as a time; nothing for an empty text. A usage error for any other.
std::optional<Millis> time_of(const std::string& text);

/// One of the words: its server, its wishes, and what it does with them.
template <class Wish>
struct Word {
    ProcessWish process;
    Wish wish;
};

template <class Wish>
std::shared_ptr<Word<Wish>> make_word(CLI::App& command) {
    auto word = std::make_shared<Word<Wish>>();
    add_target(command, word->process);
    return word;
}

/// `ready` is called when the whole line is understood, for what the parser cannot check.
template <class Wish>
void choose(CLI::App& command, Chosen& chosen, std::shared_ptr<Word<Wish>> word,
            Async<int> (*act)(Session& session, const Wish& wish), void (*ready)(Wish& wish) = nullptr) {
    command.callback([&chosen, word = std::move(word), act, ready] {
        if (ready != nullptr) ready(word->wish);
        chosen = [word, act] {
            return run_command(word->process,
                               [word, act](Session& session) { return act(session, word->wish); });
        };
    });
}

struct OneWish {
    std::string id;
    std::string wait;
    Form form = Form::Table;
};

/// The word "watch" of a group: whatever the task is, it is followed in the same way.
void add_watch(CLI::App& group, Chosen& chosen);

}  // namespace meshai::cli
