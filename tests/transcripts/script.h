// tests/transcripts/script.h
//
// A transcript as it stands in a file, and how it is told anew. The lines:
//
//     # why this is worth a look
//     --> METHOD TARGET  Name: value  Name: value
//     the body of the request
//     ~ agent says WORDS | agent writes WORDS | agent finishes WORDS | agent fails CODE WORDS
//     ~ agent asks KEY
//     ~ SECONDS s pass
//     ~ client leaves | client posts BODY | client posts to TARGET BODY
//     <-- STATUS CONTENT-TYPE  Name: value
//     the body of the answer, as far as it has come
//
// Ids differ from run to run and are named by their order: <task 1>, <session 1>, <state 1>,
// and #7 for the id of an event. A request may use the same names (<task 1>#7 is the
// id of event 7 of that task). "Authorization: none" sends no key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meshai::tests {

struct Exchange {
    std::vector<std::string> comment{};
    std::string request_line{};  ///< behind "--> "
    std::string body{};
    std::vector<std::string> deeds{};  ///< behind "~ "
};

std::vector<Exchange> parse_script(std::string_view text);

/// What the world's server offers: the product's tools, or toys (world/toy_toolbox.h)
/// where a story needs a tool that asks, hangs up or waits.
enum class Tools { Product, Toys };

/// Plays the exchanges against a new world and writes the whole transcript.
std::string play(const std::vector<Exchange>& script, Tools tools);

}  // namespace meshai::tests
