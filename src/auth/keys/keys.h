// auth/keys/keys.h
//
// API keys: made with 256 bits of randomness, shown once, stored as a SHA-256
// (a slow hash would protect nothing: there is no guessing such a key). Used by
// the gate and by `meshai key`, with the server running or not.
#pragma once

#include <string>
#include <vector>

#include "auth/gate.h"

namespace meshai::auth {

struct NewKey {
    TenantId tenant;
    std::string name;
    Subject subject;                  ///< empty: the name
    std::vector<std::string> scopes;  ///< empty: read, execute and manage
    bool is_test = false;             ///< msk_test_ instead of msk_live_
    std::optional<WallTime> expires_at;
};

struct KeyRecord {
    std::string id;  ///< "k_…", never the key
    TenantId tenant;
    std::string name;
    Subject subject;
    std::vector<std::string> scopes;
    WallTime created_at{};
    std::optional<WallTime> expires_at;
    std::optional<WallTime> revoked_at;
    std::string prefix;  ///< first characters, to recognise it by
};

struct CreatedKey {
    KeyRecord record;
    std::string key;  ///< the only time it is seen
};

class Keys {
  public:
    Keys(store::Engine& engine, Clock& clock, Random& random);

    Async<Result<CreatedKey>> create(NewKey wanted);
    Async<Result<std::vector<KeyRecord>>> list();
    /// By id. NotFound.
    Async<Status> revoke(std::string id);
    /// Removes every key of this name as if it had never been: for keys that a process makes for itself
    /// alone.
    Async<Status> forget(std::string name);
    /// The valid record of a key as presented. Unauthenticated when unknown, expired or revoked.
    Async<Result<KeyRecord>> look_up(std::string key);

  private:
    store::Engine& engine_;
    Clock& clock_;
    Random& random_;
};

}  // namespace meshai::auth
