#pragma once

#include "sterlet/practices/claim.h"

namespace sterlet::practices {

// One function a claim, in the file of that name.
Finding grid_values(const Parts& parts);
Finding random_beats_grid(const Parts& parts);
Finding even_cover(const Parts& parts);
Finding log_scale(const Parts& parts);
Finding reverse_log_scale(const Parts& parts);
Finding average_window(const Parts& parts);
Finding coarse_to_fine(const Parts& parts);
Finding never_cut_off(const Parts& parts);
Finding wrong_scale_refine(const Parts& parts);
Finding wrong_scale_gp(const Parts& parts);
Finding tiers(const Parts& parts);
Finding doctor(const Parts& parts);
Finding stale_optimum(const Parts& parts);
Finding plan_choice(const Parts& parts);

}  // namespace sterlet::practices
