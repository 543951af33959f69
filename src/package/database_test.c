/* SPDX-License-Identifier: Apache-2.0 */
#include "package/database.h"
#include "test.h"
#include "base/banned.h"

CASE(dpkg_status)
{
	STK_ARENA arena = { 0 };
	struct stk_packages list = { 0 };
	size_t broken = 0;
	stk_dpkg_parse(&arena,
		       S("\nPackage: liba1\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: A <a@b.c>\n"
			 "Source: a (1.0-2)\nVersion: 1.0-2+b1\nDescription: first\n Version: 9\n\n\n"
			 "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
			 "package: plain\r\nVersion: 2:3\r\n\r\n"
			 "Package: marked\nStatus: deinstall ok installed\nVersion: 4\n\n"
			 "Package: nameless\nStatus: install ok installed"),
		       &list, &broken);
	assert_int_equal(list.n, 3);
	assert_int_equal(broken, 1);
	assert_str(list.v[0].name, "liba1");
	assert_str(list.v[0].version, "1.0-2+b1");
	assert_str(list.v[0].source_name, "a");
	assert_str(list.v[0].source_version, "1.0-2");
	assert_str(list.v[0].architecture, "amd64");
	assert_str(list.v[0].maintainer, "A <a@b.c>");
	assert_str(list.v[1].name, "plain");
	assert_str(list.v[1].version, "2:3");
	assert_str(list.v[1].source_name, "plain");
	assert_str(list.v[1].source_version, "2:3");
	assert_str(list.v[2].name, "marked");
}

CASE(apk_installed)
{
	STK_ARENA arena = { 0 };
	struct stk_packages list = { 0 };
	size_t broken = 0;
	stk_apk_parse(
		&arena,
		S("C:Q1x=\nP:musl-utils\nV:1.2-r3\nA:x86_64\nL:MIT\no:musl\nm:M\np:so:x=1\nF:usr\nR:x\na:0:0:755\n\n"
		  "P:lonely\nV:1\n\n\nP:no-version\n\nP:last\nV:2"),
		&list, &broken);
	assert_int_equal(list.n, 3);
	assert_int_equal(broken, 1);
	assert_str(list.v[0].name, "musl-utils");
	assert_str(list.v[0].source_name, "musl");
	assert_str(list.v[0].source_version, "1.2-r3");
	assert_str(list.v[0].architecture, "x86_64");
	assert_str(list.v[0].license, "MIT");
	assert_str(list.v[1].source_name, "lonely");
	assert_str(list.v[2].version, "2");
}
