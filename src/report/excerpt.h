/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A few lines of source around a finding, for terminals. */

#include "report/format.h"

/* Appends the source line of a finding with its number and a caret line under the exact words, as compilers do:
       3 | RUN apt-get install nginx
	 |                     ^^^^^
   Tabs become spaces, long lines are cut around the caret. Nothing when the target has no text or the finding no line.
 */
void stk_excerpt(struct stk_buf *out, const struct stk_render_options *options, const struct stk_target *target,
		 const struct stk_finding *finding);
