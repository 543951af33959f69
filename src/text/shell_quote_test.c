/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "text/shell_quote.h"

CASE(words_come_back_from_a_shell_as_they_were)
{
	static const struct {
		const char *word, *quoted;
	} t[] = {
		{ "a/b-c.d", "a/b-c.d" }, { "", "''" },		  { "two words", "'two words'" },
		{ "it's", "'it'\\''s'" }, { "$(id)", "'$(id)'" }, { "a;b", "'a;b'" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_BUF out = stk_buf_new(100);
		stk_shell_quote(&out, stk_str_from(t[i].word));
		assert_str(stk_buf_str(&out), t[i].quoted);
	}
}
