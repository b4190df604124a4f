// mesh/library/library.h
//
// The workflows that can be called by name. They come from three places: the
// product has six of its own, the operator has files, and tenants put theirs
// over REST, which are kept with their versions. The name of a tenant hides
// the operator's, and his hides the product's. A definition that was taken
// from here is a value: what happens to the library later does not touch a task
// that runs it. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/log.h"
#include "store/engine.h"
#include "workflow/definition.h"

namespace meshai::mesh {

inline constexpr std::size_t kWorkflowsPerTenantMax = 1'000;
inline constexpr int kVersionsKept = 50;  ///< of one workflow; older ones go when a new one comes

enum class WorkflowSource { Predefined, File, Tenant };

/// "predefined", "file", "tenant".
std::string_view source_name(WorkflowSource source);

/// One version of one workflow. `definition.version` is always there.
struct Kept {
    workflow::Definition definition{};
    WorkflowSource source = WorkflowSource::Predefined;
    std::string origin{};   ///< who put it, or the name of the file
    WallTime created_at{};  ///< zero for what the product has
};
using KeptWorkflow = std::shared_ptr<const Kept>;

class WorkflowLibrary {
  public:
    WorkflowLibrary(store::Engine& engine, Clock& clock, Log& log);

    /// Reads what tenants have put. At start.
    Async<Status> load();

    /// What the operator's files say now, in the place of what they said before: a
    /// definition that has changed is the next version. Their names differ.
    void set_files(std::vector<Kept> files);

    /// The next version of a tenant's workflow, durable when this returns. The definition
    /// has been checked. InvalidArgument without a name, ResourceExhausted over
    /// kWorkflowsPerTenantMax, Conflict where somebody else put one at the same moment.
    Async<Result<KeptWorkflow>> put(TenantId tenant, Subject by, workflow::Definition definition);

    /// All versions of a tenant's workflow. NotFound; PermissionDenied for one that is not a tenant's.
    Async<Status> remove(TenantId tenant, std::string name);

    /// Of "name" the newest version, of "name@3" that one; null: there is none.
    KeptWorkflow find(const TenantId& tenant, std::string_view call) const;

    /// The newest version of each name that the tenant sees, by name.
    std::vector<KeptWorkflow> list(const TenantId& tenant) const;

    /// What is kept of one name, newest first; of tenants' workflows the last kVersionsKept.
    std::vector<KeptWorkflow> versions(const TenantId& tenant, std::string_view name) const;

  private:
    /// The versions of one name, oldest first.
    using Shelf = std::vector<KeptWorkflow>;
    using Shelves = std::map<std::string, Shelf, std::less<>>;

    const Shelf* shelf_of(const TenantId& tenant, std::string_view name) const;

    store::Engine& engine_;
    Clock& clock_;
    Log& log_;
    Shelves predefined_{};
    mutable std::mutex mutex_;
    Shelves files_{};                           // guarded by mutex_
    std::map<TenantId, Shelves> of_tenants_{};  // guarded by mutex_
};

}  // namespace meshai::mesh
