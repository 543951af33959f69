/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * libcurl, loaded when the first exchange needs it: it brings two dozen libraries, which would
 * cost every other command six milliseconds. Private to io/http.c; a table of the functions
 * that it calls, with the types of curl's own header.
 */

#include <curl/curl.h>

#include "base/err.h"

struct stk_curl {
	CURLcode (*global_init)(long flags);
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *curl, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *curl, CURLINFO info, ...);
	CURLcode (*easy_perform)(CURL *curl);
	void (*easy_cleanup)(CURL *curl);
	const char *(*easy_strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
	void (*slist_free_all)(struct curl_slist *list);
};

/* The library's functions, initialised; NULL with an error when it is not installed. May be called from several
 * threads. */
const struct stk_curl *stk_curl(struct stk_err *err);
