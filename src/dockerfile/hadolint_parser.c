/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where Hadolint's parser (language-docker) stops though BuildKit builds, and what it takes though BuildKit does not:
 * for
 * --compat hadolint alone. Each row of `checks` looks at one instruction and says where its text leaves that grammar.
 */
#include "dockerfile/rules_hadolint.h"
#include "base/banned.h"

/* A place in the file that is refused, and why; why == NULL: nothing is. */
struct refusal {
	size_t at;
	const char *why;
};

static const struct refusal taken = { 0, NULL };

/* ---- flags ---- */

/* Flags that are there or not, by keyword. */
static const struct {
	enum stk_keyword keyword;
	const char *name;
} switches[] = {
	{ STK_ADD, "keep-git-dir" }, { STK_ADD, "link" },     { STK_ADD, "unpack" },
	{ STK_COPY, "link" },	     { STK_COPY, "parents" },
};

/* How much of a flag Hadolint reads as one; the rest is a path. typed: "--link=yes" */
static size_t flag_length(enum stk_keyword keyword, struct stk_str typed)
{
	for (size_t i = 0; i < STK_LEN(switches); i++) {
		struct stk_str name = stk_str_from(switches[i].name), value = stk_str_slice(typed, 2 + name.n, typed.n);
		if (switches[i].keyword == keyword && stk_str_starts(stk_str_slice(typed, 2, typed.n), name))
			return stk_is_one_of(value, "=true =false") ? typed.n : typed.n - value.n;
	}
	return keyword == STK_COPY && stk_str_find_byte(typed, '=') == SIZE_MAX ? 0 : typed.n;
}

size_t stk_hadolint_paths_at(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	for (size_t i = 0; i < at->flags.n && (at->keyword == STK_ADD || at->keyword == STK_COPY); i++) {
		struct stk_span span = at->flags.v[i].span;
		struct stk_str typed = stk_str_slice(file->text, span.begin, span.end);
		size_t n = flag_length(at->keyword, typed);
		if (n < typed.n)
			return span.begin + n;
	}
	return SIZE_MAX;
}

static struct refusal check_values(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	size_t paths = stk_hadolint_paths_at(file, at);
	for (size_t i = 0; i < at->flags.n; i++) {
		const struct stk_flag *flag = &at->flags.v[i];
		if (flag->has_value && flag->value_span.begin == flag->value_span.end && flag->span.end <= paths)
			return (struct refusal){ flag->span.end, "the flag's value is empty" };
	}
	return taken;
}

enum { BIND = 1, CACHE = 2, TMPFS = 4, SECRET = 8, SSH = 16 };

static const struct {
	const char *type;
	unsigned bit;
} mount_types[] = {
	{ "bind", BIND }, { "cache", CACHE }, { "tmpfs", TMPFS }, { "secret", SECRET }, { "ssh", SSH },
};

/* Keys of a mount: their types, and the bit that all spellings of one key share. */
static const struct {
	const char *name;
	unsigned key, types;
} mount_keys[] = {
	{ "type", 1, BIND | CACHE | TMPFS | SECRET | SSH },
	{ "target", 2, BIND | CACHE | TMPFS | SECRET | SSH },
	{ "dst", 2, BIND | CACHE | TMPFS | SECRET | SSH },
	{ "destination", 2, BIND | CACHE | TMPFS | SECRET | SSH },
	{ "source", 4, BIND | CACHE | SECRET | SSH },
	{ "src", 4, BIND | CACHE | SECRET | SSH },
	{ "from", 8, BIND | CACHE },
	{ "ro", 16, BIND | CACHE },
	{ "readonly", 16, BIND | CACHE },
	{ "rw", 16, BIND | CACHE },
	{ "readwrite", 16, BIND | CACHE },
	{ "id", 32, CACHE | SECRET | SSH },
	{ "sharing", 64, CACHE },
	{ "mode", 128, CACHE | SECRET | SSH },
	{ "uid", 256, CACHE | SECRET | SSH },
	{ "gid", 512, CACHE | SECRET | SSH },
	{ "size", 1024, TMPFS },
	{ "required", 2048, SECRET | SSH },
	{ "env", 4096, SECRET },
	{ "relabel", 8192, BIND | CACHE | TMPFS | SECRET | SSH },
	{ "z", 8192, BIND | CACHE | TMPFS | SECRET | SSH },
	{ "Z", 8192, BIND | CACHE | TMPFS | SECRET | SSH },
};

