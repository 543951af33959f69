/* SPDX-License-Identifier: Apache-2.0 */
#include "text/reference.h"
#include "test.h"

CASE(references_in_all_forms)
{
	static const struct {
		const char *in, *full, *familiar;
	} t[] = {
		{ "nginx", "docker.io/library/nginx:latest", "nginx" },
		{ "team/app:1.2", "docker.io/team/app:1.2", "team/app:1.2" },
		{ "docker.io/library/nginx:1", "docker.io/library/nginx:1", "nginx:1" },
		{ "index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx" },
		{ "localhost/x", "localhost/x:latest", "localhost/x" },
		{ "localhost:5000/a__b/c-d.e", "localhost:5000/a__b/c-d.e:latest", "localhost:5000/a__b/c-d.e" },
		{ "Reg/app", "Reg/app:latest", "Reg/app" },
		{ "[2001:db8::1]:80/x:y", "[2001:db8::1]:80/x:y", "[2001:db8::1]:80/x:y" },
		{ "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		  "docker.io/library/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		  "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	};
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_reference reference;
		struct stk_err err;
		assert_int_equal(stk_reference_parse(stk_str_from(t[i].in), &reference, &err), 0);
		assert_str(stk_reference_full(&arena, &reference), t[i].full);
		assert_str(stk_reference_familiar(&arena, &reference), t[i].familiar);
	}
}

CASE(references_that_are_none)
{
	static const char *const t[] = {
		"",
		"A",
		"a:b:c",
		"a/",
		"/a",
		"a//b",
		"a:",
		"a@",
		"a@sha256:12",
		"a___b",
		"-a",
		"a-",
		"a..b",
		"h.:1/x",
		"x y",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		"a:-x",
		"reg.io:port/x",
		"$X",
		"a@md5:00",
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_reference reference;
		struct stk_err err;
		if (stk_reference_parse(stk_str_from(t[i]), &reference, &err) == 0)
			fail_msg("\"%s\" was accepted", t[i]);
	}
}
