// wire/schema/compare.h
//
// Numbers of any two kinds compared exactly, and whether the elements of an
// array differ, in about linear time. Included by bounded_keywords.h alone.
#pragma once

#include <cmath>
#include <functional>
#include <unordered_map>
#include <vector>

#include "wire/schema/bounded_jsoncons.h"

namespace meshai::wire::schema {

/// Holds every 64-bit integer and every double exactly.
inline long double exact(const Tree& number) {
    static_assert(std::numeric_limits<long double>::digits >= 64);
    if (number.type() == jsoncons::json_type::int64_value)
        return static_cast<long double>(number.as<std::int64_t>());
    if (number.type() == jsoncons::json_type::uint64_value)
        return static_cast<long double>(number.as<std::uint64_t>());
    return static_cast<long double>(number.as<double>());
}

inline bool is_whole(const Tree& number) {
    return number.is_number() && std::trunc(exact(number)) == exact(number);
}

inline bool is_multiple(const Tree& number, double of) {
    const auto value = exact(number);
    if (std::trunc(value) == value && std::trunc(of) == of)
        return std::remainder(value, static_cast<long double>(of)) == 0;
    // Every whole number is a multiple of 1/n, however far apart doubles of its size are.
    const auto inverse = 1 / of;
    if (std::trunc(value) == value && std::fabs(inverse - std::round(inverse)) < std::fabs(inverse) * 1e-12)
        return true;
    // A decimal fraction is rarely exact in binary: off by less than the next double is no difference,
    // as long as doubles near the value are closer together than its multiples.
    const auto rounded = static_cast<double>(value);
    const auto off = std::fabs(std::remainder(rounded, of));
    const auto next = std::fabs(std::nextafter(rounded, 0) - rounded);
    return off == 0 || (off < next && next < std::fabs(of) / 2);
}

/// Equal values have equal numbers.
inline std::size_t hash_of(const Tree& value, Meter& meter) {
    meter.charge(1);
    const auto mixed = [](std::size_t a, std::size_t b) { return a * 1'099'511'628'211ULL ^ b; };
    if (value.is_number()) return std::hash<double>{}(static_cast<double>(exact(value)) + 0.0);
    if (value.is_string()) {
        meter.charge(value.as_string_view().size() / 16);
        return std::hash<std::string_view>{}(std::string_view(value.as_string_view()));
    }
    std::size_t hash = static_cast<std::size_t>(value.type());
    if (value.is_array())
        for (const auto& element : value.array_range()) hash = mixed(hash, hash_of(element, meter));
    if (value.is_object())
        for (const auto& member : value.object_range())
            hash = mixed(mixed(hash, std::hash<std::string_view>{}(member.key())),
                         hash_of(member.value(), meter));
    return value.is_bool() ? mixed(hash, value.as<bool>() ? 1 : 2) : hash;
}

inline bool has_equal_elements(const Tree& array, Meter& meter) {
    std::unordered_map<std::size_t, std::vector<const Tree*>> seen;
    for (const auto& element : array.array_range()) {
        auto& alike = seen[hash_of(element, meter)];
        for (const auto* other : alike) {
            static_cast<void>(hash_of(*other, meter));  // what comparing with it costs at most
            if (*other == element) return true;
        }
        alike.push_back(&element);
    }
    return false;
}

}  // namespace meshai::wire::schema