/* The case counts but for what a mount may be: ro, RO. */
static bool is_key(struct stk_str name, const char *key)
{
	static const char access[] = "ro readonly rw readwrite";
	struct stk_str own = stk_str_from(key);
	return stk_is_one_of(own, access) ? stk_str_eq_nocase(name, own) : stk_str_eq(name, own);
}

bool stk_hadolint_is_mount_key(struct stk_str name)
{
	for (size_t i = 0; i < STK_LEN(mount_keys); i++)
		if (is_key(name, mount_keys[i].name))
			return true;
	return false;
}

static unsigned type_of(const struct stk_mount *mount)
{
	for (size_t i = 0; i < STK_LEN(mount_types); i++)
		if (stk_str_is(mount->type, mount_types[i].type))
			return mount_types[i].bit;
	return 0;
}

/* Why the field cannot stand in a mount of the type; *seen has the bits of the keys before it. */
static const char *field_problem(struct stk_str field, unsigned type, unsigned *seen)
{
	bool valued = stk_str_find_byte(field, '=') != SIZE_MAX;
	struct stk_str name = stk_str_cut(&field, '=');
	if (valued && !field.n)
		return "a key of the mount has an empty value";
	for (size_t i = 0; i < STK_LEN(mount_keys); i++) {
		if (!is_key(name, mount_keys[i].name))
			continue;
		if (type && !(mount_keys[i].types & type))
			return "the mount has a key that its type does not have";
		if (*seen & mount_keys[i].key)
			return "a key of the mount stands twice";
		*seen |= mount_keys[i].key;
	}
	return stk_hadolint_is_mount_key(name) ? NULL : "the mount has an unknown key";
}

static struct refusal check_mounts(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	(void)file;
	for (size_t i = 0; i < at->mounts.n; i++) {
		const struct stk_mount *mount = &at->mounts.v[i];
		unsigned seen = 0, type = type_of(mount);
		for (struct stk_str rest = mount->flag->value; rest.n;) {
			const char *why = field_problem(stk_str_cut(&rest, ','), type, &seen);
			if (why)
				return (struct refusal){ mount->flag->value_span.begin, why };
		}
	}
	return taken;
}

/* ---- EXPOSE, HEALTHCHECK, FROM ---- */

static size_t count_digits(struct stk_str s)
{
	size_t n = 0;
	while (n < s.n && stk_is_digit(s.p[n]))
		n++;
	return n;
}

/* A number, or a variable, whose name ends only at "-" and "$"; the length, or 0. */
static size_t port_length(struct stk_str s)
{
	if (!s.n || s.p[0] != '$')
		return count_digits(s);
	size_t n = 1;
	while (n < s.n && s.p[n] != '-' && s.p[n] != '$')
		n++;
	return n > 1 ? n : 0;
}

size_t stk_hadolint_port_length(struct stk_str word)
{
	size_t n = port_length(word);
	if (n && n < word.n && word.p[n] == '-') {
		size_t more = port_length(stk_str_slice(word, n + 1, word.n));
		n += more ? more + 1 : 0;
	}
	struct stk_str protocol = stk_str_slice(word, n, word.n);
	bool known = stk_str_eq_nocase(protocol, S("/tcp")) || stk_str_eq_nocase(protocol, S("/udp"));
	return n && known ? word.n : n;
}

static struct refusal check_ports(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	(void)file;
	for (size_t i = 0; i < at->words.n && at->keyword == STK_EXPOSE; i++) {
		const struct stk_word *word = &at->words.v[i];
		size_t n = stk_hadolint_port_length(word->raw);
		if (n < word->raw.n)
			return (struct refusal){ word->span.begin + n,
						 "ports are numbers, ranges or variables, with /tcp or /udp" };
	}
	return taken;
}

