/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See reference.h. Written out by hand from the grammar's expressions: a regular expression
 * engine would be needed for this alone, and its errors would not say which part is wrong.
 * Lengths: 255 bytes of name, 128 of tag. Go's reference package accepts digests of unknown
 * algorithms from 32 digits on, and so does this.
 */
#include "text/reference.h"

#include "base/banned.h"

/* From reference.go (NameTotalLengthMax) and regexp.go. ID_LENGTH: 64 hexadecimal digits are
   refused as a name, since Docker takes them for an image's id. */
enum { LONGEST_NAME = 255, LONGEST_TAG = 128, SHORTEST_DIGEST = 32, ID_LENGTH = 64 };

static bool is_low(char c)
{
	return (c >= 'a' && c <= 'z') || stk_is_digit(c);
}

/* [a-z0-9]+ ( ("." | "_" | "__" | "-"+) [a-z0-9]+ )* */
static bool is_component(struct stk_str s)
{
	size_t i = 0;
	for (;;) {
		size_t begin = i;
		while (i < s.n && is_low(s.p[i]))
			i++;
		if (i == begin)
			return false;
		if (i == s.n)
			return true;
		size_t run = i;
		while (i < s.n && s.p[i] == s.p[run])
			i++;
		bool good = s.p[run] == '-' || (s.p[run] == '.' && i - run == 1) || (s.p[run] == '_' && i - run <= 2);
		if (!good)
			return false;
	}
}

static bool is_path(struct stk_str path)
{
	if (!path.n || path.p[path.n - 1] == '/')
		return false;
	while (path.n)
		if (!is_component(stk_str_cut(&path, '/')))
			return false;
	return true;
}

static bool is_label(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!stk_is_alnum(s.p[i]) && !(s.p[i] == '-' && i && i + 1 < s.n))
			return false;
	return s.n > 0;
}

/* host[:port]; the host is a name, an IPv4 address or [IPv6]. */
static bool is_domain(struct stk_str domain)
{
	struct stk_str host = domain, port = S("");
	uint64_t number;
	/* "[", at least one character, "]". */
	if (domain.n && domain.p[0] == '[') {
		size_t end = stk_str_find_byte(domain, ']');
		if (end == SIZE_MAX || end < 3)
			return false;
		for (size_t i = 1; i < end; i++)
			if (!stk_is_xdigit(domain.p[i]) && domain.p[i] != ':')
				return false;
		port = stk_str_slice(domain, end + 1, domain.n);
		return !port.n || (port.p[0] == ':' && stk_str_u64(stk_str_slice(port, 1, port.n), 10, &number));
	}
	size_t colon = stk_str_find_byte(domain, ':');
	if (colon != SIZE_MAX) {
		host = stk_str_slice(domain, 0, colon);
		port = stk_str_slice(domain, colon + 1, domain.n);
		if (!stk_str_u64(port, 10, &number))
			return false;
	}
	if (!host.n || host.p[host.n - 1] == '.')
		return false;
	while (host.n)
		if (!is_label(stk_str_cut(&host, '.')))
			return false;
	return true;
}

/* distribution/reference's grammar: a word character, then up to 127 of those, dots and
   hyphens. */
static bool is_tag(struct stk_str tag)
{
	for (size_t i = 0; i < tag.n; i++)
		if (!stk_is_alnum(tag.p[i]) && tag.p[i] != '_' && !(i && (tag.p[i] == '.' || tag.p[i] == '-')))
			return false;
	return tag.n > 0 && tag.n <= LONGEST_TAG;
}

/* algorithm ":" hex; the algorithm's parts are divided by one of "+._-". The known ones have their length. */
static bool is_digest(struct stk_str digest)
{
	struct stk_str hex = digest, algorithm = stk_str_cut(&hex, ':');
	if (!algorithm.n || !stk_is_alpha(algorithm.p[0]) || !stk_is_alnum(algorithm.p[algorithm.n - 1]))
		return false;
	for (size_t i = 0; i < algorithm.n; i++)
		if (!stk_is_alnum(algorithm.p[i]) && algorithm.p[i] != '+' && algorithm.p[i] != '.' &&
		    algorithm.p[i] != '_' && algorithm.p[i] != '-')
			return false;
	for (size_t i = 0; i < hex.n; i++)
		if (!stk_is_xdigit(hex.p[i]) || (hex.p[i] >= 'A' && hex.p[i] <= 'F'))
			return false;
	size_t wanted = stk_str_is(algorithm, "sha256")	  ? 64
			: stk_str_is(algorithm, "sha384") ? 96
			: stk_str_is(algorithm, "sha512") ? 128
							  : 0;
	return wanted ? hex.n == wanted : hex.n >= SHORTEST_DIGEST;
}

static bool is_identifier(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!stk_is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return s.n == ID_LENGTH;
}

