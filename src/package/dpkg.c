/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's status files (deb822(5)): stanzas of "Field: value", continued on lines that begin
 * with a space. All fields that matter fit on their first line. A stanza's fields may come in
 * any order, so it is gathered before it is judged.
 */
#include "package/database.h"
#include "base/banned.h"

struct stanza {
	struct stk_str package, version, status, source, architecture, maintainer;
};

static struct stk_str *field(struct stanza *s, struct stk_str name)
{
	const struct {
		const char *name;
		struct stk_str *value;
	} fields[] = {
		{ "Package", &s->package }, { "Version", &s->version },		  { "Status", &s->status },
		{ "Source", &s->source },   { "Architecture", &s->architecture }, { "Maintainer", &s->maintainer },
	};
	for (size_t i = 0; i < STK_LEN(fields); i++)
		if (stk_str_eq_nocase(name, stk_str_from(fields[i].name)))
			return fields[i].value;
	return NULL;
}

/* "want flag status": what is selected for removal but still there counts; what left only its configuration does not.
 */
static bool installed(struct stk_str status)
{
	if (!status.n)
		return true;
	stk_str_cut_word(&status);
	stk_str_cut_word(&status);
	struct stk_str state = stk_str_cut_word(&status);
	return !stk_str_is(state, "not-installed") && !stk_str_is(state, "config-files");
}

/* "Source: name" or "name (version)"; the version differs from the package's after a binary-only rebuild. */
static void fill_source(struct stk_package *package, struct stk_str source)
{
	size_t open = stk_str_find_byte(source, '(');
	struct stk_str name = stk_str_trim(stk_str_slice(source, 0, open));
	struct stk_str version = { 0 };
	if (open != SIZE_MAX)
		version = stk_str_trim(stk_str_strip_suffix(stk_str_slice(source, open + 1, source.n), S(")")));
	package->source_name = name.n ? name : package->name;
	package->source_version = version.n ? version : package->version;
}

static void add(struct stk_arena *arena, const struct stanza *s, struct stk_packages *out, size_t *broken)
{
	if (!installed(s->status))
		return;
	if (!s->package.n || !s->version.n) {
		++*broken;
		return;
	}
	struct stk_package *package = STK_PUSH(arena, out);
	package->name = s->package;
	package->version = s->version;
	package->ecosystem = S("deb");
	package->architecture = s->architecture;
	package->maintainer = s->maintainer;
	fill_source(package, s->source);
}

void stk_dpkg_parse(struct stk_arena *arena, struct stk_str text, struct stk_packages *out, size_t *broken)
{
	struct stanza stanza = { 0 };
	bool any = false;
	while (text.n) {
		struct stk_str line = stk_str_cut_line(&text);
		/* Continuation lines begin with white space: what looks like a field in a
		   description is none. */
		if (stk_str_trim(line).n && !stk_is_space(line.p[0])) {
			struct stk_str *value = field(&stanza, stk_str_cut(&line, ':'));
			if (value)
				*value = stk_str_trim(line);
			any = true;
		}
		/* The file's last stanza may have no blank line behind it. */
		bool ends = !text.n || text.p[0] == '\n' || text.p[0] == '\r';
		if (!ends || !any)
			continue;
		add(arena, &stanza, out, broken);
		stanza = (struct stanza){ 0 };
		any = false;
	}
}
