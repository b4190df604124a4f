#include "tests/transcripts/script.h"

#include <sstream>
#include <utility>

namespace meshai::tests {

std::vector<Exchange> parse_script(std::string_view text) {
    std::vector<Exchange> script;
    std::vector<std::string> comment;
    enum class In { Comment, Request, Answer } in = In::Answer;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# ")) {
            in = In::Comment;
            comment.push_back(line);
        } else if (line.starts_with("--> ")) {
            in = In::Request;
            script.push_back({.comment = std::exchange(comment, {}), .request_line = line.substr(4)});
        } else if (line.starts_with("<-- ")) {
            in = In::Answer;
        } else if (in == In::Request && line.starts_with("~ ")) {
            script.back().deeds.push_back(line.substr(2));
        } else if (in == In::Request) {
            script.back().body += script.back().body.empty() ? line : "\n" + line;
        }
    }
    // Blank lines between two exchanges are for the reader.
    for (auto& exchange : script)
        while (exchange.body.ends_with('\n')) exchange.body.pop_back();
    return script;
}

}  // namespace meshai::tests
