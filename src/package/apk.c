/* SPDX-License-Identifier: Apache-2.0 */
/* apk's installed database: lines "K:value", a blank line behind each package. Upper and lower case keys differ. */
#include "package/database.h"
#include "base/banned.h"

static void add(struct stk_arena *arena, const struct stk_package *read, struct stk_packages *out, size_t *broken)
{
	if (!read->name.n || !read->version.n) {
		++*broken;
		return;
	}
	struct stk_package *package = STK_PUSH(arena, out);
	*package = *read;
	package->ecosystem = S("apk");
	/* Alpine's advisories speak of origins; the version is the same for all that one origin
	   builds. */
	if (!package->source_name.n)
		package->source_name = package->name;
	package->source_version = package->version;
}

/* Keys as apk-tools' database writes them: Package, Version, Architecture, origin, License,
   maintainer. Others, such as the files (F, R), are passed over, which is most of the text. */
static void set(struct stk_package *package, char key, struct stk_str value)
{
	switch (key) {
	case 'P':
		package->name = value;
		break;
	case 'V':
		package->version = value;
		break;
	case 'A':
		package->architecture = value;
		break;
	case 'o':
		package->source_name = value;
		break;
	case 'L':
		package->license = value;
		break;
	case 'm':
		package->maintainer = value;
		break;
	default:
		break;
	}
}

/* lib/apk/db/installed (apk-tools' doc, apk-package): letter, colon, value; a blank line ends a
   package. The last one may lack it. */
void stk_apk_parse(struct stk_arena *arena, struct stk_str text, struct stk_packages *out, size_t *broken)
{
	struct stk_package package = { 0 };
	bool any = false;
	while (text.n || any) {
		struct stk_str line = stk_str_cut_line(&text);
		if (line.n > 1 && line.p[1] == ':') {
			set(&package, line.p[0], stk_str_trim(stk_str_slice(line, 2, line.n)));
			any = true;
		}
		if ((line.n && text.n) || !any)
			continue;
		add(arena, &package, out, broken);
		package = (struct stk_package){ 0 };
		any = false;
	}
}
