/* SPDX-License-Identifier: Apache-2.0 */
#include "text/purl.h"

#include "test.h"
#include "base/banned.h"

CASE(purls_are_canonical)
{
	STK_ARENA arena = { 0 };
	struct stk_purl_qualifier qualifiers[] = { { "arch", S("amd64") }, { "distro", { 0 } }, { "epoch", S("1") } };
	struct stk_purl purl = { S("deb"),   S("debian"),	 S("libstdc++6"), S("1:12.2.0-14+b1~x"),
				 qualifiers, STK_LEN(qualifiers) };
	assert_str(stk_purl_format(&arena, &purl),
		   "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bb1~x?arch=amd64&epoch=1");
	purl = (struct stk_purl){ .type = S("npm"), .namespace = S("@scope"), .name = S("a/b") };
	assert_str(stk_purl_format(&arena, &purl), "pkg:npm/%40scope/a%2Fb");
}
