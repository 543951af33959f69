/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlopen instead of linking: see curl.h. Whoever has no libcurl can still scan everything that
 * is on the disk.
 */
#include "io/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/banned.h"

static struct stk_curl functions;
static bool loaded;

/* Names and places in the table, so that a function more is one row. dlsym gives an object
   pointer, which ISO C does not let us convert: POSIX does, and memcpy says so without a
   warning. Once loaded it stays; pthread_once makes the two variables safe to read. */
static void load(void)
{
	static const struct {
		const char *name;
		size_t offset;
	} names[] = {
		{ "curl_global_init", offsetof(struct stk_curl, global_init) },
		{ "curl_easy_init", offsetof(struct stk_curl, easy_init) },
		{ "curl_easy_setopt", offsetof(struct stk_curl, easy_setopt) },
		{ "curl_easy_getinfo", offsetof(struct stk_curl, easy_getinfo) },
		{ "curl_easy_perform", offsetof(struct stk_curl, easy_perform) },
		{ "curl_easy_cleanup", offsetof(struct stk_curl, easy_cleanup) },
		{ "curl_easy_strerror", offsetof(struct stk_curl, easy_strerror) },
		{ "curl_slist_append", offsetof(struct stk_curl, slist_append) },
		{ "curl_slist_free_all", offsetof(struct stk_curl, slist_free_all) },
	};
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL); /* its ABI has been number 4 since 2006 */
	loaded = library != NULL;
	for (size_t i = 0; loaded && i < STK_LEN(names); i++) {
		void *function = dlsym(library, names[i].name);
		memcpy((char *)&functions + names[i].offset, &function, sizeof(function));
		loaded = function != NULL;
	}
	loaded = loaded && functions.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

const struct stk_curl *stk_curl(struct stk_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, load);
	if (loaded)
		return &functions;
	stk_fail(err, STK_EIO, "libcurl.so.4 is not installed");
	stk_hint(err, "install Debian's package libcurl4, or libcurl of your distribution");
	return NULL;
}
