#include "app/config/reader.h"

#include <gmock/gmock.h>

#include <map>

#include "app/config/schema.h"

namespace meshai::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ConfigTest : public testing::Test {
  protected:
    Reading read(std::string text) {
        Source source{std::move(text), "/etc/mesh"};
        source.flags = flags;
        source.variable = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            if (found == variables.end()) return std::nullopt;
            return found->second;
        };
        source.read_file = [this](const std::string& path) -> Result<std::string> {
            const auto found = files.find(path);
            if (found == files.end())
                return Error{Code::Configuration, path + " cannot be read: no such file"};
            return found->second;
        };
        return read_config(source);
    }

    /// The complaints, as the operator reads them.
    std::string complaints(std::string text) {
        return describe(read(std::move(text)).problems, "meshai.toml");
    }

    Config good(std::string text) {
        auto reading = read(std::move(text));
        EXPECT_EQ(describe(reading.problems, "meshai.toml"), "");
        return reading.config;
    }

    std::map<std::string, std::string> variables;
    std::map<std::string, std::string> files;
    std::vector<Setting> flags;
};

TEST_F(ConfigTest, AnEmptyFileIsAllDefaults) {
    const auto config = good("");
    EXPECT_EQ(config.server.listen, "127.0.0.1:8080");
    EXPECT_EQ(config.limits.requests_per_minute, 100);
    EXPECT_EQ(config.limits.body_bytes.value, 4 << 20);
    EXPECT_FALSE(config.server.allow_private_agents);
    EXPECT_FALSE(config.server.stream_answers);
    EXPECT_TRUE(config.agents.empty());
}

TEST_F(ConfigTest, EveryTableIsRead) {
    const auto config = good(R"(
[server]
listen = "0.0.0.0:443"
public_url = "https://mesh.example.com"
allowed_hosts = ["mesh.example.com"]
allowed_origins = ["https://app.example.com"]
allow_private_agents = true
stream_answers = true
tls_cert = "cert.pem"
tls_key = "/run/secrets/key.pem"

[store]
path = "data/mesh.db"
keep_finished_for = "7d"

[limits]
requests_per_minute = 600
body_bytes = "1MiB"
task_timeout = 90

[log]
format = "json"
level = "debug"
)");
    EXPECT_EQ(config.server.listen, "0.0.0.0:443");
    EXPECT_EQ(config.server.allowed_hosts, std::vector<std::string>{"mesh.example.com"});
    EXPECT_TRUE(config.server.allow_private_agents);
    EXPECT_TRUE(config.server.stream_answers);
    EXPECT_EQ(config.server.tls_cert.value, "/etc/mesh/cert.pem") << "relative to the file's folder";
    EXPECT_EQ(config.server.tls_key.value, "/run/secrets/key.pem");
    EXPECT_EQ(config.store.path.value, "/etc/mesh/data/mesh.db");
    EXPECT_EQ(config.store.keep_finished_for, std::chrono::hours(24 * 7));
    EXPECT_EQ(config.limits.requests_per_minute, 600);
    EXPECT_EQ(config.limits.body_bytes.value, 1 << 20);
    EXPECT_EQ(config.limits.task_timeout, 90s);
    EXPECT_EQ(config.log.format, "json");
}

TEST_F(ConfigTest, AgentsOfEveryKindAreRead) {
    files["/etc/mesh/openai.key"] = "sk-123\n";
    variables["MESH_TOKEN"] = "msk_live_abc";
    const auto config = good(R"(
[[agents]]
name = "writer"
kind = "openai"
url = "http://127.0.0.1:11434/v1"
model = "llama3"
api_key_file = "openai.key"
capabilities = ["Text-Generation", "reasoning"]
instructions = "Be brief."
max_concurrent_tasks = 4
cost = { per_1k_input_tokens = 0.1, per_1k_output_tokens = 0.3 }
allow_private = true
delegates = true

[[agents]]
name = "coder"
kind = "http"
url = "https://agents.example.com/coder/execute"
health_url = "https://agents.example.com/health"
capabilities = ["code_generation"]
instructions = { guidelines = ["Test first."], outputFormat = "a patch" }
idempotent = true
cost = 0.02

[[agents]]
name = "far"
kind = "mesh"
url = "https://far.example.com"
api_key_env = "MESH_TOKEN"
capabilities = ["data_analysis"]

[[agents]]
name = "tool"
kind = "command"
argv = ["/usr/bin/wc", "-w"]
)");
    ASSERT_EQ(config.agents.size(), 4U);
    const auto& writer = config.agents[0];
    EXPECT_EQ(writer.kind, agents::Kind::OpenAi);
    EXPECT_EQ(writer.api_key.reveal(), "sk-123");
    EXPECT_THAT(writer.capabilities, ElementsAre("text_generation", "reasoning"));
    EXPECT_EQ(writer.max_concurrent_tasks, 4);
    EXPECT_TRUE(writer.allow_private);
    EXPECT_TRUE(writer.delegates);
    EXPECT_FALSE(config.agents[1].delegates);
    EXPECT_EQ(config.agents[1].cost.per_call, 0.02);
    EXPECT_EQ(config.agents[1].idempotent, true);
    EXPECT_TRUE(config.agents[1].instructions.is_object());
    EXPECT_EQ(config.agents[2].api_key.reveal(), "msk_live_abc");
    EXPECT_THAT(config.agents[3].argv, ElementsAre("/usr/bin/wc", "-w"));
    EXPECT_THAT(config.agents[3].capabilities, ElementsAre("text_generation"));
}

