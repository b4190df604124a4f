#include "app/operator/model_server.h"

#include <gtest/gtest.h>

#include <map>

#include "base/test_loop.h"
#include "net/http/server.h"
#include "net/memory/network.h"

namespace meshai::app {
namespace {

class ModelServerTest : public testing::Test {
  protected:
    ~ModelServerTest() override {
        for (auto& server : servers) loop.run(server->drain(0s));
    }

    void serve(std::uint16_t port, std::string body) {
        auto handler = [body](net::http::Exchange& exchange) -> Async<void> {
            const int status = exchange.head().path == "/v1/models" ? 200 : 404;
            net::http::Response response{status, {{"Content-Type", "application/json"}}, body};
            auto sent = co_await exchange.respond(std::move(response));
            if (!sent) co_return;
        };
        servers.push_back(std::make_unique<net::http::Server>(
            loop.ex(), loop.clock, loop.log, metrics, net::http::Limits{}, net::http::AllowList{}, handler));
        servers.back()->serve(*network.listen(loop.ex(), {"127.0.0.1", port}));
        loop.settle();
    }

    std::optional<FoundModel> find() {
        return loop.run(
            find_model(http, loop.clock, [this](const std::string& name) -> std::optional<std::string> {
                const auto found = variables.find(name);
                if (found == variables.end()) return std::nullopt;
                return found->second;
            }));
    }

    TestLoop loop;
    Metrics metrics;
    net::MemoryNetwork network{loop.clock};
    net::client::Client http{loop.ex(), network, loop.clock, loop.log};
    std::vector<std::unique_ptr<net::http::Server>> servers;
    std::map<std::string, std::string> variables;
};

TEST_F(ModelServerTest, NothingIsFoundWhereNothingAnswers) {
    EXPECT_FALSE(find());
}

TEST_F(ModelServerTest, AServerOnLoopbackIsFoundWithItsFirstModel) {
    serve(1234, R"({"data":[{"id":"qwen"},{"id":"other"}]})");
    const auto found = find();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->url, "http://127.0.0.1:1234/v1");
    EXPECT_EQ(found->model, "qwen");
    EXPECT_TRUE(agents::check(agent_of(*found)));
}

TEST_F(ModelServerTest, SomethingElseOnAUsualPortIsNotAModel) {
    serve(8000, "<html>hello</html>");
    serve(8080, R"({"data":[]})");
    EXPECT_FALSE(find());
}

TEST_F(ModelServerTest, TheEnvironmentGoesFirst) {
    serve(11434, R"({"data":[{"id":"llama"}]})");
    variables = {{"OPENAI_BASE_URL", "http://127.0.0.1:11434/v1/"}};
    EXPECT_EQ(find()->model, "llama");
    EXPECT_EQ(find()->url, "http://127.0.0.1:11434/v1");
    variables = {{"OPENAI_API_KEY", "sk-1"}};
    EXPECT_EQ(find()->url, "https://api.openai.com/v1");
    EXPECT_EQ(find()->key.reveal(), "sk-1");
    variables["OPENAI_MODEL"] = "gpt-5";
    EXPECT_EQ(find()->model, "gpt-5");
}

}  // namespace
}  // namespace meshai::app
