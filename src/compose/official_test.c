/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "compose/official.h"

CASE(only_the_official_library_is_known)
{
	static const struct {
		const char *image;
		bool known;
	} t[] = {
		{ "postgres", true },
		{ "postgres:16@sha256:4ec37d2a07a0067f176fdcc9d4bb633a5724d2cc4f892c7a2046d054bb6939e5", true },
		{ "library/redis:7", true },
		{ "docker.io/library/nginx", true },
		{ "bitnami/postgres", false },
		{ "registry.example.com/postgres", false },
		{ "postgresql", false },
		{ "", false },
		{ "Bad Image", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		assert_int_equal(stk_official_image(stk_str_from(t[i].image)) != NULL, t[i].known);
}
