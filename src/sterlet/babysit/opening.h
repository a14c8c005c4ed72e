#pragma once

#include <optional>

#include "sterlet/babysit/model.h"
#include "sterlet/babysit/supervisor.h"

namespace sterlet::babysit {

/// Chooses the model that is raised: a new one, or the old one to continue with, and claims its trial for this session.
/// Within a transaction. Returns the claim to launch; the model has the tree.
/// Errors    kConflict where another process raises it, or it has finished; kNotFound; those of the storage.
base::Result<study::Claim> open_model(study::Study& study, storage::Storage& storage, exec::Executor& executor,
                                      const base::Clock& clock, const Start& start, const std::string& session,
                                      Model& model);

}  // namespace sterlet::babysit
