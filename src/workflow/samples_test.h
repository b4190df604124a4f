// workflow/samples_test.h
//
// Definitions that several tests of this room use: good ones of every type of
// step, and texts that are wrong in one place each, with what is said of it.
// For tests only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "workflow/definition.h"

namespace meshai::workflow {

struct GoodSample {
    std::string_view name;
    std::string_view text;
};
std::vector<GoodSample> good_samples();

struct BadSample {
    std::string_view name;
    std::string_view text;
    std::string_view problem;  ///< how the first one begins, with its place
    bool schema_knows = true;  ///< a JSON Schema can say it, too
};
std::vector<BadSample> bad_samples();

/// The definition of a text that is good.
Definition defined(std::string_view text);
/// All problems, one a line.
std::string listed(const std::vector<Problem>& problems);

}  // namespace meshai::workflow