/* Only a first part that looks like a host is one. */
static bool names_domain(struct stk_str first)
{
	if (stk_str_find_byte(first, '.') != SIZE_MAX || stk_str_find_byte(first, ':') != SIZE_MAX ||
	    stk_str_is(first, "localhost"))
		return true;
	for (size_t i = 0; i < first.n; i++)
		if (first.p[i] >= 'A' && first.p[i] <= 'Z')
			return true;
	return false;
}

/* From the outside in: the digest behind "@", then the domain, then the tag behind the last
   colon, which by then cannot be a port's. */
static void split(struct stk_str text, struct stk_reference *out)
{
	*out = (struct stk_reference){ .domain = S(""), .tag = S(""), .digest = S("") };
	size_t at = stk_str_find_byte(text, '@');
	if (at != SIZE_MAX) {
		out->digest = stk_str_slice(text, at + 1, text.n);
		text = stk_str_slice(text, 0, at);
	}
	size_t slash = stk_str_find_byte(text, '/');
	if (slash != SIZE_MAX && names_domain(stk_str_slice(text, 0, slash))) {
		out->domain = stk_str_slice(text, 0, slash);
		text = stk_str_slice(text, slash + 1, text.n);
	}
	size_t colon = stk_str_rfind_byte(text, ':');
	if (colon != SIZE_MAX) {
		out->tag = stk_str_slice(text, colon + 1, text.n);
		text = stk_str_slice(text, 0, colon);
	}
	out->path = text;
}

static bool has_upper(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return true;
	return false;
}

int stk_reference_parse(struct stk_str text, struct stk_reference *out, struct stk_err *err)
{
	struct stk_reference r;
	split(text, &r);
	/* "nginx:" leaves an empty tag, as "nginx" does; only the lengths tell them apart. */
	bool ends_in_colon =
		!r.tag.n && r.path.n + r.domain.n + (r.domain.n > 0) + (r.digest.n ? r.digest.n + 1 : 0) < text.n;
	if (!text.n)
		return stk_fail(err, STK_EFORMAT, "the image reference is empty");
	if (is_identifier(text))
		return stk_fail(err, STK_EFORMAT, "64 hexadecimal digits are an image id, not a name");
	if (has_upper(r.path))
		return stk_fail(err, STK_EFORMAT, "repository names are lower-case: \"" STK_FMT "\"", STK_ARG(r.path));
	if ((r.domain.n && !is_domain(r.domain)) || !is_path(r.path) ||
	    text.n - r.digest.n - r.tag.n > LONGEST_NAME + 2)
		return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no image reference", STK_ARG(text));
	if (ends_in_colon || (r.tag.n && !is_tag(r.tag)))
		return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no tag", STK_ARG(r.tag));
	if (stk_str_find_byte(text, '@') != SIZE_MAX && !is_digest(r.digest))
		return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no digest", STK_ARG(r.digest));
	*out = r;
	return 0;
}

struct stk_str stk_reference_domain(const struct stk_reference *reference)
{
	return !reference->domain.n || stk_str_is(reference->domain, "index.docker.io") ? S("docker.io")
											: reference->domain;
}

struct stk_str stk_reference_repository(struct stk_arena *arena, const struct stk_reference *reference)
{
	bool official = stk_str_is(stk_reference_domain(reference), "docker.io") &&
			stk_str_find_byte(reference->path, '/') == SIZE_MAX;
	return official ? stk_arena_join(arena, S("library/"), reference->path) : reference->path;
}

static struct stk_str with_tag(struct stk_arena *arena, struct stk_str name, struct stk_str tag, struct stk_str digest)
{
	return stk_arena_printf(arena, STK_FMT "%s" STK_FMT "%s" STK_FMT, STK_ARG(name), tag.n ? ":" : "", STK_ARG(tag),
				digest.n ? "@" : "", STK_ARG(digest));
}

struct stk_str stk_reference_full(struct stk_arena *arena, const struct stk_reference *reference)
{
	struct stk_str domain = stk_reference_domain(reference),
		       repository = stk_reference_repository(arena, reference);
	struct stk_str name = stk_arena_printf(arena, STK_FMT "/" STK_FMT, STK_ARG(domain), STK_ARG(repository));
	return with_tag(arena, name, reference->tag.n || reference->digest.n ? reference->tag : S("latest"),
			reference->digest);
}

struct stk_str stk_reference_familiar(struct stk_arena *arena, const struct stk_reference *reference)
{
	struct stk_str name = reference->path;
	if (!stk_str_is(stk_reference_domain(reference), "docker.io"))
		name = stk_arena_printf(arena, STK_FMT "/" STK_FMT, STK_ARG(reference->domain),
					STK_ARG(reference->path));
	else if (stk_str_find_byte(stk_str_strip_prefix(name, S("library/")), '/') == SIZE_MAX)
		name = stk_str_strip_prefix(name, S("library/"));
	return with_tag(arena, name, reference->tag, reference->digest);
}
