/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which advisories speak of which distribution release: one row a value of os-release's ID. How the suffix of the
 * ecosystem follows from VERSION_ID, is the row's function.
 */
#include "advisory/ecosystem.h"
#include "advisory/match.h"

#include "base/banned.h"

/* suffix: what stands behind "Name:", empty when nothing does. An ecosystem without suffix speaks of all releases. */
typedef bool covers_fn(struct stk_str suffix, const struct stk_match_os *os);

static struct stk_str major(struct stk_str version)
{
	return stk_str_cut(&version, '.');
}

/* The slice ends where the minor does, so that "3.18.4" gives "3.18". */
static struct stk_str major_minor(struct stk_str version)
{
	struct stk_str rest = version;
	stk_str_cut(&rest, '.');
	struct stk_str minor = stk_str_cut(&rest, '.');
	return minor.n ? stk_str_slice(version, 0, (size_t)(minor.p + minor.n - version.p)) : version;
}

static bool by_major(struct stk_str suffix, const struct stk_match_os *os)
{
	return stk_str_eq(suffix, major(os->version));
}

static bool by_major_minor(struct stk_str suffix, const struct stk_match_os *os)
{
	return stk_str_eq(suffix, major_minor(os->version)) || stk_str_eq(suffix, os->version);
}

static bool rolling(struct stk_str suffix, const struct stk_match_os *os)
{
	(void)os;
	return !suffix.n;
}

/* testing and sid have no VERSION_ID; debian_version says "trixie/sid". */
static struct stk_str debian_major(const struct stk_match_os *os)
{
	static const struct {
		const char *codename, *release;
	} releases[] = {
		{ "wheezy", "7" },    { "jessie", "8" },  { "stretch", "9" }, { "buster", "10" }, { "bullseye", "11" },
		{ "bookworm", "12" }, { "trixie", "13" }, { "forky", "14" },  { "duke", "15" },
	};
	struct stk_str rest = os->version, name = os->codename;
	if (rest.n && stk_is_digit(rest.p[0]))
		return major(rest);
	if (!name.n)
		name = stk_str_cut(&rest, '/');
	for (size_t i = 0; i < STK_LEN(releases); i++)
		if (stk_str_is(name, releases[i].codename))
			return stk_str_from(releases[i].release);
	return name;
}

static bool debian(struct stk_str suffix, const struct stk_match_os *os)
{
	return stk_str_eq(suffix, debian_major(os));
}

/* "22.04:LTS", "23.10", and "Pro:18.04:LTS": what Ubuntu Pro knows is true of the free packages too; match.c says where
 * the fix is. */
static bool ubuntu(struct stk_str suffix, const struct stk_match_os *os)
{
	struct stk_str rest = stk_str_strip_prefix(suffix, S("Pro:"));
	if (stk_str_starts(rest, S("FIPS")))
		return false;
	return stk_str_eq(stk_str_cut(&rest, ':'), os->version);
}

/* "v3.18"; the repositories say more than the release file, which on edge names the next release. */
static bool alpine(struct stk_str suffix, const struct stk_match_os *os)
{
	struct stk_str release = os->repository.n ? os->repository : major_minor(os->version);
	return stk_str_eq(stk_str_strip_prefix(suffix, S("v")), stk_str_strip_prefix(release, S("v")));
}

/* "enterprise_linux:9::baseos": the CPE behind its vendor. Extended update streams have fixes that the main stream does
 * not. */
static bool red_hat(struct stk_str suffix, const struct stk_match_os *os)
{
	if (!stk_str_eq(stk_str_cut(&suffix, ':'), S("enterprise_linux")))
		return false;
	return stk_str_eq(major(stk_str_cut(&suffix, ':')), major(os->version));
}

/* CentOS 6 to 8 rebuild Red Hat's packages; CentOS Stream runs ahead of them, so that their versions cannot be
 * compared. */
static bool centos(struct stk_str suffix, const struct stk_match_os *os)
{
	uint64_t release;
	return stk_str_u64(major(os->version), 10, &release) && release <= 8 && red_hat(suffix, os);
}