TEST_F(ConfigTest, AWrongUrlIsAnsweredWithLineNameAndWhatToWrite) {
    EXPECT_EQ(
        complaints("[[agents]]\nname = \"writer\"\nkind = \"openai\"\nurl = \"htp://localhost\"\n"),
        "meshai.toml:4: agents.writer.url: \"htp://localhost\" has no known scheme; use http:// or https://");
}

TEST_F(ConfigTest, AllMistakesAreListedNotOnlyTheFirst) {
    EXPECT_EQ(complaints("[server]\nlisten = \"nowhere\"\nthread = 4\n[limits]\nbody_bytes = 1\n"),
              "meshai.toml:2: server.listen: \"nowhere\" is not an address with a port; write for example "
              "\"127.0.0.1:8080\"\n"
              "meshai.toml:3: server.thread: there is no such key; did you mean \"threads\"?\n"
              "meshai.toml:5: limits.body_bytes: 1 is too small; the least is 1KiB");
}

struct Complaint {
    const char* name;
    const char* text;
    const char* says;  ///< part of what the operator reads
};

const Complaint kComplaints[] = {
    {"UnknownKey", "[server]\nlisten_on = \"a:1\"",
     ":2: server.listen_on: there is no such key; did you mean \"listen\"?"},
    {"SwappedLetters", "[server]\nlitsen = \"a:1\"", "did you mean \"listen\"?"},
    {"KeyOfAnotherTable", "[server]\npath = \"x\"", "\"path\" belongs to [store]"},
    {"NothingNear", "[log]\nzzzzzz = 1", "[log] has format, level"},
    {"UnknownTable", "[sever]\nlisten = \"a:1\"",
     ":1: sever: there is no such table; did you mean \"server\"?"},
    {"LooseKey", "listen = \"a:1\"", ":1: listen: belongs to a table; write it below [server]"},
    {"AgentsAsOneTable", "[agents]\nname = \"x\"", "[[agents]]"},
    {"AgentsAsNamedTables", "[agents.writer]\nkind = \"openai\"", "[[agents]]"},
    {"ServerAsList", "[[server]]\nlisten = \"a:1\"", "is one table; write [server]"},
    {"NotToml", "[server\nlisten = 1", ":1: not valid TOML"},
    {"SameKeyTwice", "[log]\nlevel = \"info\"\nlevel = \"warn\"", ":3: not valid TOML"},
    {"TextForNumber", "[limits]\nrequests_per_minute = \"many\"", "\"many\" is not a whole number"},
    {"FractionForNumber", "[limits]\nrequests_per_minute = 1.5", "is not a whole number"},
    {"NumberForText", "[server]\nlisten = 8080", "8080 is not a text"},
    {"TextForList", "[server]\nallowed_hosts = \"a\"", "is not a list of texts"},
    {"NumberInList", "[server]\nallowed_hosts = [1]", "1 is not a text"},
    {"Negative", "[limits]\nconnections = -1", "-1 is too small; the least is 1"},
    {"TooLarge", "[server]\nthreads = 1000", "1000 is too large; the most is 256"},
    {"BadTime", "[limits]\ntask_timeout = \"soon\"", "\"soon\" is not a time"},
    {"BadSize", "[limits]\nbody_bytes = \"4MB\"", "\"4MB\" is not a size"},
    {"BadWord", "[log]\nlevel = \"loud\"", "\"loud\" is not known here; use one of debug, info, warn, error"},
    {"HostWithScheme", "[server]\nallowed_hosts = [\"https://a\"]", "is not a host name"},
    {"OriginWithPath", "[server]\nallowed_origins = [\"https://a/b\"]", "is not an origin"},
    {"CertWithoutKey", "[server]\ntls_cert = \"a\"", ":2: server.tls_cert: tls_key is missing"},
    {"TimeoutOverItsMaximum", "[limits]\ntask_timeout = \"2h\"\ntask_timeout_max = \"1h\"",
     ":2: limits.task_timeout"},
    {"AgentWithoutName", "[[agents]]\nkind = \"http\"\nurl = \"http://a\"", ":1: agents[1].name: is missing"},
    {"AgentWithoutKind", "[[agents]]\nname = \"a\"\nurl = \"http://a\"", ":1: agents.a.kind: is missing"},
    {"AgentOfUnknownKind", "[[agents]]\nname = \"a\"\nkind = \"opnai\"",
     ":3: agents.a.kind: \"opnai\" is not known"},
    {"AgentWithoutUrl", "[[agents]]\nname = \"a\"\nkind = \"http\"", ":1: agents.a.url:"},
    {"CommandWithoutArgv", "[[agents]]\nname = \"a\"\nkind = \"command\"", ":1: agents.a.argv:"},
    {"SecretInTheFile", "[[agents]]\nname = \"a\"\napi_key = \"sk-1\"", "use api_key_file or api_key_env"},
    {"SecretFileMissing",
     "[[agents]]\nname = \"a\"\nkind = \"http\"\nurl = \"http://a\"\napi_key_file = \"k\"",
     ":5: agents.a.api_key_file: /etc/mesh/k cannot be read"},
    {"SecretVariableMissing",
     "[[agents]]\nname = \"a\"\nkind = \"http\"\nurl = \"http://a\"\napi_key_env = \"K\"",
     ":5: agents.a.api_key_env: the variable K is not set"},
    {"TwoAgentsOfOneName",
     "[[agents]]\nname = \"a\"\nkind = \"http\"\nurl = \"http://a\"\n[[agents]]\nname = \"a\"\nkind = "
     "\"http\"\nurl = \"http://b\"",
     ":6: agents.a.name: \"a\" is taken by the agent of line 1"},
    {"UnknownPartOfCost", "[[agents]]\nname = \"a\"\ncost = { per_token = 1 }",
     "there is no \"per_token\" in a cost"},
    {"NegativeCost", "[[agents]]\nname = \"a\"\ncost = -1", "is not an amount"},
};

