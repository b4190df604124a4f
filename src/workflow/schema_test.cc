#include "workflow/schema.h"

#include <gtest/gtest.h>

#include "wire/schema/schema.h"
#include "workflow/members.h"
#include "workflow/predefined.h"
#include "workflow/samples_test.h"
#include "workflow/step_reader.h"
#include "workflow/words.h"

namespace meshai::workflow {
namespace {

wire::schema::Schema compiled() {
    auto schema = wire::schema::Schema::compile(definition_schema());
    EXPECT_TRUE(schema) << schema.error().message;
    return *schema;
}

TEST(DefinitionSchema, AllowsEveryGoodSampleAndItsNormalForm) {
    const auto schema = compiled();
    for (const auto& sample : good_samples()) {
        const auto as_written = schema.check(*parse_json(sample.text));
        EXPECT_TRUE(as_written) << sample.name << ": " << as_written.error().message;
        const auto normal = schema.check(to_json(defined(sample.text)));
        EXPECT_TRUE(normal) << sample.name << ": " << normal.error().message;
    }
    for (const auto& definition : predefined()) {
        const auto fits = schema.check(to_json(definition));
        EXPECT_TRUE(fits) << definition.name << ": " << fits.error().message;
    }
}

TEST(DefinitionSchema, RefusesWhatTheReaderRefusesAsFarAsASchemaCan) {
    const auto schema = compiled();
    for (const auto& sample : bad_samples())
        EXPECT_EQ(!schema.check(*parse_json(sample.text)), sample.schema_knows) << sample.name;
}

/// Every value that a good definition has, taken out or replaced: whatever the schema refuses, the reader
/// refuses.
class Mutations {
  public:
    explicit Mutations(json::value value) : whole_(std::move(value)) { visit(whole_, ""); }
    const std::vector<std::pair<std::string, json::value>>& all() const { return all_; }

  private:
    void visit(json::value& value, const std::string& place) {
        static const json::value kOthers[] = {nullptr,
                                              true,
                                              -1,
                                              1'000'000'000'000,
                                              "",
                                              "x y",
                                              "input.x",
                                              "5m",
                                              json::array{},
                                              json::object{},
                                              json::array{"a"},
                                              0.5,
                                              "approval"};
        for (const auto& other : kOthers) {
            auto kept = std::exchange(value, other);
            all_.emplace_back(place + "=" + to_text(other), whole_);
            value = std::move(kept);
        }
        if (auto* object = value.if_object()) {
            for (auto& member : *object) visit(member.value(), place + "." + std::string(member.key()));
            const auto copy = *object;
            for (const auto& member : copy) {
                object->erase(member.key());
                all_.emplace_back(place + " without " + std::string(member.key()), whole_);
                *object = copy;
            }
        }
        if (auto* array = value.if_array())
            for (auto& element : *array) visit(element, place + "[]");
    }

    json::value whole_;
    std::vector<std::pair<std::string, json::value>> all_;
};

TEST(DefinitionSchema, AndTheReaderAgreeOnEveryChangeOfTheGoodSamples) {
    const auto schema = compiled();
    std::size_t refused = 0;
    for (const auto& sample : good_samples()) {
        const Mutations mutations(*parse_json(sample.text));
        for (const auto& [what, value] : mutations.all()) {
            const auto by_schema = schema.check(value);
            const auto by_reader = read(value);
            if (by_reader)
                EXPECT_TRUE(by_schema) << sample.name << " " << what << ": " << by_schema.error().message;
            // Times have a largest value that the pattern of a schema cannot say.
            const bool is_about_range =
                !by_reader && listed(by_reader.error()).find("must lie between") != std::string::npos;
            if (!by_reader && !is_about_range)
                EXPECT_FALSE(by_schema) << sample.name << " " << what << ": " << listed(by_reader.error());
            refused += by_reader ? 0 : 1;
        }
    }
    EXPECT_GT(refused, 500U) << "the changes are worth looking at";
}

const json::value& at(const json::value& schema, std::string_view pointer) {
    return schema.at_pointer(pointer);
}

TEST(DefinitionSchema, SaysTheBoundsOfTheReader) {
    const auto schema = definition_schema();
    EXPECT_EQ(at(schema, "/properties/description/maxLength"), kDescriptionBytesMax);
    EXPECT_EQ(at(schema, "/properties/category/maxLength"), kTitleBytesMax);
    EXPECT_EQ(at(schema, "/$defs/id/pattern"),
              json::value("^[a-z0-9_-]{1," + std::to_string(kIdBytesMax) + "}$"));
    EXPECT_EQ(at(schema, "/$defs/name/maxLength"), kNameBytesMax);
    EXPECT_EQ(at(schema, "/$defs/tags/anyOf/1/maxItems"), kTagsMax);
    EXPECT_EQ(at(schema, "/$defs/names/anyOf/1/maxItems"), kAgentsMax);
    EXPECT_EQ(kAgentsMax, kCapabilitiesMax);
    EXPECT_EQ(at(schema, "/$defs/steps/maxItems"), kStepsMax);
    EXPECT_EQ(at(schema, "/$defs/ids/anyOf/1/maxItems"), kStepsMax);
    EXPECT_EQ(at(schema, "/$defs/step/properties/title/maxLength"), kTitleBytesMax);
    EXPECT_EQ(at(schema, "/$defs/map/properties/width/maximum"), kMapWidthMax);
    EXPECT_EQ(at(schema, "/$defs/retry/properties/attempts/maximum"), kRetryAttemptsMax);
    const auto& types = at(schema, "/$defs/step/properties/type/enum").as_array();
    EXPECT_EQ(types, json::array(kTypes.begin(), kTypes.end()));
}

}  // namespace
}  // namespace meshai::workflow
