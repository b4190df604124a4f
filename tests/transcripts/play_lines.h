// tests/transcripts/play_lines.h
//
// A transcript of a client over stdio, told anew: one line a message, with the
// bridge and the whole server behind it. The lines:
//
//     # why this is worth a look
//     > what the client says
//     ~ agent says WORDS | agent finishes WORDS | SECONDS s pass
//     ~ the connection breaks | the server is killed | client leaves
//     < what the client hears
#pragma once

#include <string>
#include <string_view>

namespace meshai::tests {

/// Plays what is said and done against a new world and writes the whole transcript.
std::string play_lines(std::string_view text);

}  // namespace meshai::tests
