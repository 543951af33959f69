/* SPDX-License-Identifier: Apache-2.0 */
#include "text/gitignore.h"
#include "test.h"

CASE(patterns_decide_in_order)
{
	static const struct {
		const char *patterns, *path;
		bool folder;
		enum stk_gitignore want;
	} t[] = {
		{ "*.log", "a/b.log", false, STK_GITIGNORE_IGNORED },
		{ "# *.log\n\n", "b.log", false, STK_GITIGNORE_SILENT },
		{ "/b.log", "a/b.log", false, STK_GITIGNORE_SILENT },
		{ "/b.log", "b.log", false, STK_GITIGNORE_IGNORED },
		{ "*.log\n!keep.log", "keep.log", false, STK_GITIGNORE_INCLUDED },
		{ "build/", "build", false, STK_GITIGNORE_SILENT },
		{ "build/", "x/build", true, STK_GITIGNORE_IGNORED },
		{ "a/*.c", "a/x.c", false, STK_GITIGNORE_IGNORED },
		{ "a/*.c", "a/b/x.c", false, STK_GITIGNORE_SILENT },
		{ "**/x", "x", false, STK_GITIGNORE_IGNORED },
		{ "**/x", "a/b/x", false, STK_GITIGNORE_IGNORED },
		{ "\\#x", "#x", false, STK_GITIGNORE_IGNORED },
		{ "x  ", "x", false, STK_GITIGNORE_IGNORED },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_gitignore_match(stk_str_from(t[i].patterns), stk_str_from(t[i].path), t[i].folder) != t[i].want)
			fail_msg("%s on %s", t[i].patterns, t[i].path);
}
