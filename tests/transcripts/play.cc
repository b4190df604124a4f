#include <fmt/format.h>

#include <map>
#include <regex>
#include <stdexcept>

#include "tests/transcripts/script.h"
#include "tests/world/mcp_client.h"
#include "tests/world/world.h"
#include "wire/meshai/event_number.h"

namespace meshai::tests {
namespace {

// Header fields that tell something; the others are the same on every answer.
constexpr std::string_view kShown[] = {"Allow",  "WWW-Authenticate",     "Retry-After",   "Location",
                                       "Accept", "Idempotency-Replayed", "Mcp-Session-Id"};

/// Names for what differs from run to run, and the way back.
class Names {
  public:
    std::string hide(std::string text) {
        static const std::regex kTask("t_[0-9a-z]{26}");
        static const std::regex kSession("s_[0-9a-f]{48}");
        text = name_all(std::move(text), kTask, "task");
        text = name_all(std::move(text), kSession, "session");
        static const std::regex kState("[A-Za-z0-9_-]{80,}");
        text = name_all(std::move(text), kState, "state");
        static const std::regex kPlace("\\b[1-9][0-9]{8}0*([0-9]+)\\b");
        static const std::regex kNumber("\\b[1-9][0-9]{15}\\b");
        std::string out;
        for (std::smatch found; std::regex_search(text, found, kNumber); text = found.suffix().str()) {
            out += found.prefix().str() + "#" + std::regex_replace(found.str(), kPlace, "$1");
        }
        static const std::regex kOther("\\b[re]_[0-9a-z]{26}");
        return std::regex_replace(out + text, kOther, "<id>");
    }

    std::string show(std::string text) const {
        static const std::regex kEvent("<task ([0-9]+)>#([0-9]+)");
        for (std::smatch found; std::regex_search(text, found, kEvent);) {
            const TaskId task{id_of("<task " + found[1].str() + ">")};
            text = found.prefix().str() + wire::guide::event_number(task, std::stoull(found[2].str())) +
                   found.suffix().str();
        }
        for (const auto& [id, name] : names_)
            for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
                text.replace(at, name.size(), id);
        return text;
    }

  private:
    std::string name_all(std::string text, const std::regex& ids, std::string_view kind) {
        for (std::smatch found; std::regex_search(text, found, ids);) {
            const auto id = found.str();
            if (!names_.contains(id)) names_[id] = fmt::format("<{} {}>", kind, ++counts_[std::string(kind)]);
            text = found.prefix().str() + names_[id] + found.suffix().str();
        }
        return text;
    }
    std::string id_of(const std::string& wanted) const {
        for (const auto& [id, name] : names_)
            if (name == wanted) return id;
        throw std::runtime_error("the transcript names a task that is not there yet: " + wanted);
    }

    std::map<std::string, std::string> names_{};
    std::map<std::string, int> counts_{};  ///< of each kind
};

struct Asked {
    std::string method;
    std::string target;
    net::http::Headers headers;
};

Asked parse_request_line(std::string line) {
    constexpr std::string_view kGap = "  ";
    Asked asked;
    auto end = line.find(kGap);
    const auto first = line.substr(0, end);
    asked.method = first.substr(0, first.find(' '));
    asked.target = first.substr(first.find(' ') + 1);
    while (end != std::string::npos) {
        line.erase(0, end + kGap.size());
        end = line.find(kGap);
        const auto field = line.substr(0, end);
        asked.headers.add(field.substr(0, field.find(": ")), field.substr(field.find(": ") + 2));
    }
    if (asked.headers.count("Content-Type") == 0) asked.headers.set("Content-Type", "application/json");
    return asked;
}

/// The words behind `start`, if the deed starts so.
std::optional<std::string> words_after(const std::string& deed, std::string_view start) {
    if (!deed.starts_with(start)) return std::nullopt;
    return deed.substr(start.size());
}

// A second request of the same client while the first waits: an answer to a question, a notification.
void post_beside(World& world, const Asked& asked, std::string body) {
    auto headers = asked.headers;
    headers.set("Content-Type", "application/json");
    headers.set("Accept", "application/json, text/event-stream");
    headers.remove("Last-Event-ID");
    world.send("POST", asked.target, std::move(headers), std::move(body));
    world.loop.settle();
}

void act(World& world, Stream& stream, const Asked& asked, const Names& names, const std::string& deed) {
    if (deed == "client leaves") {
        stream.close();
        return world.loop.settle();
    }
    if (const auto named = words_after(deed, "client posts to ")) {
        const auto post = names.show(*named);
        const auto space = post.find(' ');
        auto other = asked;
        other.target = post.substr(0, space);
        return post_beside(world, other, post.substr(space + 1));
    }
    if (const auto body = words_after(deed, "client posts "))
        return post_beside(world, asked, names.show(*body));
    if (const auto said = words_after(deed, "agent says ")) return world.agent_says(*said);
    if (const auto text = words_after(deed, "agent writes ")) return world.agent_writes(*text);
    if (const auto result = words_after(deed, "agent finishes ")) {
        const auto object = parse_json_object(*result);
        return world.agent_finishes(object ? json::value(*object) : json::value(*result));
    }
    if (const auto failure = words_after(deed, "agent fails ")) {
        const auto space = failure->find(' ');
        return world.agent_fails({.error = {code_of(failure->substr(0, space)), failure->substr(space + 1)}});
    }
    if (const auto key = words_after(deed, "agent asks ")) return world.agent_asks({*key});
    if (deed.ends_with(" s pass")) return world.passes(std::chrono::seconds(std::stoi(deed)));
    throw std::runtime_error("the transcript holds a deed that nobody can do: " + deed);
}

std::string answer_text(const Stream& stream, Names& names) {
    auto line = fmt::format("<-- {} {}", stream.status(), stream.headers().get("Content-Type").value_or("-"));
    for (const auto& name : kShown)
        if (const auto value = stream.headers().get(name)) line += fmt::format("  {}: {}", name, *value);
    auto body = stream.bytes();
    while (body.ends_with('\n')) body.pop_back();
    return names.hide(line + "\n" + body + (body.empty() ? "" : "\n"));
}

}  // namespace

std::string play(const std::vector<Exchange>& script, Tools tools) {
    World world(1, {}, tools == Tools::Toys ? toys() : nullptr);
    Names names;
    std::string told;
    for (const auto& exchange : script) {
        if (&exchange != &script.front()) told += "\n";
        for (const auto& line : exchange.comment) told += line + "\n";
        told += "--> " + exchange.request_line + "\n";
        if (!exchange.body.empty()) told += exchange.body + "\n";

        auto asked = parse_request_line(names.show(exchange.request_line));
        auto& stream = world.send(asked.method, asked.target, asked.headers, names.show(exchange.body));
        for (const auto& deed : exchange.deeds) {
            (void)answer_text(stream, names);  // what has come so far may name what the deed speaks of
            act(world, stream, asked, names, deed);
            told += "~ " + deed + "\n";
        }
        world.loop.settle();
        told += answer_text(stream, names);
    }
    return told;
}

}  // namespace meshai::tests
