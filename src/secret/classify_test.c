/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

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

CASE(line_feeds_are_counted)
{
	char text[9000];
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 3 ? 'x' : '\n';
	for (size_t n = 0; n < 100; n++)
		assert_int_equal(stk_count_lines(text, n), (n + 2) / 3);
	memset(text, '\n', sizeof(text));
	assert_int_equal(stk_count_lines(text, sizeof(text)), sizeof(text));
}
