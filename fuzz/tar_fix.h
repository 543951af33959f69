/* SPDX-License-Identifier: Apache-2.0 */
/* Mutated tar headers would all end at their checksum: makes it right again in every block that has a header's magic.
 */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static inline void fuzz_fix_tar(uint8_t *data, size_t size)
{
	for (size_t at = 0; at + 512 <= size; at += 512) {
		uint8_t *h = data + at;
		unsigned sum = 0;
		char text[8];
		if (memcmp(h + 257, "ustar", 5) != 0)
			continue;
		memset(h + 148, ' ', 8);
		for (size_t i = 0; i < 512; i++)
			sum += h[i];
		snprintf(text, sizeof(text), "%06o", sum);
		memcpy(h + 148, text, 7);
	}
}
