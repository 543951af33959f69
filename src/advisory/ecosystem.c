/* SPDX-License-Identifier: Apache-2.0 */
/* The names are those of the OSV schema's list of ecosystems; which release a suffix means, is in release.c. */
#include "advisory/ecosystem.h"

#include "base/banned.h"

#define NONE STK_SCHEME_COUNT

/* Columns as in the struct: name, purl type, version scheme, which name advisories use, is it a
   distribution, is case folded, who states severities, page of a CVE. */
static const struct stk_ecosystem rows[] = {
	{ "AlmaLinux", "rpm", STK_SCHEME_RPM, STK_KEY_NAME, true, false, "alma", NULL },
	{ "Alpine", "apk", STK_SCHEME_APK, STK_KEY_SOURCE, true, false, "alpine",
	  "https://security.alpinelinux.org/vuln/%s" },
	{ "Azure Linux", "rpm", STK_SCHEME_RPM, STK_KEY_SOURCE, true, false, "azure", NULL },
	{ "BellSoft Hardened Containers", "apk", STK_SCHEME_APK, STK_KEY_SOURCE, true, false, "bellsoft", NULL },
	{ "Bitnami", "bitnami", STK_SCHEME_SEMVER, STK_KEY_NAME, false, true, "bitnami", NULL },
	{ "CRAN", "cran", STK_SCHEME_GENERIC, STK_KEY_NAME, false, false, "osv", NULL },
	{ "Chainguard", "apk", STK_SCHEME_APK, STK_KEY_SOURCE, true, false, "chainguard", NULL },
	{ "ConanCenter", "conan", STK_SCHEME_GENERIC, STK_KEY_NAME, false, false, "osv", NULL },
	{ "Debian", "deb", STK_SCHEME_DEB, STK_KEY_SOURCE, true, false, "debian",
	  "https://security-tracker.debian.org/tracker/%s" },
	{ "Echo", "deb", STK_SCHEME_DEB, STK_KEY_SOURCE, true, false, "echo", NULL },
	{ "GHC", "ghc", NONE, STK_KEY_NAME, false, false, "osv", NULL },
	{ "GitHub Actions", "github", STK_SCHEME_SEMVER, STK_KEY_NAME, false, true, "ghsa", NULL },
	{ "Go", "golang", STK_SCHEME_GO, STK_KEY_NAME, false, false, "govulndb", NULL },
	{ "Hackage", "hackage", STK_SCHEME_GENERIC, STK_KEY_NAME, false, false, "osv", NULL },
	{ "Hex", "hex", STK_SCHEME_SEMVER, STK_KEY_NAME, false, true, "ghsa", NULL },
	{ "Julia", "julia", STK_SCHEME_SEMVER, STK_KEY_NAME, false, false, "osv", NULL },
	{ "Mageia", "rpm", STK_SCHEME_RPM, STK_KEY_SOURCE, true, false, "mageia", NULL },
	{ "Maven", "maven", NONE, STK_KEY_NAME, false, false, "ghsa", NULL },
	{ "MinimOS", "apk", STK_SCHEME_APK, STK_KEY_SOURCE, true, false, "minimos", NULL },
	{ "NuGet", "nuget", STK_SCHEME_NUGET, STK_KEY_NAME, false, true, "ghsa", NULL },
	{ "Packagist", "composer", STK_SCHEME_GENERIC, STK_KEY_NAME, false, true, "ghsa", NULL },
	{ "Photon OS", "rpm", STK_SCHEME_RPM, STK_KEY_SOURCE, true, false, "photon", NULL },
	{ "Pub", "pub", STK_SCHEME_PUB, STK_KEY_NAME, false, false, "ghsa", NULL },
	{ "PyPI", "pypi", STK_SCHEME_PEP440, STK_KEY_NAME, false, true, "osv", NULL },
	{ "Red Hat", "rpm", STK_SCHEME_RPM, STK_KEY_NAME, true, false, "redhat",
	  "https://access.redhat.com/security/cve/%s" },
	{ "Rocky Linux", "rpm", STK_SCHEME_RPM, STK_KEY_NAME, true, false, "rocky", NULL },
	{ "RubyGems", "gem", STK_SCHEME_GEM, STK_KEY_NAME, false, true, "ghsa", NULL },
	{ "SUSE", "rpm", STK_SCHEME_RPM, STK_KEY_NAME, true, false, "suse",
	  "https://www.suse.com/security/cve/%s.html" },
	{ "SwiftURL", "swift", STK_SCHEME_SEMVER, STK_KEY_NAME, false, true, "ghsa", NULL },
	{ "Ubuntu", "deb", STK_SCHEME_DEB, STK_KEY_SOURCE, true, false, "ubuntu", "https://ubuntu.com/security/%s" },
	{ "VSCode", "vscode", STK_SCHEME_SEMVER, STK_KEY_NAME, false, true, "osv", NULL },
	{ "Wolfi", "apk", STK_SCHEME_APK, STK_KEY_SOURCE, true, false, "wolfi", NULL },
	{ "crates.io", "cargo", STK_SCHEME_SEMVER, STK_KEY_NAME, false, false, "rustsec", NULL },
	{ "npm", "npm", STK_SCHEME_NPM, STK_KEY_NAME, false, true, "ghsa", NULL },
	{ "openEuler", "rpm", STK_SCHEME_RPM, STK_KEY_SOURCE, true, false, "openeuler", NULL },
	{ "openSUSE", "rpm", STK_SCHEME_RPM, STK_KEY_NAME, true, false, "suse",
	  "https://www.suse.com/security/cve/%s.html" },
};

const struct stk_ecosystem *stk_ecosystem_find(struct stk_str name)
{
	struct stk_str base = stk_str_cut(&name, ':');
	for (size_t i = 0; i < STK_LEN(rows); i++)
		if (stk_str_is(base, rows[i].name))
			return &rows[i];
	return NULL;
}

const struct stk_ecosystem *stk_ecosystem_of_purl(struct stk_str purl_type)
{
	for (size_t i = 0; i < STK_LEN(rows); i++)
		if (!rows[i].distribution && stk_str_is(purl_type, rows[i].purl_type))
			return &rows[i];
	return NULL;
}

/* PEP 503: runs of "-", "_" and "." are one "-", letters are small. */
static struct stk_str python_name(struct stk_arena *arena, struct stk_str name)
{
	char *copy = STK_NEW(arena, char, name.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		/* Runs at the end stay one "-": nothing is trimmed. */
		bool separator = name.p[i] == '-' || name.p[i] == '_' || name.p[i] == '.';
		if (!separator)
			copy[n++] = stk_lower(name.p[i]);
		else if (!n || copy[n - 1] != '-')
			copy[n++] = '-';
	}
	return (struct stk_str){ copy, n };
}

static bool has_upper(struct stk_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] >= 'A' && name.p[i] <= 'Z')
			return true;
	return false;
}

struct stk_str stk_ecosystem_package(struct stk_arena *arena, const struct stk_ecosystem *ecosystem,
				     struct stk_str name)
{
	if (!ecosystem)
		return name;
	if (stk_str_is(stk_str_from(ecosystem->name), "PyPI"))
		return python_name(arena, name);
	if (stk_str_is(stk_str_from(ecosystem->name), "SwiftURL"))
		name = stk_str_strip_suffix(stk_str_strip_prefix(name, S("https://")), S(".git"));
	return ecosystem->fold_case && has_upper(name) ? stk_arena_lower(arena, name) : name;
}
