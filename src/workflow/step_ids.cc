#include "workflow/step_ids.h"

#include <fmt/format.h>

#include "workflow/definition.h"

namespace meshai::workflow {
namespace {

/// Room for "-2" and what follows it.
constexpr std::size_t kStemBytesMax = kIdBytesMax - 8;

std::string slug(std::string_view name) {
    std::string id;
    for (const char c : name) {
        if (id.size() == kStemBytesMax) break;
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool fits = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '_';
        if (fits)
            id += lower;
        else if (!id.empty() && id.back() != '-')
            id += '-';
    }
    while (id.ends_with('-')) id.pop_back();
    return id;
}

}  // namespace

std::string StepIds::make(std::string_view name, std::string_view fallback) {
    auto stem = slug(name);
    if (stem.empty()) stem = fallback;
    auto id = stem;
    for (std::size_t n = 2; !used_.insert(id).second; ++n) id = fmt::format("{}-{}", stem, n);
    return id;
}

std::string result_hole(std::string_view id) {
    return fmt::format("${{steps.\"{}\".result}}", id);
}

}  // namespace meshai::workflow