size_t stk_hadolint_duration_length(struct stk_str text)
{
	size_t n = count_digits(text);
	if (n && n < text.n && text.p[n] == '.')
		n += 1 + count_digits(stk_str_slice(text, n + 1, text.n));
	return n + (n && n < text.n && (text.p[n] == 's' || text.p[n] == 'm' || text.p[n] == 'h'));
}

static bool is_duration(struct stk_str text)
{
	size_t n = stk_hadolint_duration_length(text);
	return n > 1 && n == text.n && stk_is_digit(text.p[n - 2]) && !stk_is_digit(text.p[n - 1]);
}

/* HEALTHCHECK as language-docker parses it: durations of one number and s, m or h, NONE only in
   capitals and alone. BuildKit takes more. */
static struct refusal check_health(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	if (at->keyword != STK_HEALTHCHECK)
		return taken;
	for (size_t i = 0; i < at->flags.n; i++) {
		const struct stk_flag *flag = &at->flags.v[i];
		struct stk_str typed = stk_str_slice(file->text, flag->value_span.begin, flag->value_span.end);
		if (flag->known && !stk_str_is(flag->name, "retries") && !is_duration(typed))
			return (struct refusal){ flag->value_span.begin, "durations are a number and s, m or h" };
	}
	if (at->words.n && stk_str_eq_nocase(at->words.v[0].raw, S("none")) &&
	    (at->flags.n || !stk_str_is(at->words.v[0].raw, "NONE")))
		return (struct refusal){ at->words.v[0].span.begin, "NONE is written in capitals and has no flags" };
	return taken;
}

/* A registry is one only with a dot in its name: the colon before a port begins a tag elsewhere, and a tag holds none.
 */
static struct refusal check_image(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	if (at->keyword != STK_FROM || at->stage >= file->stages.n)
		return taken;
	struct stk_hadolint_image image = stk_hadolint_from(file, at->stage);
	if (!image.name.n && at->words.n)
		return (struct refusal){ file->stages.v[at->stage].image.span.begin, "the image has no name" };
	if (stk_hadolint_outside_braces(image.tag, ':', ':') != SIZE_MAX ||
	    stk_hadolint_outside_braces(image.digest, '@', '@') != SIZE_MAX)
		return (struct refusal){ file->stages.v[at->stage].image.span.begin,
					 "the image has a second tag or digest" };
	return taken;
}

/* ---- heredocs ---- */

static size_t skip_blanks(struct stk_str text, size_t i)
{
	while (i < text.n && stk_is_space(text.p[i]))
		i++;
	return i;
}

static bool has_line_starting(struct stk_str text, struct stk_str start)
{
	while (text.n)
		if (stk_str_starts(stk_str_cut_line(&text), start))
			return true;
	return false;
}

/* Is the line on which the byte stands blank? */
static bool is_blank_line(struct stk_str text, size_t begin)
{
	while (begin < text.n && text.p[begin] != '\n' && stk_is_space(text.p[begin]))
		begin++;
	return begin >= text.n || text.p[begin] == '\n';
}

static bool starts_instruction(struct stk_str line)
{
	struct stk_str word = stk_str_cut_word(&line);
	bool known = word.n && word.p[0] == '#';
	for (enum stk_keyword k = STK_ADD; k < STK_UNKNOWN_KEYWORD && !known; k++)
		known = stk_str_eq_nocase(word, stk_str_from(stk_keyword_name(k)));
	return known;
}

/* A heredoc whose end Hadolint does not find is no heredoc, and the lines below are instructions: the first that is
 * none is refused, or the marker where there is none such. */
static size_t refused_below(const struct stk_dockerfile *file, const struct stk_heredoc *heredoc)
{
	struct stk_str rest = stk_str_slice(file->text, heredoc->span.begin, file->text.n);
	for (bool goes_on = false; rest.n;) {
		size_t begin = file->text.n - rest.n;
		struct stk_str line = stk_str_trim(stk_str_cut_line(&rest));
		if (line.n && !goes_on && !starts_instruction(line))
			return skip_blanks(file->text, begin);
		goes_on = line.n && line.p[line.n - 1] == file->escape;
	}
	return heredoc->marker.begin;
}

