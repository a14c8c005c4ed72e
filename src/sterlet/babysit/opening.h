#pragma once

#include <optional>

#include "sterlet/babysit/model.h"
#include "sterlet/babysit/supervisor.h"
#include "sterlet/study/sessions.h"

namespace sterlet::babysit {

/// A model that a process raises of which `watch` cannot say yet whether it lives: to be asked again in a moment, before
/// the model is opened. Nothing: all is clear.
base::Result<std::optional<std::int64_t>> find_unclear_model(const study::Study& study, storage::Storage& storage,
                                                             const std::string& session, study::SessionWatch& watch);

/// Chooses the model that is raised: a new one, or the old one to continue with, and claims its trial for this session.
/// Within a transaction. Returns the claim to launch; the model has the tree.
/// Errors    kConflict where another process raises it, or it has finished; kNotFound; those of the storage.
base::Result<study::Claim> open_model(study::Study& study, storage::Storage& storage, exec::Executor& executor,
                                      const base::Clock& clock, study::SessionWatch& watch, const Start& start,
                                      const std::string& session, Model& model);

}  // namespace sterlet::babysit