/* "Linux Enterprise Server 15 SP5", also the modules of 15 SP5; VERSION_ID is "15.5". */
static bool suse(struct stk_str suffix, const struct stk_match_os *os)
{
	STK_ARENA arena = { 0 };
	struct stk_str minor = os->version, first = stk_str_cut(&minor, '.');
	struct stk_str want =
		minor.n && !stk_str_is(minor, "0")
			? stk_arena_printf(&arena, " " STK_FMT " SP" STK_FMT, STK_ARG(first), STK_ARG(minor))
			: stk_arena_printf(&arena, " " STK_FMT, STK_ARG(first));
	size_t at = stk_str_find(suffix, want);
	if (!stk_str_starts(suffix, S("Linux Enterprise")) || at == SIZE_MAX)
		return false;
	return at + want.n == suffix.n || suffix.p[at + want.n] == '-';
}

/* "Linux Enterprise Micro 5.5", "Linux Micro 6.0" */
static bool suse_micro(struct stk_str suffix, const struct stk_match_os *os)
{
	struct stk_str rest = stk_str_strip_prefix(suffix, S("Linux "));
	rest = stk_str_strip_prefix(rest, S("Enterprise "));
	return rest.n < suffix.n && stk_str_starts(rest, S("Micro ")) &&
	       stk_str_eq(stk_str_strip_prefix(rest, S("Micro ")), os->version);
}

/* "24.03-LTS-SP1"; VERSION_ID is "24.03" alone. */
static bool open_euler(struct stk_str suffix, const struct stk_match_os *os)
{
	struct stk_str rest = stk_str_strip_prefix(suffix, os->version);
	return os->version.n && rest.n < suffix.n && stk_str_eq(stk_str_strip_prefix(rest, S("-")), os->edition);
}

static bool leap(struct stk_str suffix, const struct stk_match_os *os)
{
	return stk_str_eq(stk_str_strip_prefix(suffix, S("Leap ")), os->version);
}

static bool tumbleweed(struct stk_str suffix, const struct stk_match_os *os)
{
	(void)os;
	return stk_str_is(suffix, "Tumbleweed");
}

static const struct {
	const char *id, *ecosystem;
	covers_fn *covers;
} systems[] = {
	{ "almalinux", "AlmaLinux", by_major },
	{ "alpine", "Alpine", alpine },
	{ "azurelinux", "Azure Linux", by_major },
	{ "centos", "Red Hat", centos },
	{ "chainguard", "Chainguard", rolling },
	{ "chainguard", "Wolfi", rolling },
	{ "debian", "Debian", debian },
	{ "echo", "Echo", by_major },
	{ "mageia", "Mageia", by_major },
	{ "mariner", "Azure Linux", by_major },
	{ "minimos", "MinimOS", rolling },
	{ "openeuler", "openEuler", open_euler },
	{ "opensuse-leap", "openSUSE", leap },
	{ "opensuse-tumbleweed", "openSUSE", tumbleweed },
	{ "photon", "Photon OS", by_major_minor },
	{ "raspbian", "Debian", debian },
	{ "rhel", "Red Hat", red_hat },
	{ "rocky", "Rocky Linux", by_major },
	{ "sl-micro", "SUSE", suse_micro },
	{ "sle-micro", "SUSE", suse_micro },
	{ "sled", "SUSE", suse },
	{ "sles", "SUSE", suse },
	{ "sles_sap", "SUSE", suse },
	{ "ubuntu", "Ubuntu", ubuntu },
	{ "wolfi", "Wolfi", rolling },
};

bool stk_ecosystem_covers(struct stk_str ecosystem, const struct stk_match_os *os)
{
	struct stk_str suffix = ecosystem, name = stk_str_cut(&suffix, ':');
	for (size_t i = 0; i < STK_LEN(systems); i++)
		if (stk_str_is(os->id, systems[i].id) && stk_str_is(name, systems[i].ecosystem))
			return !suffix.n || systems[i].covers(suffix, os);
	return false;
}

struct stk_str stk_system_text(struct stk_arena *arena, const struct stk_match_os *os)
{
	struct stk_str version = os->version.n ? os->version : os->codename;
	if (!os->id.n)
		return S("an unknown os");
	return version.n ? stk_arena_printf(arena, STK_FMT " " STK_FMT, STK_ARG(os->id), STK_ARG(version)) : os->id;
}
