/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platforms as OCI's image index writes them, with the normal forms containerd gives them
 * (github.com/containerd/platforms): a user says "aarch64", an index "arm64/v8", and both mean
 * the same.
 */
#include <sys/utsname.h>

#include "image/source.h"
#include "base/banned.h"

/* Names that kernels and people use for what Go calls otherwise. */
static const struct {
	const char *name, *architecture, *variant;
} synonyms[] = {
	{ "aarch64", "arm64", "" }, { "armel", "arm", "v6" },	      { "armhf", "arm", "v7" },
	{ "armv6l", "arm", "v6" },  { "armv7l", "arm", "v7" },	      { "i386", "386", "" },
	{ "i686", "386", "" },	    { "loongarch64", "loong64", "" }, { "x86-64", "amd64", "" },
	{ "x86_64", "amd64", "" },
};

/* What containerd's platforms.Normalize makes of the many ways to write an architecture, so
   that "arm64/v8" and "aarch64" are one. */
static struct stk_platform normal(struct stk_platform p)
{
	for (size_t i = 0; i < STK_LEN(synonyms); i++) {
		if (!stk_str_is(p.architecture, synonyms[i].name))
			continue;
		p.architecture = stk_str_from(synonyms[i].architecture);
		if (!p.variant.n)
			p.variant = stk_str_from(synonyms[i].variant);
	}
	if (stk_str_is(p.architecture, "arm64") && (stk_str_is(p.variant, "v8") || stk_str_is(p.variant, "8")))
		p.variant = S("");
	if (stk_str_is(p.architecture, "amd64") && stk_str_is(p.variant, "v1"))
		p.variant = S("");
	if (stk_str_is(p.architecture, "arm") && !p.variant.n)
		p.variant = S("v7");
	return p;
}

static bool is_system(struct stk_str word)
{
	static const char *const systems[] = { "linux", "windows", "darwin", "freebsd" };
	for (size_t i = 0; i < STK_LEN(systems); i++)
		if (stk_str_is(word, systems[i]))
			return true;
	return false;
}

int stk_platform_parse(struct stk_arena *arena, const char *text, struct stk_platform *out, struct stk_err *err)
{
	struct utsname machine;
	struct stk_str rest = stk_arena_lower(arena, stk_str_from(text)), first = stk_str_cut(&rest, '/');
	struct stk_str second = stk_str_cut(&rest, '/');
	uname(&machine);
	struct stk_platform p = { S("linux"), stk_arena_str(arena, stk_str_from(machine.machine)), S("") };
	if (second.n)
		p = (struct stk_platform){ first, second, rest };
	else if (is_system(first))
		p.os = first;
	else if (first.n)
		p.architecture = first;
	/* The text goes into messages and comes from a command line or a file. */
	for (size_t i = 0; text && text[i]; i++)
		if (!stk_is_alnum(text[i]) && text[i] != '/' && text[i] != '_' && text[i] != '-' && text[i] != '.')
			return stk_fail(err, STK_EUSAGE,
					"platform \"%s\": OS/ARCHITECTURE[/VARIANT] is wanted, as linux/arm64", text);
	if (stk_str_find_byte(p.variant, '/') != SIZE_MAX)
		return stk_fail(err, STK_EUSAGE, "platform \"%s\": OS/ARCHITECTURE[/VARIANT] is wanted, as linux/arm64",
				text);
	*out = normal(p);
	return 0;
}

struct stk_platform stk_platform_of(const struct stk_json *json)
{
	return (struct stk_platform){ stk_json_str(json, "os"), stk_json_str(json, "architecture"),
				      stk_json_str(json, "variant") };
}

/* An ARM of a higher version runs what is made for a lower one. */
static int arm_version(struct stk_str variant)
{
	uint64_t version;
	return stk_str_u64(stk_str_strip_prefix(variant, S("v")), 10, &version) && version < 100 ? (int)version : 0;
}

int stk_platform_score(struct stk_platform wanted, struct stk_platform there)
{
	there = normal(there);
	if (!stk_str_eq(wanted.os, there.os) || !stk_str_eq(wanted.architecture, there.architecture))
		return 0;
	if (stk_str_eq(wanted.variant, there.variant))
		return 100;
	if (stk_str_is(wanted.architecture, "arm")) {
		int have = arm_version(there.variant);
		return have && have < arm_version(wanted.variant) ? have : 0;
	}
	/* A variant that was not asked for will do; one that was asked for must be there. */
	return wanted.variant.n ? 0 : 1;
}

struct stk_str stk_platform_text(struct stk_arena *arena, struct stk_platform p)
{
	return stk_arena_printf(arena, STK_FMT "/" STK_FMT "%s" STK_FMT, STK_ARG(p.os), STK_ARG(p.architecture),
				p.variant.n ? "/" : "", STK_ARG(p.variant));
}
