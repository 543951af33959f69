/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See os.h. os-release is asked first; the other files then add what it leaves out (old systems
 * have none) and make versions more exact, but never contradict it: a container built from two
 * distributions says what its os-release says.
 */
#include "package/os.h"

#include "text/json.h"
#include "base/banned.h"

bool stk_os_file_of(struct stk_str path, enum stk_os_file *out)
{
	static const char *const paths[] = {
#define X(name, path) path,
		STK_OS_FILES(X)
#undef X
	};
	for (size_t i = 0; i < STK_LEN(paths); i++) {
		if (!stk_str_is(path, paths[i]))
			continue;
		*out = (enum stk_os_file)i;
		return true;
	}
	return false;
}

static struct stk_str first_line(struct stk_str text)
{
	return stk_str_trim(stk_str_cut_line(&text));
}

/* A value as a shell reads it: bare or quoted, a backslash before what would end or change it. */
static struct stk_str unquote(struct stk_arena *arena, struct stk_str value)
{
	value = stk_str_trim(value);
	char quote = value.n ? value.p[0] : '\0';
	if (quote != '"' && quote != '\'')
		return value;
	char *out = STK_NEW(arena, char, value.n);
	size_t n = 0;
	for (size_t i = 1; i < value.n && value.p[i] != quote; i++) {
		if (value.p[i] == '\\' && quote == '"' && i + 1 < value.n)
			i++;
		out[n++] = value.p[i];
	}
	return (struct stk_str){ out, n };
}

/* The value of a key in the lines of an os-release or lsb-release file. */
static struct stk_str value_of(struct stk_arena *arena, struct stk_str text, const char *key)
{
	while (text.n) {
		struct stk_str line = stk_str_trim(stk_str_cut_line(&text)), name = stk_str_cut(&line, '=');
		if (stk_str_is(name, key))
			return unquote(arena, line);
	}
	return (struct stk_str){ 0 };
}

/* "22.03 (LTS-SP3)" */
static struct stk_str edition_of(struct stk_str version)
{
	size_t open = stk_str_find_byte(version, '(');
	return open == SIZE_MAX ? (struct stk_str){ 0 }
				: stk_str_strip_suffix(stk_str_slice(version, open + 1, version.n), S(")"));
}

static void read_os_release(struct stk_arena *arena, struct stk_str text, struct stk_os *os)
{
	os->id = stk_arena_lower(arena, value_of(arena, text, "ID"));
	os->version_id = value_of(arena, text, "VERSION_ID");
	os->codename = value_of(arena, text, "VERSION_CODENAME");
	os->edition = edition_of(value_of(arena, text, "VERSION"));
	os->name = value_of(arena, text, "PRETTY_NAME");
	if (!os->name.n)
		os->name = value_of(arena, text, "NAME");
	/* Before 2018 both of openSUSE's lines called themselves so. */
	if (stk_str_is(os->id, "opensuse"))
		os->id = stk_str_contains_nocase(os->name, S("tumbleweed")) ? S("opensuse-tumbleweed")
									    : S("opensuse-leap");
	os->version = os->version_id;
}

static void read_lsb_release(struct stk_arena *arena, struct stk_str text, struct stk_os *os)
{
	if (os->id.n || !stk_str_is(value_of(arena, text, "DISTRIB_ID"), "Ubuntu"))
		return;
	os->id = S("ubuntu");
	os->version = os->version_id = value_of(arena, text, "DISTRIB_RELEASE");
	os->codename = value_of(arena, text, "DISTRIB_CODENAME");
	os->name = value_of(arena, text, "DISTRIB_DESCRIPTION");
}

/* "12.5", or "trixie/sid", where os-release has "12" or nothing. */
static void read_debian_version(struct stk_str text, struct stk_os *os)
{
	struct stk_str version = first_line(text), codename = version;
	if (!version.n || (os->id.n && !stk_str_is(os->id, "debian") && !stk_str_is(os->id, "raspbian")))
		return;
	if (!os->id.n)
		os->id = S("debian");
	/* "12.5" refines "12"; "13.1" beside "12" would be somebody's mistake. */
	if (!os->version.n ||
	    (stk_str_starts(version, os->version) && version.n > os->version.n && version.p[os->version.n] == '.'))
		os->version = version;
	if (!os->codename.n && !stk_is_digit(version.p[0]))
		os->codename = stk_str_cut(&codename, '/');
}

static void read_alpine_release(struct stk_str text, struct stk_os *os)
{
	struct stk_str version = first_line(text);
	if (!version.n || (os->id.n && !stk_str_is(os->id, "alpine")))
		return;
	os->id = S("alpine");
	os->version = version;
}

