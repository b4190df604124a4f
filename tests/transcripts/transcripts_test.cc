// Plays every transcript of this folder against the real server in memory and
// compares what stands on the wire with what stands in the file. With
// --update the files are written anew; the difference is then for the review.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/transcripts/play_lines.h"
#include "tests/transcripts/script.h"

namespace meshai::tests {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// A file that begins with "toys-" is played with toys.
Tools tools_of(const fs::path& path) {
    return path.filename().string().starts_with("toys-") ? Tools::Toys : Tools::Product;
}

class Transcript : public testing::Test {
  public:
    Transcript(fs::path path, bool writes) : path_(std::move(path)), writes_(writes) {}

    void TestBody() override {
        const auto expected = read(path_);
        const bool is_stdio = path_.parent_path().filename() == "stdio";
        const auto told = is_stdio ? play_lines(expected) : play(parse_script(expected), tools_of(path_));
        if (writes_)
            std::ofstream(path_) << told;
        else
            EXPECT_EQ(told, expected) << path_ << " says otherwise; transcripts_test --update writes it anew";
    }

  private:
    fs::path path_;
    bool writes_;
};

// gtest reads "-" in a filter as "but not".
std::string name_of(const fs::path& path) {
    auto name = path.stem().string();
    for (auto& c : name)
        if (c == '-') c = '_';
    return name;
}

void register_all(bool writes) {
    for (const auto& entry : fs::recursive_directory_iterator(MESHAI_TRANSCRIPTS)) {
        if (entry.path().extension() != ".txt") continue;
        const auto suite = "Transcript_" + name_of(entry.path().parent_path());
        testing::RegisterTest(
            suite.c_str(), name_of(entry.path()).c_str(), nullptr, nullptr, __FILE__, __LINE__,
            [path = entry.path(), writes]() -> testing::Test* { return new Transcript(path, writes); });
    }
}

}  // namespace
}  // namespace meshai::tests

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    meshai::tests::register_all(argc > 1 && std::string_view(argv[1]) == "--update");
    return RUN_ALL_TESTS();
}
