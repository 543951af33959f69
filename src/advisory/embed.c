/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strake-embed OUTPUT.c RECORD.json...: part of the build, never installed. It compiles the records of data/advisories
 * into a database, with the builder that `strake db build` uses, and writes it as a C array.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/database_format.h"
#include "advisory/import.h"
#include "io/file.h"
#include "base/banned.h"

static int fail(const struct stk_err *err)
{
	fprintf(stderr, "strake-embed: %s\n", err->msg);
	return 1;
}

static void write_array(FILE *out, const char *bytes, size_t n)
{
	fputs("#include \"advisory/builtin.h\"\n"
	      "static const _Alignas(8) unsigned char bytes[] = {",
	      out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%u,", i % 32 ? "" : "\n", (unsigned char)bytes[i]);
	fputs("\n};\nstruct stk_str stk_builtin_advisories(void)\n{\n"
	      "\treturn (struct stk_str){ (const char *)bytes, sizeof(bytes) };\n}\n",
	      out);
}

/* A build tool: records in, a C array out. The time of the build is the newest record's, so
   that the same records give the same program. */
int main(int argc, char **argv)
{
	struct stk_err err;
	struct stk_import import = { .builder = stk_builder_new(NULL) };
	struct stk_output out;
	char *bytes = NULL;
	size_t n = 0;
	if (argc < 3)
		return 2;
	for (int i = 2; i < argc; i++)
		if (stk_import_path(&import, argv[i], &err) < 0)
			return fail(&err);
	if (import.broken)
		return fail(&import.first_broken);
	FILE *memory = open_memstream(&bytes, &n);
	if (!memory || stk_builder_finish(import.builder, stk_builder_newest(import.builder), 0, memory, &err) < 0 ||
	    fclose(memory) != 0 || stk_output_open(&out, argv[1], &err) < 0)
		return fail(&err);
	write_array(out.stream, bytes, n);
	free(bytes);
	stk_builder_free(import.builder);
	return stk_output_commit(&out, &err) < 0 ? fail(&err) : 0;
}
