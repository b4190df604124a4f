#include "wire/schema/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "wire/schema/bounded_members.h"
#include "wire/schema/tree.h"

namespace meshai::wire::schema {
namespace {

namespace js = jsoncons::jsonschema;

/// Where a schema without `$id` is. `.invalid` is never anybody's (RFC 2606), so nothing else is there.
constexpr std::string_view kBase = "https://schema.invalid/";

/// What the longest sentence of one complaint may be.
constexpr std::size_t kComplaintBytesMax = 600;
constexpr std::size_t kWhereBytesMax = 200;

/// A keyword that finds nothing to say.
constexpr std::uint64_t kStepWork = 4;

/// Carries an unresolved reference out of the library.
struct Unresolved : std::exception {
    explicit Unresolved(std::string reference) : to(std::move(reference)) {}
    const char* what() const noexcept override { return to.c_str(); }
    std::string to;
};

/// Keeps the first complaints and then ends the check.
class Collector : public js::error_reporter {
  public:
    std::vector<Complaint> complaints;

  private:
    js::walk_result do_error(const js::validation_message& message) override {
        auto next = complaint(message);
        if (std::ranges::find(complaints, next) != complaints.end()) return js::walk_result::advance;
        complaints.push_back(std::move(next));
        return complaints.size() < kComplaintsMax ? js::walk_result::advance : js::walk_result::abort;
    }

    static Complaint complaint(const js::validation_message& message) {
        std::string what = message.message();
        if (what.ends_with('.')) what.pop_back();
        if (!what.empty() && what.front() >= 'A' && what.front() <= 'Z') what.front() += 'a' - 'A';
        std::string details;
        for (const auto& detail : message.details()) {
            const auto where = detail.instance_location().string();
            details += details.empty() ? "" : "; ";
            if (where != message.instance_location().string())
                details += fmt::format("'{}': ", shortened(where, kWhereBytesMax));
            details += detail.message();
        }
        if (!details.empty()) what += " (" + details + ")";
        return {shortened(message.instance_location().string(), kWhereBytesMax),
                shortened(what, kComplaintBytesMax)};
    }

    static std::string shortened(const std::string& text, std::size_t bytes_max) {
        const auto clean = valid_utf8(text);
        return clean.size() <= bytes_max ? clean : std::string(utf8_prefix(clean, bytes_max)) + "…";
    }
};

class JsonconsEngine : public Engine {
  public:
    JsonconsEngine(std::unique_ptr<js::document_schema_validator<Tree>> document, const SchemaSize& size)
        : document_(std::move(document)), size_(size) {}

    Result<std::vector<Complaint>> complaints(const json::value& instance,
                                              const InstanceSize& size) const override {
        // A step copies the path of its value; a visit looks up every name that its schema has.
        const std::uint64_t step = kStepWork + size.path_bytes / 32;
        Meter meter({.step = step, .visit = step + size_.widest, .gathering = size.widest});
        const auto tree = tree_of<Tree>(instance);
        const js::eval_context<Tree> context(meter, size_.data_bytes / 64);
        js::evaluation_results results;
        Collector collector;
        Tree patch(jsoncons::json_array_arg);
        try {
            document_->validate(context, tree, {}, results, collector, patch);
        } catch (const TooMuchWork&) {
            return Error{
                Code::InvalidArgument,
                "The value takes too much work to be checked against its schema; send a smaller one."};
        } catch (const jsoncons::json_exception& error) {
            return Error{Code::Internal, "The value could not be checked against its schema.", error.what()};
        }
        return std::move(collector.complaints);
    }

  private:
    const std::unique_ptr<js::document_schema_validator<Tree>> document_;
    const SchemaSize size_;
};

/// The library asks for a document when a reference leads to a place that it does not know.
Tree resolve(const jsoncons::uri& uri, const Documents& known) {
    const auto found = known.find(uri.base().string());
    if (found == known.end()) throw Unresolved(uri.string());
    return tree_of<Tree>(found->second);
}

std::string unresolved(std::string reference) {
    if (reference.starts_with(kBase)) reference.erase(0, kBase.size());
    return fmt::format("The schema refers to '{}', which is not in it; nothing is fetched from elsewhere.",
                       utf8_prefix(valid_utf8(reference), kWhereBytesMax));
}

std::unique_ptr<js::document_schema_validator<Tree>> compiled(const json::value& schema,
                                                              std::string_view dialect,
                                                              const Documents& known) {
    // The compatibility mode knows `definitions` and `dependencies`, which many schemas still have.
    const auto version = dialect == kDialectDraft07 ? kDialectDraft07 : kDialect202012;
    const auto options = js::evaluation_options{}
                             .default_version(std::string(version))
                             .default_base_uri(std::string(kBase))
                             .compatibility_mode(true);
    const std::vector<js::resolve_uri_type<Tree>> resolvers = {
        js::meta_resolver<Tree>, [&known](const jsoncons::uri& uri) { return resolve(uri, known); }};
    std::map<jsoncons::uri, js::schema_validator<Tree>*> store;
    auto factory = js::validator_factory_factory<Tree>()(tree_of<Tree>(schema), options, &store, resolvers,
                                                         std::unordered_map<std::string, bool>{});
    factory->build_schema(std::string(kBase));
    return factory->get_schema_validator();
}

}  // namespace

Result<std::shared_ptr<const Engine>> Engine::build(const json::value& schema, std::string_view dialect,
                                                    const SchemaSize& size, const Documents& known) {
    try {
        return std::make_shared<JsonconsEngine>(compiled(schema, dialect, known), size);
    } catch (const Unresolved& error) {
        return Error{Code::InvalidArgument, unresolved(error.to)};
    } catch (const PatternRefused& refused) {
        return refused.error;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        // The library throws several kinds, of its own and of the standard's, for URIs and values that it
        // cannot read.
        return Error{Code::InvalidArgument,
                     fmt::format("The schema cannot be used: {}.",
                                 utf8_prefix(valid_utf8(error.what()), kWhereBytesMax))};
    }
}

}  // namespace meshai::wire::schema
