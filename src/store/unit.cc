#include "store/unit.h"

#include <fmt/format.h>

#include <set>

namespace meshai::store {
namespace {

Error wrong(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kNameBytesMax;
}

Status check(const Append& append) {
    if (!is_name(append.log.value))
        return wrong(fmt::format("The id of a log must have 1 to {} bytes.", kNameBytesMax));
    for (const auto& record : append.records) {
        if (!is_name(record.id.value))
            return wrong(fmt::format("The id of an event must have 1 to {} bytes.", kNameBytesMax));
        if (record.last && &record != &append.records.back())
            return wrong("Nothing can follow the last event of a log.");
    }
    return {};
}

Status check(const Put& put) {
    if (!put.key.empty() && put.key.size() <= kKeyBytesMax) return {};
    return wrong(fmt::format("The key of a row must have 1 to {} bytes.", kKeyBytesMax));
}

}  // namespace

Status check(const Unit& unit) {
    if (!is_name(unit.tenant.value))
        return wrong(fmt::format("The id of a tenant must have 1 to {} bytes.", kNameBytesMax));

    std::set<std::string_view> logs;
    std::size_t records = 0;
    for (const auto& append : unit.appends) {
        if (auto fine = check(append); !fine) return fine;
        if (!logs.insert(append.log.value).second) return wrong("A unit names a log at most once.");
        records += append.records.size();
    }
    std::set<std::pair<Table, std::string_view>> rows;
    for (const auto& put : unit.puts) {
        if (auto fine = check(put); !fine) return fine;
        if (!rows.insert({put.table, put.key}).second) return wrong("A unit names a row at most once.");
    }
    if (records + unit.puts.size() > kUnitRecordsMax)
        return Error{Code::TooLarge,
                     fmt::format("A unit holds at most {} events and rows.", kUnitRecordsMax)};
    if (bytes_of(unit) > kUnitBytesMax)
        return Error{Code::TooLarge, fmt::format("A unit holds at most {} bytes.", kUnitBytesMax)};
    return {};
}

std::size_t bytes_of(const Unit& unit) {
    constexpr std::size_t kOverhead = 64;
    std::size_t bytes = kOverhead;
    for (const auto& append : unit.appends)
        for (const auto& record : append.records) bytes += record.bytes.size() + kOverhead;
    for (const auto& put : unit.puts)
        bytes += put.key.size() + (put.value ? put.value->size() : 0) + kOverhead;
    return bytes;
}

std::string end_of_prefix(std::string prefix) {
    while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
    if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return prefix;
}

}  // namespace meshai::store
