// wire/schema/schema.h
//
// JSON Schema, dialect 2020-12, as a value: compiled once from a tree, then
// asked about any number of instances. The doors check the arguments of tools
// with it before a handler runs; both the schema and the instance may come from
// somebody who means harm.
//
// A Schema is immutable and cheap to copy; any thread may use it. Nothing is
// ever fetched: a reference leads into the schema itself, into the dialect's own
// meta-schema or into a document handed in, or the schema is refused. Every cost
// has a bound with a name, and no input ends the process.
// `format` is an annotation and is not checked, as 2020-12 has it by default.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace meshai::wire::schema {

class Engine;

/// Documents that a schema may refer to by an absolute URI, by that URI. They are the server's own: no
/// bound of size is applied to them.
using Documents = std::map<std::string, json::value, std::less<>>;

/// What an absent `$schema` means. Draft-07, which many tools still write, is the other dialect that is read.
inline constexpr std::string_view kDialect202012 = "https://json-schema.org/draft/2020-12/schema";
inline constexpr std::string_view kDialectDraft07 = "http://json-schema.org/draft-07/schema#";

/// A check names at most so many members that are wrong.
inline constexpr std::size_t kComplaintsMax = 5;

class Schema {
  public:
    /// Code::InvalidArgument says what is wrong with the schema and where, as a JSON pointer.
    static Result<Schema> compile(const json::value& schema, const Documents& known = {});

    /// Code::InvalidArgument says which members are wrong and what was expected of them, or that the
    /// instance is too large or takes too much work to be checked. It quotes no values of the instance.
    Status check(const json::value& instance) const;

  private:
    explicit Schema(std::shared_ptr<const Engine> engine) : engine_(std::move(engine)) {}

    std::shared_ptr<const Engine> engine_;
};

}  // namespace meshai::wire::schema
