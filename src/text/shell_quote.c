/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A word for a shell's command line, quoted only where it has to be. Single quotes keep every
 * byte but themselves.
 */
#include "text/shell_quote.h"

#include <string.h>

#include "base/banned.h"

void stk_shell_quote(struct stk_buf *out, struct stk_str word)
{
	bool plain = word.n > 0;
	for (size_t i = 0; i < word.n; i++)
		plain &= stk_is_alnum(word.p[i]) || (word.p[i] && strchr("_-./:=,@%+", word.p[i]));
	if (plain) {
		stk_buf_add(out, word);
		return;
	}
	stk_buf_byte(out, '\'');
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '\'')
			stk_buf_add(out, S("'\\''"));
		else
			stk_buf_byte(out, word.p[i]);
	}
	stk_buf_byte(out, '\'');
}
