/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the path, and with it the readers that come into play; the rest is the file. */
#include <stdlib.h>

#include "secret/baseline.h"
#include "secret/history.h"
#include "secret/instructions.h"
#include "secret/mask.h"
#include "secret/user.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {
	"app/settings.py",
	"deploy/values.yaml",
	"Dockerfile",
	".env",
	"root/.docker/config.json",
	"image:history",
	"image:env",
	"lib/app.jar",
	"data.tar.gz",
	".git/objects/ab/0123456789abcdef0123456789abcdef012345",
	".git/objects/pack/pack-1.pack",
	"etc/shadow",
	"root/.netrc",
	"usr/lib/libx.so",
	"infra/terraform.tfstate",
	"root/.kube/config",
};

static void check(const struct stk_secret_scan *scan, struct stk_arena *arena, struct stk_str text)
{
	for (size_t i = 0; i < scan->found.n; i++) {
		const struct stk_secret *secret = &scan->found.v[i];
		bool inside = stk_str_find_byte(secret->path, '!') != SIZE_MAX;
		if (!inside && (secret->offset > text.n || secret->length > text.n - secret->offset))
			abort();
		if (secret->fingerprint.n != 32 || secret->value.n || (secret->line && !secret->column))
			abort();
	}
	if (stk_secret_mask(arena, text, scan->found.v, scan->found.n).n != text.n)
		abort();
}

static void see_object(void *context, bool is_commit, struct stk_str id, struct stk_str content)
{
	(void)is_commit;
	if (stk_arena_str(context, id).n != 20 || stk_arena_str(context, content).n != content.n)
		abort();
}

static void read_settings(struct stk_str text)
{
	STK_ARENA arena = { 0 };
	struct stk_secret_rules rules = { 0 };
	struct stk_secret_baseline baseline = { 0 };
	uint32_t lines[4];
	struct stk_strs history = { 0 };
	for (size_t i = 0; i < 4; i++)
		*STK_PUSH(&arena, &history) = stk_str_slice(text, i * 40, i * 40 + 40);
	stk_instruction_lines(&arena, &history, text, lines);
	stk_secret_rules_read_gitleaks(&arena, text, S("x"), &rules, NULL);
	stk_secret_rules_read_trivy(&arena, text, S("x"), &rules, NULL);
	stk_secret_rules_free(&rules);
	stk_secret_baseline_read(&arena, text, S("x"), &baseline, NULL);
	stk_secret_baseline_read_ignore(&arena, text, S("x"), S(""), &baseline);
	stk_git_visit_pack(text, &(struct stk_git_visitor){ &arena, see_object });
	stk_git_visit_object(text, &(struct stk_git_visitor){ &arena, see_object });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stk_secret_engine *engine;
	static const struct stk_secret_options options = { .least = STK_CONFIDENCE_LOW };
	STK_ARENA arena = { 0 };
	if (!engine && stk_secret_engine_new(&options, &engine, NULL) < 0)
		abort();
	if (!size)
		return 0;
	struct stk_str text = { (const char *)data + 1, size - 1 };
	struct stk_secret_scan *scan = stk_secret_scan_new(engine, &arena);
	size_t which = data[0] % (STK_LEN(paths) + 1);
	if (which == STK_LEN(paths))
		read_settings(text);
	else
		stk_secret_scan_text(scan, stk_str_from(paths[which]), text);
	check(scan, &arena, text);
	/* In two pieces the same is found. */
	size_t n = scan->found.n;
	if (which < STK_LEN(paths)) {
		stk_secret_begin(scan, stk_str_from(paths[which]));
		stk_secret_piece(scan, stk_str_slice(text, 0, text.n / 2));
		stk_secret_piece(scan, stk_str_slice(text, text.n / 2, text.n));
		stk_secret_end(scan, true);
		if (scan->found.n != 2 * n)
			abort();
	}
	stk_secret_scan_free(scan);
	return 0;
}
