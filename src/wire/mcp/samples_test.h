// wire/mcp/samples_test.h
//
// One value of every kind that MCP writes, with every member set, so that a
// table per revision can show how that revision writes each. The names are the
// rows of those tables.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "wire/mcp/codec.h"

namespace meshai::wire::mcp {

struct Sample {
    std::string_view name;
    std::function<json::value(const Codec& codec)> written;
};

/// In the order of the tables.
const std::vector<Sample>& samples();

/// How one revision writes one sample.
struct Row {
    std::string_view name;
    std::string_view json;
};

/// Compares all samples with the table, in the table's order; a sample without a
/// row, or a row without a sample, is a failure.
void expect_written(Revision revision, const std::vector<Row>& rows);

Implementation sample_server();
Tool sample_tool();
Task sample_task(TaskStatus status);

}  // namespace meshai::wire::mcp
