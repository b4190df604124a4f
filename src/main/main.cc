// The one program: understands the command line and hands on to the word that was said.
#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/words.h"
#include "main/operator_words.h"

int main(int argc, char** argv) {
    CLI::App app{"MeshAI: one MCP server that runs tasks on a mesh of AI agents and streams every step."};
    app.name("meshai");
    app.footer(std::string(meshai::cli::kExitCodeHelp));
    app.require_subcommand(1);
    app.set_version_flag("--version", "meshai " MESHAI_VERSION);

    meshai::cli::Chosen chosen;
    meshai::add_operator_words(app, chosen);
    meshai::cli::add_words(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
        return app.exit(wrong) == 0 ? meshai::cli::kOk : meshai::cli::kUsage;
    }
    return chosen ? chosen() : meshai::cli::kUsage;
}
