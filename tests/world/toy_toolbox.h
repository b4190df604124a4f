// tests/world/toy_toolbox.h
//
// A toolbox whose tools do one thing each that a door has to carry: say
// something before the answer, ask the client, wait, hang up, begin a task,
// break. Stories and transcripts play the real door with it. Thread-safe.
//
//     echo {text}   answers with the text
//     steps {count} reports `count` steps, one a second
//     log           a line of each of four levels, one a second
//     wait          for an hour
//     hang_up       leaves the client, works for a second, answers
//     ask_name      a form; ask_model: sampling; ask_roots; ask_page: a URL
//     ask_all       form, sampling and roots at once
//     work {task}   begins a task of the mesh
//     change        the lists of tools, prompts and resources, and toy://watched
//     throw         breaks
#pragma once

#include "doors/house.h"
#include "doors/toolbox/toolbox.h"

namespace meshai::tests {

class ToyToolbox final : public doors::Toolbox {
  public:
    explicit ToyToolbox(const doors::ToolboxNeeds& needs);

    wire::mcp::Implementation identity() const override;
    std::string instructions() const override { return "These are toys."; }
    wire::mcp::ServerAbilities abilities() const override;
    const std::vector<doors::ToolEntry>& tools() const override { return tools_; }
    const std::vector<doors::PromptEntry>& prompts() const override { return prompts_; }
    const std::vector<wire::mcp::ResourceTemplate>& templates() const override { return templates_; }
    Async<Result<std::vector<wire::mcp::Resource>>> resources(doors::Context& context) override;
    Async<doors::ReadOutcome> read(doors::Context& context, std::string uri) override;
    Async<Result<wire::mcp::Completion>> complete(doors::Context& context,
                                                  wire::mcp::CompletionRequest request) override;
    std::expected<wire::mcp::ToolResult, wire::jsonrpc::Fault> result_of(const TaskId& id,
                                                                         const task::View& view) override;
    wire::mcp::CacheHint list_cache() const override { return {}; }
    doors::Changes& changes() override { return changes_; }

    /// What the tools are given.
    struct Means {
        mesh::TaskExecutor& executor;
        Clock& clock;
        doors::Changes& changes;
    };

  private:
    doors::Changes changes_{};
    std::vector<doors::ToolEntry> tools_{};
    std::vector<doors::PromptEntry> prompts_{};
    std::vector<wire::mcp::ResourceTemplate> templates_{};
};

inline constexpr std::string_view kWatchedToy = "toy://watched";

}  // namespace meshai::tests
