/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `strake version`: the versions of the libraries that decide results. Those with a function
 * for it tell what is loaded, the others (zlib, PCRE2, jansson, libcurl) what was compiled
 * against.
 */
#include "cli/version.h"

#include <curl/curlver.h>
#include <jansson.h>
#include <openssl/crypto.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <sqlite3.h>
#include <stdio.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>
#ifdef STK_HAVE_HYPERSCAN
#include <hs/hs.h>
#endif

#include "base/banned.h"

void stk_version_print(void)
{
	printf("strake %s\n", STK_VERSION);
	printf("inflate     %s, zstd %s\n",
#ifdef STK_HAVE_ISAL
	       "ISA-L",
#else
	       "zlib " ZLIB_VERSION,
#endif
	       ZSTD_versionString());
#ifdef STK_HAVE_HYPERSCAN
	printf("patterns    Hyperscan %s, PCRE2 %d.%d\n", hs_version(), PCRE2_MAJOR, PCRE2_MINOR);
#else
	printf("patterns    PCRE2 %d.%d\n", PCRE2_MAJOR, PCRE2_MINOR);
#endif
	printf("formats     jansson %s, libyaml %s, SQLite %s\n", JANSSON_VERSION, yaml_get_version_string(),
	       sqlite3_libversion());
	printf("network     libcurl %s\n", LIBCURL_VERSION);
	printf("digests     %s\n", OpenSSL_version(OPENSSL_VERSION));
}
