// doors/tools/product_toolbox.h
//
// The product as a toolbox: every tool and resource of this folder, and what a
// finished task is as the result of the tool that began it. Made once by app.
// Thread-safe.
#pragma once

#include "doors/house.h"
#include "doors/tools/make_tool.h"

namespace meshai::doors {

class ProductToolbox final : public Toolbox {
  public:
    explicit ProductToolbox(const ToolboxNeeds& needs);
    ~ProductToolbox() override;
    ProductToolbox(const ProductToolbox&) = delete;
    ProductToolbox& operator=(const ProductToolbox&) = delete;

    wire::mcp::Implementation identity() const override;
    std::string instructions() const override;
    wire::mcp::ServerAbilities abilities() const override;

    const std::vector<ToolEntry>& tools() const override { return tools_; }
    const std::vector<PromptEntry>& prompts() const override { return prompts_; }
    const std::vector<wire::mcp::ResourceTemplate>& templates() const override { return templates_; }
    Async<Result<std::vector<wire::mcp::Resource>>> resources(Context& context) override;
    Async<ReadOutcome> read(Context& context, std::string uri) override;
    Async<Result<wire::mcp::Completion>> complete(Context& context,
                                                  wire::mcp::CompletionRequest request) override;
    std::expected<wire::mcp::ToolResult, wire::jsonrpc::Fault> result_of(const TaskId& id,
                                                                         const task::View& view) override;
    wire::mcp::CacheHint list_cache() const override;
    Changes& changes() override { return changes_; }

  private:
    Means means_;
    Identity identity_;
    std::vector<ToolEntry> tools_{};
    std::vector<PromptEntry> prompts_{};
    std::vector<wire::mcp::ResourceTemplate> templates_{};
    Changes changes_{};
};

}  // namespace meshai::doors
