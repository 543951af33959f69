/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a CVSS vector: a score is a tenth between 0 and 10, and the same without a final slash. */
#include <math.h>
#include <stdlib.h>

#include "advisory/cvss.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str vector = { (const char *)data, size };
	double score;
	if (!stk_cvss_score(vector, &score))
		return 0;
	if (!(score >= 0 && score <= 10) || fabs(score * 10 - round(score * 10)) > 1e-9)
		abort();
	return 0;
}
