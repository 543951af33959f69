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

CASE(what_asks_a_database_depends_on_its_version)
{
	static const struct {
		const char *image, *program;
	} t[] = {
		{ "mongo:4.4", "mongo" },
		{ "mongo:4", "mongo" },
		{ "mongo:3.6-xenial", "mongo" },
		{ "mongo:5.0", "mongosh" },
		{ "mongo:10", "mongosh" },
		{ "mongo", "mongosh" },
		{ "mongo:latest", "mongosh" },
		{ "mongo:4x", "mongosh" },
		{ "docker.io/library/mongo:4.2.24", "mongo" },
		{ "mongo:99999999999999999999", "mongosh" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_str health = stk_str_from(stk_official_image(stk_str_from(t[i].image))->health);
		assert_str(stk_str_cut(&health, ' '), t[i].program);
	}
}

CASE(capabilities_are_listed_without_a_gap)
{
	const struct stk_official_image *nginx = stk_official_image(S("nginx")),
					*httpd = stk_official_image(S("httpd"));
	static const char *const want[] = { "CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID" };
	for (size_t i = 0; i < STK_LEN(want); i++)
		assert_string_equal(nginx->capabilities[i], want[i]);
	for (size_t i = 0; i < STK_LEN(want) - 1; i++)
		assert_string_equal(httpd->capabilities[i], want[i + 1]);
}
