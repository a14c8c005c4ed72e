#pragma once

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// What can be asked of a study's trials: operations' rows, whose arguments are checked.

base::Result<base::Json> ask(study::Study& study, const base::Json& arguments);
base::Result<base::Json> tell(study::Study& study, const base::Json& arguments);
base::Result<base::Json> report(study::Study& study, const base::Json& arguments);
base::Result<base::Json> add(study::Study& study, const base::Json& arguments);
base::Result<base::Json> enqueue(study::Study& study, const base::Json& arguments);
base::Result<base::Json> hint(study::Study& study, const base::Json& arguments);
base::Result<base::Json> hints(study::Study& study, const base::Json& arguments);
base::Result<base::Json> forget(study::Study& study, const base::Json& arguments);
base::Result<base::Json> retry(study::Study& study, const base::Json& arguments);
base::Result<base::Json> note(study::Study& study, const base::Json& arguments);
base::Result<base::Json> tag(study::Study& study, const base::Json& arguments);
base::Result<base::Json> untag(study::Study& study, const base::Json& arguments);
base::Result<base::Json> best(study::Study& study, const base::Json& arguments);

}  // namespace sterlet::api
