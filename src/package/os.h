/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which distribution and release a root file system is, from the files that say so:
 * os-release(5), and the older and more exact ones that each distribution has beside it. From
 * texts alone: the caller has fetched the files, from an image or elsewhere.
 *
 * Everything else follows from the answer: which advisories apply, whether the release still
 * gets updates, and the purls of packages.
 */

#include "base/arena.h"
#include "text/release.h"

/* The files, in one list from which the enum, the paths and the array of texts are made. The
   Red Hat kind stand together: os.c loops from CENTOS to SYSTEM. */
#define STK_OS_FILES(X)                                                                                                \
	X(RELEASE, "etc/os-release")                                                                                   \
	X(USR_RELEASE, "usr/lib/os-release")                                                                           \
	X(LSB, "etc/lsb-release")                                                                                      \
	X(DEBIAN, "etc/debian_version")                                                                                \
	X(ALPINE, "etc/alpine-release")                                                                                \
	X(APK_REPOSITORIES, "etc/apk/repositories")                                                                    \
	X(CENTOS, "etc/centos-release")                                                                                \
	X(ROCKY, "etc/rocky-release")                                                                                  \
	X(ALMA, "etc/almalinux-release")                                                                               \
	X(ORACLE, "etc/oracle-release")                                                                                \
	X(FEDORA, "etc/fedora-release")                                                                                \
	X(REDHAT, "etc/redhat-release")                                                                                \
	X(SYSTEM, "etc/system-release")                                                                                \
	X(UBUNTU_PRO, "var/lib/ubuntu-advantage/status.json")

enum stk_os_file {
#define X(name, path) STK_OS_FILE_##name,
	STK_OS_FILES(X)
#undef X
		STK_OS_FILE_COUNT,
};

/* The contents of each, empty where it is absent. */
struct stk_os_files {
	struct stk_str text[STK_OS_FILE_COUNT];
};

/* Empty strings where the files do not tell. */
struct stk_os {
	struct stk_str id;	   /* os-release's ID: "debian" "rhel" "opensuse-leap"; empty: not known at all */
	struct stk_str family;	   /* stk_release_family's name for it: "redhat", "centos-stream" */
	struct stk_str version;	   /* the most exact one: "12.5", "3.20.3", "7.6.1810", "trixie/sid" */
	struct stk_str version_id; /* VERSION_ID: "12" */
	struct stk_str codename;   /* "bookworm" */
	struct stk_str edition;	   /* what VERSION says in parentheses: "LTS-SP3" of openEuler's "22.03 (LTS-SP3)" */
	struct stk_str name;	   /* PRETTY_NAME: "Debian GNU/Linux 12 (bookworm)" */
	struct stk_str repository; /* of Alpine: the newest branch of its repositories, "3.20" or "edge" */
	bool extended;		   /* Ubuntu Pro's esm-infra is enabled */
	const struct stk_release *release; /* for its end of life; NULL: not known */
};

/* Which of the files a path is; false for any other path. */
bool stk_os_file_of(struct stk_str path, enum stk_os_file *out);
/* Views into the texts, or copies on the arena. */
void stk_os_identify(struct stk_arena *arena, const struct stk_os_files *files, struct stk_os *out);
/* The system a user names: "alpine/3.20", "debian:12", "rhel@9.4". */
void stk_os_named(struct stk_str name, struct stk_os *out);
