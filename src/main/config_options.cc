#include "main/config_options.h"

#include <fmt/format.h>

namespace meshai {

void ConfigOptions::add_to(CLI::App& command) {
    command.add_option("-c,--config", file, "The configuration (default: ./meshai.toml if there is one)")
        ->type_name("FILE");
    command.add_option("--set", settings, "A setting over the file, as limits.running_tasks=10")
        ->type_name("KEY=VALUE");
}

Result<app::Config> ConfigOptions::load(std::vector<app::Setting> flags) const {
    for (const auto& setting : settings) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos)
            return Error{Code::Configuration, fmt::format("--set {}: write it as KEY=VALUE", setting)};
        flags.push_back({setting.substr(0, equals), setting.substr(equals + 1), "--set"});
    }
    return app::load_config(file, std::move(flags));
}

}  // namespace meshai
