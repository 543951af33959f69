/* SPDX-License-Identifier: Apache-2.0 */
/* Which ecosystem speaks of which system. */
#include "test.h"

#include "advisory/ecosystem.h"
#include "advisory/match.h"

CASE(each_system_has_its_ecosystems)
{
	static const struct {
		const char *ecosystem, *id, *version, *codename, *repository;
		bool covers;
		const char *edition;
	} rows[] = {
		{ "Debian:12", "debian", "12", "bookworm", "", true },
		{ "Debian:12", "debian", "12.5", "", "", true },
		{ "Debian:11", "debian", "12", "", "", false },
		{ "Debian", "debian", "12", "", "", true },
		{ "Debian:13", "debian", "", "trixie", "", true },
		{ "Debian:13", "debian", "trixie/sid", "", "", true },
		{ "Debian:12", "raspbian", "12", "", "", true },
		{ "Ubuntu:22.04:LTS", "ubuntu", "22.04", "", "", true },
		{ "Ubuntu:23.10", "ubuntu", "23.10", "", "", true },
		{ "Ubuntu:Pro:18.04:LTS", "ubuntu", "18.04", "", "", true },
		{ "Ubuntu:Pro:FIPS:18.04:LTS", "ubuntu", "18.04", "", "", false },
		{ "Ubuntu:22.04:LTS", "ubuntu", "20.04", "", "", false },
		{ "Alpine:v3.18", "alpine", "3.18.4", "", "", true },
		{ "Alpine:v3.18", "alpine", "3.19_alpha20231219", "", "3.18", true },
		{ "Alpine:edge", "alpine", "3.21_alpha20240807", "", "edge", true },
		{ "Alpine:v3.1", "alpine", "3.18.4", "", "", false },
		{ "Wolfi", "wolfi", "20230201", "", "", true },
		{ "Chainguard", "chainguard", "20230214", "", "", true },
		{ "Chainguard", "wolfi", "20230214", "", "", false },
		{ "Red Hat:enterprise_linux:9::baseos", "rhel", "9.4", "", "", true },
		{ "Red Hat:enterprise_linux:8::appstream", "centos", "8", "", "", true },
		{ "Red Hat:enterprise_linux:9::appstream", "centos", "9", "", "", false },
		{ "Red Hat:rhel_eus:9.2::baseos", "rhel", "9.2", "", "", false },
		{ "Rocky Linux:9", "rocky", "9.3", "", "", true },
		{ "AlmaLinux:9", "almalinux", "9.3", "", "", true },
		{ "AlmaLinux:9", "rocky", "9.3", "", "", false },
		{ "SUSE:Linux Enterprise Server 15 SP5", "sles", "15.5", "", "", true },
		{ "SUSE:Linux Enterprise Module for Basesystem 15 SP5", "sles", "15.5", "", "", true },
		{ "SUSE:Linux Enterprise Server 15 SP5-LTSS", "sles", "15.5", "", "", true },
		{ "SUSE:Linux Enterprise Server 15 SP5", "sles", "15.4", "", "", false },
		{ "openSUSE:Leap 15.5", "opensuse-leap", "15.5", "", "", true },
		{ "openSUSE:Tumbleweed", "opensuse-tumbleweed", "20240101", "", "", true },
		{ "Photon OS:5.0", "photon", "5.0", "", "", true },
		{ "Azure Linux:3", "azurelinux", "3.0", "", "", true },
		{ "Mageia:9", "mageia", "9", "", "", true },
		{ "SUSE:Linux Enterprise Server for SAP Applications 15 SP5", "sles_sap", "15.5", "", "", true },
		{ "SUSE:Linux Enterprise Micro 5.5", "sle-micro", "5.5", "", "", true },
		{ "SUSE:Linux Enterprise Micro 5.5", "sle-micro", "5.4", "", "", false },
		{ "SUSE:Linux Micro 6.0", "sl-micro", "6.0", "", "", true },
		{ "SUSE:Linux Enterprise Server 15 SP5", "sle-micro", "5.5", "", "", false },
		{ "openEuler:22.03-LTS-SP3", "openeuler", "22.03", "", "", true, "LTS-SP3" },
		{ "openEuler:22.03-LTS-SP3", "openeuler", "22.03", "", "", false, "LTS-SP4" },
		{ "openEuler:22.03-LTS", "openeuler", "22.03", "", "", false, "LTS-SP3" },
		{ "openEuler:23.09", "openeuler", "23.09", "", "", true },
		{ "Debian:12", "fedora", "12", "", "", false },
		{ "Debian:12", "", "", "", "", false },
	};
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		struct stk_match_os os = { stk_str_from(rows[i].id), stk_str_from(rows[i].version),
					   stk_str_from(rows[i].codename), stk_str_from(rows[i].repository),
					   stk_str_from(rows[i].edition) };
		if (stk_ecosystem_covers(stk_str_from(rows[i].ecosystem), &os) != rows[i].covers)
			fail_msg("%s for %s %s", rows[i].ecosystem, rows[i].id, rows[i].version);
	}
}

CASE(names_are_spelled_one_way)
{
	static const struct {
		const char *ecosystem, *name, *want;
	} rows[] = {
		{ "PyPI", "Zope.Interface", "zope-interface" },
		{ "PyPI", "ruamel_.yaml", "ruamel-yaml" },
		{ "npm", "@Types/Node", "@types/node" },
		{ "Maven", "Org.Example:A", "Org.Example:A" },
		{ "crates.io", "a_b", "a_b" },
		{ "SwiftURL", "https://example.org/A/b.git", "example.org/a/b" },
		{ "Debian:12", "openssl1.0", "openssl1.0" },
		{ "unheard of", "X", "X" },
	};
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < STK_LEN(rows); i++)
		assert_str(stk_ecosystem_package(&arena, stk_ecosystem_find(stk_str_from(rows[i].ecosystem)),
						 stk_str_from(rows[i].name)),
			   rows[i].want);
}
