// cli/output.h
//
// What commands print: tables and lists for people, JSON for programs. Results
// go to stdout, everything else to stderr. Texts from the server are shown
// without control characters: an agent's words must not steer a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/exit_code.h"

namespace meshai::cli {

enum class Form { Table, Json };

/// Of a terminal.
struct PageSize {
    std::size_t rows = 24;
    std::size_t columns = 80;
};

struct Column {
    std::string_view member;  ///< of each row
    std::string_view title;
};

/// Rows under their titles, columns aligned. Pure.
std::string table_text(const json::array& rows, const std::vector<Column>& columns);

/// One `member  value` a line. Pure.
std::string members_text(const json::object& object);

/// A value as a person reads it: texts without quotes, lists with commas, nothing for null. Pure.
std::string plain(const json::value& value);

/// `text` without control characters; newlines and tabs stay where `lines` says so. Pure.
std::string printable(std::string_view text, bool lines);

void print(std::string_view text);
void print_json(const json::value& value);

/// `meshai: what happened` on stderr; gives the exit code that goes with it.
int complain(const Error& error);

}  // namespace meshai::cli