/* The newest branch of lines like "https://host/alpine/v3.20/main"; edge is newer than all. */
static struct stk_str newest_repository(struct stk_str text)
{
	struct stk_str best = { 0 };
	uint64_t best_minor = 0, best_major = 0, major, minor;
	while (text.n) {
		struct stk_str line = stk_str_trim(stk_str_cut_line(&text));
		if (stk_str_starts(line, S("#")))
			continue;
		while (line.n) {
			struct stk_str part = stk_str_cut(&line, '/'), rest = stk_str_strip_prefix(part, S("v")),
				       branch = rest;
			if (stk_str_is(part, "edge"))
				return part;
			/* Only parts like "v3.20" are branches. */
			if (rest.n == part.n || !stk_str_u64(stk_str_cut(&rest, '.'), 10, &major) ||
			    !stk_str_u64(rest, 10, &minor) || major < best_major ||
			    (major == best_major && minor < best_minor))
				continue;
			best = branch;
			best_major = major;
			best_minor = minor;
		}
	}
	return best;
}

/* "CentOS Linux release 7.6.1810 (Core)": more exact than os-release's "7", and all there is on old systems. */
static void read_red_hat_release(struct stk_str text, struct stk_os *os)
{
	static const struct {
		const char *name, *id;
	} names[] = {
		{ "CentOS", "centos" }, { "Rocky", "rocky" },  { "AlmaLinux", "almalinux" }, { "Oracle", "ol" },
		{ "Fedora", "fedora" }, { "Red Hat", "rhel" }, { "Amazon", "amzn" },
	};
	struct stk_str line = first_line(text);
	size_t at = stk_str_find(line, S(" release "));
	if (at == SIZE_MAX)
		return;
	struct stk_str rest = stk_str_slice(line, at + 9, line.n), version = stk_str_cut_word(&rest), id = { 0 };
	for (size_t i = 0; i < STK_LEN(names) && !id.n; i++)
		if (stk_str_starts_nocase(line, stk_str_from(names[i].name)))
			id = stk_str_from(names[i].id);
	if (!id.n || (os->id.n && !stk_str_eq(os->id, id)))
		return;
	os->id = id;
	if (!os->name.n)
		os->name = line;
	if (stk_str_starts(version, os->version_id))
		os->version = version;
}

/* The report that Ubuntu's "pro status" leaves behind. */
static bool esm_enabled(struct stk_arena *arena, struct stk_str text)
{
	struct stk_json *status;
	struct stk_err err;
	if (!text.n || stk_json_parse(arena, text, &status, &err) < 0 || !stk_json_bool(status, "attached"))
		return false;
	const struct stk_json *services = stk_json_list(status, "services");
	for (size_t i = 0; i < services->n; i++)
		if (stk_str_is(stk_json_str(&services->items[i], "name"), "esm-infra"))
			return stk_str_is(stk_json_str(&services->items[i], "status"), "enabled");
	return false;
}

static const struct stk_release *release_of(struct stk_arena *arena, const struct stk_os *os)
{
	struct stk_str version = os->repository.n ? os->repository : os->version;
	if (os->extended) {
		const struct stk_release *extended =
			stk_release_find(os->family, stk_arena_join(arena, os->version, S("-ESM")));
		if (extended)
			return extended;
	}
	/* The first Amazon Linux was numbered by year and month. */
	if (stk_str_is(os->family, "amazon") && stk_str_starts(version, S("201")))
		version = S("1");
	const struct stk_release *release = stk_release_find(os->family, version);
	return release ? release : stk_release_find(os->family, os->codename);
}

static struct stk_str family_of(const struct stk_os *os)
{
	if (stk_str_is(os->id, "centos") && stk_str_contains(os->name, S("Stream")))
		return S("centos-stream");
	return stk_release_family(os->id);
}

void stk_os_identify(struct stk_arena *arena, const struct stk_os_files *files, struct stk_os *os)
{
	const struct stk_str *text = files->text;
	*os = (struct stk_os){ 0 };
	/* /etc/os-release is mostly a link to the other one: an archive then has no text for
	   it. */
	read_os_release(arena, text[STK_OS_FILE_RELEASE], os);
	if (!os->id.n)
		read_os_release(arena, text[STK_OS_FILE_USR_RELEASE], os);
	read_alpine_release(text[STK_OS_FILE_ALPINE], os);
	read_lsb_release(arena, text[STK_OS_FILE_LSB], os);
	for (size_t i = STK_OS_FILE_CENTOS; i <= STK_OS_FILE_SYSTEM; i++)
		read_red_hat_release(text[i], os);
	read_debian_version(text[STK_OS_FILE_DEBIAN], os);
	if (stk_str_is(os->id, "alpine"))
		os->repository = newest_repository(text[STK_OS_FILE_APK_REPOSITORIES]);
	os->extended = stk_str_is(os->id, "ubuntu") && esm_enabled(arena, text[STK_OS_FILE_UBUNTU_PRO]);
	os->family = family_of(os);
	os->release = release_of(arena, os);
}

void stk_os_named(struct stk_str name, struct stk_os *out)
{
	size_t n = 0;
	while (n < name.n && name.p[n] != '/' && name.p[n] != ':' && name.p[n] != '@')
		n++;
	/* Without a separator, slicing past the end gives an empty version. */
	struct stk_str id = stk_str_slice(name, 0, n), version = stk_str_slice(name, n + 1, name.n);
	*out = (struct stk_os){ .id = id, .family = stk_release_family(id), .version = version, .version_id = version };
	out->release = stk_release_find(out->family, version);
}
