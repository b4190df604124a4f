// The one program: understands the command line and hands on to the word that was said.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/spelling.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/words.h"
#include "main/mcp_word.h"
#include "main/operator_words.h"

namespace {

std::vector<std::string> words_of(const CLI::App& app) {
    std::vector<std::string> words;
    for (const auto* known : app.get_subcommands({})) words.push_back(known->get_name());
    return words;
}

/// The parser says only that a word is missing; whoever mistyped one wants to know which.
int complain_of_word(const std::string& word, const std::vector<std::string>& words) {
    const auto near = meshai::nearest(word, words);
    const auto advice = near ? "; did you mean \"" + *near + "\"?" : "; see meshai --help.";
    return meshai::cli::complain(
        {meshai::Code::InvalidArgument, "There is no word \"" + word + "\"" + advice});
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"MeshAI: one MCP server that runs tasks on a mesh of AI agents and streams every step."};
    app.name("meshai");
    app.footer(std::string(meshai::cli::kExitCodeHelp));
    app.require_subcommand(1);
    app.set_version_flag("--version", "meshai " MESHAI_VERSION);

    meshai::cli::Chosen chosen;
    meshai::add_operator_words(app, chosen);
    meshai::cli::add_words(app, chosen);
    meshai::add_mcp_word(app, chosen);
    const std::string word = argc > 1 ? argv[1] : "-";
    const auto words = words_of(app);
    if (!word.starts_with('-') && std::ranges::find(words, word) == words.end())
        return complain_of_word(word, words);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
        return app.exit(wrong) == 0 ? meshai::cli::kOk : meshai::cli::kUsage;
    }
    return chosen ? chosen() : meshai::cli::kUsage;
}