/* The body ends at the first line that starts with the name, which no tab may precede and nothing may follow. */
static struct refusal check_body(const struct stk_dockerfile *file, const struct stk_instruction *at, size_t i,
				 bool last)
{
	const struct stk_heredoc *heredoc = &at->heredocs.v[i];
	struct stk_str text = file->text, line = stk_str_slice(text, heredoc->span.end, text.n);
	if (!heredoc->terminated || !stk_str_starts(line, heredoc->name) ||
	    has_line_starting(heredoc->content, heredoc->name))
		return (struct refusal){ refused_below(file, &at->heredocs.v[0]),
					 "the heredoc's name does not stand alone at the start of a line" };
	size_t next = heredoc->span.end + stk_str_cut_line(&line).n;
	next += next < text.n && text.p[next] == '\r';
	next += next < text.n;
	if (last && !is_blank_line(text, next))
		return (struct refusal){ next, "the line behind a heredoc is not blank" };
	return taken;
}

/* ADD has none, RUN one, COPY any number. */
static struct refusal check_heredocs(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	size_t n = at->keyword == STK_RUN && at->heredocs.n ? 1 : at->heredocs.n;
	if (n && at->keyword == STK_COPY && at->words.n && at->words.v[0].span.begin < at->heredocs.v[0].marker.begin)
		return (struct refusal){ refused_below(file, &at->heredocs.v[0]),
					 "heredocs stand before other sources" };
	if (n && at->keyword == STK_ADD)
		return (struct refusal){ at->heredocs.v[0].span.begin, "ADD has no heredocs" };
	for (size_t i = 0; i < n; i++) {
		struct refusal found = check_body(file, at, i, i + 1 == n);
		if (found.why)
			return found;
	}
	return taken;
}

/* ---- texts ---- */

/* A keyword goes over no line's end. */
static struct refusal check_keyword(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	(void)file;
	if (at->name_span.end - at->name_span.begin != at->name.n)
		return (struct refusal){ at->name_span.begin, "the keyword stands on two lines" };
	return taken;
}

/* Quotes in ENV and LABEL are closed, but in the old form without "=". */
static struct refusal check_quotes(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	struct stk_str text = at->arguments.text;
	char quote = 0;
	if ((at->keyword != STK_ENV && at->keyword != STK_LABEL) || !at->pairs.n || at->pairs.v[0].legacy)
		return taken;
	for (size_t i = 0; i < text.n; i++) {
		/* Unlike a shell, also inside single quotes. */
		if (text.p[i] == file->escape)
			i++;
		else if (quote)
			quote = text.p[i] == quote ? 0 : quote;
		else if (text.p[i] == '"' || text.p[i] == '\'')
			quote = text.p[i];
	}
	return quote ? (struct refusal){ at->head.end, "a quote is not closed" } : taken;
}

/* The end of a string of the JSON form that begins here, or 0. */
static size_t string_end(struct stk_str text, size_t i, char escape)
{
	if (i >= text.n || text.p[i] != '"')
		return 0;
	for (i++; i < text.n && text.p[i] != '"'; i++)
		i += text.p[i] == escape && i + 1 < text.n && text.p[i + 1] == '"';
	return i < text.n ? i + 1 : 0;
}

/* The end of a list of strings with which the text begins, or 0. */
static size_t list_end(struct stk_str text, char escape)
{
	size_t i = text.n && text.p[0] == '[' ? skip_blanks(text, 1) : 0;
	if (i && i < text.n && text.p[i] == ']')
		return i + 1;
	while (i) {
		i = string_end(text, i, escape);
		i = i ? skip_blanks(text, i) : 0;
		if (i && i < text.n && text.p[i] == ']')
			return i + 1;
		i = i && i < text.n && text.p[i] == ',' ? skip_blanks(text, i + 1) : 0;
	}
	return 0;
}

