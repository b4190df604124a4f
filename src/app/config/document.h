// app/config/document.h
//
// A TOML document as the reader needs it: tables of members, each with the line
// it stands on, so that every complaint can say where. Pure. toml++ is seen by
// document.cc only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace meshai::app {

/// What is wrong, and where: a line of the file, or the name of a variable or flag.
struct Problem {
    int line = 0;       ///< 0: not in the file
    std::string where;  ///< "agents.writer.url", "MESHAI_SERVER_LISTEN"
    std::string what;
};

/// `meshai.toml:14: agents.writer.url: …`
std::string describe(const Problem& problem, std::string_view file_name);

struct Member {
    std::string key;
    int line = 0;
    json::value value;
};

/// One [table], one entry of a [[list of tables]], or ("" as its name) the loose members of the top.
struct DocumentTable {
    std::string name;
    int line = 0;
    bool is_entry = false;  ///< of a [[list]]
    std::vector<Member> members;
};

struct Document {
    std::vector<DocumentTable> tables;
    std::vector<Problem> problems;  ///< TOML itself was broken: tables is then empty
};

Document parse_document(std::string_view text);

}  // namespace meshai::app
