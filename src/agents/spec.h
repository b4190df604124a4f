// agents/spec.h
//
// What is known about an agent: who it is, how to reach it, what it can do and
// what it costs. Comes from the operator's file or from a registration over
// REST; a value, never a connection. Secrets are here and nowhere else, and no
// encoder for clients ever writes them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"

namespace meshai::agents {

enum class Kind {
    OpenAi,   ///< any OpenAI-compatible chat completions endpoint
    Http,     ///< the family's {endpoint}/execute
    Mesh,     ///< a remote MeshAI: POST /api/v1/tasks/stream
    Command,  ///< a local program; from the operator's file only
};

/// "openai", "http", "mesh", "command".
std::string_view kind_name(Kind kind);
std::optional<Kind> kind_of(std::string_view name);

struct Cost {
    double per_call = 0;
    double per_1k_input_tokens = 0;
    double per_1k_output_tokens = 0;
    friend bool operator==(const Cost&, const Cost&) = default;
};

/// A credential that never prints. `reveal` is called where it is sent, only.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }
    friend bool operator==(const Secret&, const Secret&) = default;

  private:
    std::string value_;
};

struct Spec {
    AgentId id;
    std::string name;
    Kind kind = Kind::Http;
    std::string framework = "custom";
    std::vector<std::string> capabilities;  ///< normalised: lower case, '-' as '_'
    std::string url;                        ///< base URL; empty for command
    std::string health_url;                 ///< probed with GET; empty: the kind's default, or none
    std::string model;                      ///< openai
    Secret api_key;                         ///< sent as Bearer (openai, http, mesh)
    std::vector<std::string> argv;          ///< command
    json::value instructions;               ///< null, string or object
    int max_concurrent_tasks = 10;          ///< 1..10'000
    std::optional<bool> idempotent;  ///< absent: the kind's default (openai, mesh: yes; http, command: no)
    bool delegates = false;          ///< may hand parts of its tasks to the mesh, and ask a person
    Cost cost;
    bool allow_private = false;  ///< may live on a loopback or private address
    std::string description;
    std::string version = "1.0.0";
    std::vector<std::string> tags;
    json::object metadata;
    json::value input_schema;
    json::value output_schema;

    bool is_idempotent() const;
};

inline constexpr std::size_t kAgentNameBytesMax = 128;
inline constexpr std::size_t kCapabilitiesMax = 64;
inline constexpr std::size_t kInstructionsBytesMax = 64U << 10U;
inline constexpr std::size_t kMetadataBytesMax = 64U << 10U;

/// "Code-Generation" -> "code_generation"; "general" -> "text_generation".
std::string normal_capability(std::string_view text);

/// Checks a spec (from either source); the message names the member and says what to write.
Status check(const Spec& spec);

/// The wire form of 4.2 (registration body) to a spec and back; `to_json`
/// leaves secrets, argv and the API key out.
Result<Spec> spec_from_json(const json::object& body);
json::object to_json(const Spec& spec);

/// Instructions (string or object form, of agent and task; the task's override) as the text of a system
/// prompt.
std::string instructions_text(const json::value& of_agent, const json::value& of_task);

}  // namespace meshai::agents