/* Nothing follows the JSON form; the builder takes all of it for the shell form then. */
static struct refusal check_list(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	static const char *const without[] = { "VOLUME", "ENV", "LABEL", "EXPOSE", "USER", "WORKDIR", "ARG" };
	const struct stk_source_text *source = at->keyword == STK_HEALTHCHECK ? &at->shell_text : &at->arguments;
	struct stk_str text = source->text;
	for (size_t i = 0; i < STK_LEN(without); i++)
		if (stk_str_is(stk_str_from(stk_keyword_name(at->keyword)), without[i]))
			return taken;
	size_t end = at->json ? 0 : list_end(text, file->escape);
	size_t next = end ? skip_blanks(text, end) : text.n;
	if (next >= text.n)
		return taken;
	return (struct refusal){ stk_source_span(source, next, next).begin, "text stands behind the JSON form" };
}

static struct refusal (*const checks[])(const struct stk_dockerfile *file, const struct stk_instruction *at) = {
	check_keyword, check_values,   check_mounts, check_ports, check_health,
	check_image,   check_heredocs, check_quotes, check_list,
};

/* ---- both sides ---- */

/* Is this the error about an escape directive that Hadolint reads: any character, or one behind a backslash? */
static bool is_escape(const struct stk_directive *escape, const struct stk_syntax_error *error)
{
	bool read = escape->value.n == 1 || (escape->value.n == 2 && escape->value.p[0] == '\\');
	return read && error->span.begin <= escape->span.begin && error->span.end >= escape->span.end;
}

/* Has what Hadolint takes for paths, flags included, a source and a destination? */
static bool has_two_paths(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	struct stk_str text = stk_str_slice(file->text, stk_hadolint_paths_at(file, at), at->span.end);
	return stk_str_cut_word(&text).n && stk_str_cut_word(&text).n;
}

/* check_heredocs says where the text below is refused. */
static bool is_unterminated(const struct stk_instruction *at, const struct stk_syntax_error *error)
{
	size_t low = 0, high = at->heredocs.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (at->heredocs.v[middle].marker.begin < error->span.begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < at->heredocs.n && !at->heredocs.v[low].terminated &&
	       at->heredocs.v[low].marker.begin == error->span.begin;
}

/* Is this an error that Hadolint does not see? SHELL takes what RUN does. */
static bool is_overlooked(const struct stk_dockerfile *file, const struct stk_syntax_error *error)
{
	const struct stk_instruction *at = error->instruction;
	if (!at)
		return is_escape(&file->directives.escape, error);
	if (at->inner)
		at = at->inner;
	return is_unterminated(at, error) || (at->keyword == STK_SHELL && at->arguments.text.n) ||
	       (stk_hadolint_paths_at(file, at) < error->span.end && has_two_paths(file, at));
}

static const struct stk_syntax_error *first_error(const struct stk_dockerfile *file)
{
	const struct stk_syntax_error *first = NULL;
	for (size_t i = 0; i < file->errors.n; i++) {
		const struct stk_syntax_error *error = &file->errors.v[i];
		if (!error->semantic && !is_overlooked(file, error) &&
		    (!first || error->span.begin < first->span.begin))
			first = error;
	}
	return first;
}

static const struct stk_syntax_error *first_refusal(const struct stk_dockerfile_context *context)
{
	const struct stk_dockerfile *file = context->file;
	for (size_t i = 0; i < file->instructions.n; i++) {
		struct stk_instruction *outer = file->instructions.v[i], *at = outer->inner ? outer->inner : outer;
		for (size_t k = 0; k < STK_LEN(checks); k++) {
			struct refusal found = checks[k](file, at);
			if (!found.why)
				continue;
			struct stk_syntax_error *error = STK_NEW(context->arena, struct stk_syntax_error, 1);
			error->message = stk_str_from(found.why);
			error->span = (struct stk_span){ found.at, found.at };
			error->instruction = at;
			return error;
		}
	}
	return NULL;
}

const struct stk_syntax_error *stk_hadolint_stop(const struct stk_dockerfile_context *context)
{
	const struct stk_syntax_error *error = first_error(context->file), *refusal = first_refusal(context);
	if (!error || (refusal && refusal->span.begin < error->span.begin))
		error = refusal;
	if (!error)
		return NULL;
	struct stk_syntax_error *stop = STK_NEW(context->arena, struct stk_syntax_error, 1);
	*stop = *error;
	stop->span.begin = stop->span.end = stk_hadolint_gives_up_at(context->file, error);
	return stop;
}
