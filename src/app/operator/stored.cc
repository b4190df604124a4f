#include "app/operator/stored.h"

#include <fmt/format.h>

#include <filesystem>

#include "store/memory/engine.h"
#include "store/sqlite/engine.h"

namespace meshai::app {

Result<std::unique_ptr<store::Engine>> open_store(const StoreSettings& settings, Use use, Clock& clock,
                                                  Log& log) {
    if (settings.path.value == kInMemory) {
        if (use == Use::Serve) return std::make_unique<store::MemoryEngine>(clock);
        return Error{
            Code::Configuration,
            "store.path is \":memory:\": what one process keeps in memory no other can see. Name a file."};
    }
    const auto folder = std::filesystem::path(settings.path.value).parent_path();
    std::error_code failure;
    if (!folder.empty() && !std::filesystem::is_directory(folder, failure))
        return Error{
            Code::Configuration,
            fmt::format("The folder of the store, {}, does not exist; make it, or change store.path.",
                        folder.string())};
    store::SqliteOptions options;
    options.path = settings.path.value;
    options.role = use == Use::Serve ? store::Role::Server : store::Role::Tool;
    return store::open_sqlite(std::move(options), clock, log);
}

}  // namespace meshai::app
