/* SPDX-License-Identifier: Apache-2.0 */
#include "package/os.h"

#include "text/json.h"
#include "test.h"
#include "base/banned.h"

static struct stk_os identify(struct stk_arena *arena, const struct stk_os_files *files)
{
	struct stk_os os;
	stk_os_identify(arena, files, &os);
	return os;
}

#define FILES(...)	       (&(struct stk_os_files){ .text = { __VA_ARGS__ } })
#define FILE_IS(name, literal) [STK_OS_FILE_##name] = { literal, sizeof(literal) - 1 }

CASE(debian_with_and_without_a_version)
{
	STK_ARENA arena = { 0 };
	struct stk_os os =
		identify(&arena, FILES(FILE_IS(RELEASE, "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n"
							"VERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"),
				       FILE_IS(DEBIAN, "12.5\n")));
	assert_str(os.version, "12.5");
	assert_str(os.version_id, "12");
	assert_str(os.codename, "bookworm");
	assert_str(os.name, "Debian GNU/Linux 12 (bookworm)");
	assert_string_equal(os.release->version, "12");
	os = identify(&arena, FILES(FILE_IS(RELEASE, "ID=debian\n"), FILE_IS(DEBIAN, "trixie/sid\n")));
	assert_str(os.version, "trixie/sid");
	assert_str(os.codename, "trixie");
	assert_string_equal(os.release->version, "13");
	os = identify(&arena, FILES(FILE_IS(DEBIAN, "9.13\n")));
	assert_str(os.id, "debian");
	assert_str(os.version, "9.13");
}

CASE(ubuntu_is_not_debian)
{
	STK_ARENA arena = { 0 };
	struct stk_os os = identify(
		&arena, FILES(FILE_IS(RELEASE, "ID=ubuntu\nVERSION_ID='14.04'\n"), FILE_IS(DEBIAN, "jessie/sid\n"),
			      FILE_IS(UBUNTU_PRO, "{\"attached\": true, \"services\": [{\"name\": \"esm-infra\","
						  "\"status\": \"enabled\"}]}")));
	assert_str(os.id, "ubuntu");
	assert_str(os.version, "14.04");
	assert_true(os.extended);
	assert_string_equal(os.release->version, "14.04-ESM");
	os = identify(&arena,
		      FILES(FILE_IS(LSB, "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\nDISTRIB_CODENAME=bionic\n")));
	assert_str(os.version, "18.04");
	assert_str(os.codename, "bionic");
	assert_false(os.extended);
}

CASE(alpine_and_its_repositories)
{
	STK_ARENA arena = { 0 };
	struct stk_os os = identify(
		&arena, FILES(FILE_IS(USR_RELEASE, "ID=alpine\nVERSION_ID=3.20.3\n"), FILE_IS(ALPINE, "3.20.3\n"),
			      FILE_IS(APK_REPOSITORIES, "https://a/alpine/v3.9/main\nhttps://a/alpine/v3.20/main\n"
							"#https://a/alpine/edge/testing\n")));
	assert_str(os.version, "3.20.3");
	assert_str(os.repository, "3.20");
	os = identify(&arena, FILES(FILE_IS(ALPINE, "3.21_alpha20240923\n"),
				    FILE_IS(APK_REPOSITORIES, "https://a/edge/main\n")));
	assert_str(os.id, "alpine");
	assert_str(os.repository, "edge");
	assert_string_equal(os.release->version, "edge");
	os = identify(&arena, FILES(FILE_IS(RELEASE, "ID=wolfi\nVERSION_ID=\"20230201\"\n"), FILE_IS(ALPINE, "3.1\n")));
	assert_str(os.id, "wolfi");
	assert_null(os.release);
}

CASE(red_hat_and_its_relatives)
{
	STK_ARENA arena = { 0 };
	struct stk_os os =
		identify(&arena, FILES(FILE_IS(RELEASE, "NAME=\"CentOS Linux\"\nID=\"centos\"\nVERSION_ID=\"7\"\n"),
				       FILE_IS(CENTOS, "CentOS Linux release 7.6.1810 (Core) \n"),
				       FILE_IS(REDHAT, "CentOS Linux release 7.6.1810 (Core) \n")));
	assert_str(os.version, "7.6.1810");
	assert_str(os.family, "centos");
	os = identify(&arena, FILES(FILE_IS(RELEASE, "NAME=\"CentOS Stream\"\nID=\"centos\"\nVERSION_ID=\"8\"\n")));
	assert_str(os.family, "centos-stream");
	assert_string_equal(os.release->end, "2024-05-31");
	os = identify(&arena, FILES(FILE_IS(SYSTEM, "Amazon Linux AMI release 2018.03\n")));
	assert_str(os.id, "amzn");
	assert_string_equal(os.release->version, "1");
	os = identify(&arena,
		      FILES(FILE_IS(RELEASE, "ID=\"rhel\"\nVERSION_ID=\"8.9\"\nPRETTY_NAME=\"RHEL \\\"8\\\"\"")));
	assert_str(os.family, "redhat");
	assert_str(os.name, "RHEL \"8\"");
}

