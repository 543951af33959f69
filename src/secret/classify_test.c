/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/classify.h"
#include "base/str.h"
#include "test.h"
#include "text/base64.h"

/* Every value of a byte at every place of a block. */
CASE(bytes_are_classified_wherever_they_stand)
{
	char text[STK_BLOCKS * STK_BLOCK];
	struct stk_byte_classes classes;
	for (int shift = 0; shift < 256; shift++) {
		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = (char)(i + (size_t)shift);
		stk_classify(text, STK_BLOCKS, &classes);
		for (size_t i = 0; i < sizeof(text); i++) {
			char c = text[i];
			bool digit = classes.digits[i / STK_BLOCK] >> i % STK_BLOCK & 1;
			bool escape = classes.escapes[i / STK_BLOCK] >> i % STK_BLOCK & 1;
			if (digit != stk_is_base64(c) || escape != (c == '%' || c == '\\' || c == 0x1b))
				fail_msg("byte 0x%02x at %zu", (unsigned char)c, i);
		}
	}
}
