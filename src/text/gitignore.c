/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See gitignore.h. Patterns are matched by glob.h; this file knows what a slash means, where a
 * pattern is anchored, and what blanks and backslashes at a line's ends do.
 */
#include "text/gitignore.h"
#include "text/glob.h"
#include "base/banned.h"

/* Blanks at the end go, unless a backslash keeps them. */
static struct stk_str trim_end(struct stk_str line)
{
	while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t') &&
	       !(line.n > 1 && line.p[line.n - 2] == '\\'))
		line.n--;
	return line;
}

static bool matches(struct stk_str pattern, struct stk_str path, bool is_folder)
{
	bool folders_only = pattern.n > 1 && pattern.p[pattern.n - 1] == '/';
	if (folders_only)
		pattern.n--;
	if (folders_only && !is_folder)
		return false;
	/* No slash but a closing one: a name at any depth. */
	if (stk_str_find_byte(pattern, '/') == SIZE_MAX)
		return stk_glob_match(pattern, stk_str_after_last(path, '/'));
	if (stk_str_starts(pattern, S("**/")) && stk_glob_match(stk_str_slice(pattern, 3, pattern.n), path))
		return true;
	pattern = stk_str_strip_prefix(pattern, S("/"));
	/* Without a slash stk_glob_match would take it for a name at any depth. */
	if (stk_str_find_byte(pattern, '/') == SIZE_MAX && stk_str_find_byte(path, '/') != SIZE_MAX)
		return false;
	return stk_glob_match(pattern, path);
}

/* gitignore(5): the last pattern that matches decides. */
enum stk_gitignore stk_gitignore_match(struct stk_str patterns, struct stk_str path, bool is_folder)
{
	enum stk_gitignore verdict = STK_GITIGNORE_SILENT;
	while (patterns.n) {
		struct stk_str line = trim_end(stk_str_cut_line(&patterns));
		if (!line.n || line.p[0] == '#')
			continue;
		bool brings_back = line.p[0] == '!';
		if (brings_back || stk_str_starts(line, S("\\#")) || stk_str_starts(line, S("\\!")))
			line = stk_str_slice(line, 1, line.n);
		if (line.n && matches(line, path, is_folder))
			verdict = brings_back ? STK_GITIGNORE_INCLUDED : STK_GITIGNORE_IGNORED;
	}
	return verdict;
}
