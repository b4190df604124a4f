// app/workflows/workflow_files.h
//
// The operator's workflows: the files of JSON and TOML in one folder, read at
// the start and again when they change, and given to the library. A file that is
// wrong is told in the log with all its problems, once a change, and what it said
// before goes on; runs that have begun keep their version anyway. The files are
// small and the folder is looked at from time to time: no word from the operating
// system can be missed. One executor.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "mesh/library/library.h"

namespace meshai::app {

/// Between two looks at the folder.
inline constexpr Duration kFolderPeriod = std::chrono::seconds(3);
/// Files of a folder; what comes behind by name is left out.
inline constexpr std::size_t kWorkflowFilesMax = 1'000;

class WorkflowFiles {
  public:
    WorkflowFiles(std::string folder, mesh::WorkflowLibrary& library, Clock& clock, Log& log);

    /// Reads what has changed since the last look.
    void look();

    /// Looks again and again, until the scope is closed.
    Async<void> run();

  private:
    /// What changes when a file does.
    struct Stamp {
        std::filesystem::file_time_type written{};
        std::uintmax_t bytes = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    struct File {
        Stamp stamp{};
        std::optional<workflow::Definition> newest{};  // as it stands in the file
        std::vector<workflow::Problem> problems{};     // of reading it
        std::optional<workflow::Definition> good{};    // the last one that could be used
        WallTime good_since{};
        std::string told{};  // problems that the log has
    };
    using Stamps = std::map<std::string, Stamp>;

    std::optional<Stamps> stamps();
    void read(const std::string& name, File& file);
    bool take(const Stamps& now);
    void judge();
    std::vector<workflow::Problem> problems_of(const std::string& name, const File& file) const;
    void tell(const std::string& name, File& file, const std::vector<workflow::Problem>& problems);
    void give();

    std::string folder_;
    mesh::WorkflowLibrary& library_;
    Clock& clock_;
    Log& log_;
    std::map<std::string, File> files_{};  // by name of the file
    std::string complaint_{};              // about the folder, as the log has it
};

}  // namespace meshai::app