CASE(nothing_says_what_it_is)
{
	STK_ARENA arena = { 0 };
	struct stk_os os = identify(&arena, FILES(FILE_IS(REDHAT, "release\n"), FILE_IS(LSB, "DISTRIB_ID")));
	assert_int_equal(os.id.n, 0);
	assert_null(os.release);
}

CASE(a_system_by_name)
{
	static const struct {
		const char *name, *family, *version, *release;
	} t[] = {
		{ "debian/12", "debian", "12", "12" },
		{ "rhel:9.4", "redhat", "9.4", "9" },
		{ "alpine@3.20.1", "alpine", "3.20.1", "3.20" },
		{ "wolfi", "wolfi", "", NULL },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_os os;
		stk_os_named(stk_str_from(t[i].name), &os);
		assert_str(os.family, t[i].family);
		assert_str(os.version, t[i].version);
		assert_string_equal(os.release ? os.release->version : "none", t[i].release ? t[i].release : "none");
	}
}

/* The names that the collected cases use where ours differ. */
static struct stk_str wanted_family(struct stk_arena *arena, struct stk_str name)
{
	static const struct {
		const char *theirs, *ours;
	} names[] = {
		{ "azure", "azurelinux" },
		{ "cblmariner", "cbl-mariner" },
		{ "centosstream", "centos-stream" },
		{ "opensuseleap", "opensuse-leap" },
		{ "opensusetumbleweed", "opensuse-tumbleweed" },
		{ "slemicro", "slem" },
	};
	struct stk_str lower = stk_arena_lower(arena, stk_str_strip_prefix(name, S("types.")));
	for (size_t i = 0; i < STK_LEN(names); i++)
		if (stk_str_is(lower, names[i].theirs))
			return stk_str_from(names[i].ours);
	return lower;
}

static enum stk_os_file file_of(struct stk_arena *arena, const struct stk_json *row)
{
	struct stk_str input = stk_json_str(row, "input"),
		       name = stk_str_slice(input, stk_str_rfind_byte(input, '/') + 1, input.n);
	enum stk_os_file file = STK_OS_FILE_RELEASE;
	if (stk_str_is(stk_json_str(row, "kind"), "analyzer:os/ubuntu") && stk_str_ends(name, S(".json")))
		return STK_OS_FILE_UBUNTU_PRO;
	(void)stk_os_file_of(stk_arena_join(arena, S("etc/"), name), &file);
	return file;
}

static void check_fixture(struct stk_arena *arena, const struct stk_json *row)
{
	struct stk_os_files files = { 0 };
	const struct stk_json *want = stk_json_get(stk_json_get(row, "expected"), "os");
	struct stk_str input = stk_json_str(row, "input"), family = stk_json_str(want, "Family"),
		       version = stk_json_str(want, "Name");
	enum stk_os_file file = file_of(arena, row);
	files.text[file] = test_read(arena, stk_arena_printf(arena, "../shared/fixtures/" STK_FMT, STK_ARG(input)).p);
	if (file == STK_OS_FILE_UBUNTU_PRO)
		files.text[STK_OS_FILE_RELEASE] = S("ID=ubuntu\n");
	struct stk_os os = identify(arena, &files);
	if (family.n && !stk_str_eq(wanted_family(arena, family), os.family))
		fail_msg(STK_FMT ": family " STK_FMT, STK_ARG(input), STK_ARG(os.family));
	if (version.n && !stk_str_eq(version, os.version))
		fail_msg(STK_FMT ": version " STK_FMT, STK_ARG(input), STK_ARG(os.version));
	if (file == STK_OS_FILE_UBUNTU_PRO)
		assert_int_equal(os.extended, family.n > 0);
}

CASE(what_other_projects_read)
{
	STK_ARENA arena = { 0 };
	struct stk_json *index;
	struct stk_err err;
	if (!test_shared("fixtures")) {
		test_skip("../shared/fixtures is absent");
		return;
	}
	assert_int_equal(stk_json_parse(&arena, test_read(&arena, "../shared/fixtures/index.json"), &index, &err), 0);
	size_t checked = 0;
	for (size_t i = 0; i < index->n; i++) {
		if (!stk_str_starts(stk_json_str(&index->items[i], "kind"), S("analyzer:os/")))
			continue;
		check_fixture(&arena, &index->items[i]);
		checked++;
	}
	assert_true(checked > 25);
}
