/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "text/glob.h"

CASE(patterns)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} t[] = {
		{ "*.py", "a/b/c.py", true },
		{ "a/*.py", "a/b/c.py", false },
		{ "a/**/c.py", "a/b/c.py", true },
		{ "a/**", "a/b/c.py", true },
		{ "**/c.py", "c.py", true },
		{ "**/c.py", "xc.py", false },
		{ "a?c", "a/c", false },
		{ "a[!b]c", "axc", true },
		{ "a[a-c]c", "abc", true },
		{ "a[", "a[", true },
		{ "\\*", "*", true },
		{ "\\*", "a", false },
		{ "", "", true },
		{ "*", "", true },
		{ "a/**/b/**/c", "a/x/b/y/z/c", true },
		{ "*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_glob_match(stk_str_from(t[i].pattern), stk_str_from(t[i].path)) != t[i].matches)
			fail_msg("%s on %s", t[i].pattern, t[i].path);
}