std::string complaint_name(const testing::TestParamInfo<Complaint>& info) {
    return info.param.name;
}

class ComplaintTest : public ConfigTest, public testing::WithParamInterface<Complaint> {};

TEST_P(ComplaintTest, SaysWhatIsWrongWhereAndWhatToWrite) {
    EXPECT_THAT(complaints(GetParam().text), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(Config, ComplaintTest, testing::ValuesIn(kComplaints), complaint_name);

TEST_F(ConfigTest, VariablesGoOverTheFileAndFlagsOverVariables) {
    const std::string file =
        "[server]\nlisten = \"127.0.0.1:1\"\n[store]\npath = \"a\"\n[log]\nlevel = \"info\"\n";
    variables = {{"MESHAI_SERVER_LISTEN", "127.0.0.1:2"},
                 {"MESHAI_STORE_PATH", "b"},
                 {"MESHAI_SERVER_ALLOWED_HOSTS", "a.example, b.example"},
                 {"MESHAI_LIMITS_REQUESTS_PER_MINUTE", "7"},
                 {"MESHAI_LIMITS_TASK_TIMEOUT", "2m"}};
    flags = {{"server.listen", "127.0.0.1:3", "--listen"}};
    const auto config = good(file);
    EXPECT_EQ(config.server.listen, "127.0.0.1:3");
    EXPECT_EQ(config.store.path.value, "b") << "relative to the working directory, not to the file";
    EXPECT_THAT(config.server.allowed_hosts, ElementsAre("a.example", "b.example"));
    EXPECT_EQ(config.limits.requests_per_minute, 7);
    EXPECT_EQ(config.limits.task_timeout, 2min);
    EXPECT_EQ(config.log.level, "info");
}

TEST_F(ConfigTest, AWrongVariableOrFlagIsCalledByItsName) {
    variables = {{"MESHAI_LIMITS_CONNECTIONS", "lots"}};
    flags = {{"server.listen", "8080", "--listen"}, {"server.nothing", "1", "--set"}};
    EXPECT_EQ(complaints(""),
              "MESHAI_LIMITS_CONNECTIONS: limits.connections: \"lots\" is not a whole number\n"
              "--listen: server.listen: \"8080\" is not an address with a port; write for example "
              "\"127.0.0.1:8080\"\n"
              "--set: there is no key \"server.nothing\"");
}

TEST_F(ConfigTest, NoKeyIsInTheTableTwiceAndEveryDefaultIsWithinItsBounds) {
    Config config;
    std::string text;
    for (const auto& section : sections()) {
        text += "[" + std::string(section.name) + "]\n";
        for (const auto& key : section.keys)
            text += std::string(key.name) + " = " + slot_text(key.slot(config)) + "\n";
    }
    good(text);
}

}  // namespace
}  // namespace meshai::app
