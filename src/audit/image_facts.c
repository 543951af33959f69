/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says about an image besides findings: where it comes from, how it runs, its layers. */
#include "audit/image_target.h"

#include "base/buf.h"
#include "base/limits.h"
#include "text/credential.h"
#include "base/banned.h"

static void add(struct stk_report *report, struct stk_target *target, const char *name, struct stk_str value)
{
	if (value.n)
		*STK_PUSH(report->arena, &target->facts) = (struct stk_fact){ stk_str_from(name), value };
}

static struct stk_str join(struct stk_arena *arena, const struct stk_strs *list, const char *separator)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < list->n; i++)
		stk_buf_printf(&out, "%s" STK_FMT, i ? separator : "", STK_ARG(list->v[i]));
	return stk_arena_str(arena, stk_buf_str(&out));
}

/* As an exec-form instruction shows it: ["sh", "-c", "x"]. */
static struct stk_str words(struct stk_arena *arena, const struct stk_strs *list)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	struct stk_json_writer w = stk_json_writer(&out, 0);
	if (!list->n)
		return (struct stk_str){ 0 };
	stk_json_write_strs(&w, list);
	return stk_arena_str(arena, stk_buf_str(&out));
}

/* A report is passed on more freely than an image: values that look like credentials stay out. */
static bool shown(const struct stk_env *variable)
{
	enum stk_credential_value value = stk_credential_value(variable->value, NULL);
	return value == STK_VALUE_NONE || (value == STK_VALUE_POSSIBLE && !stk_credential_name(variable->name));
}

static struct stk_str pairs(struct stk_arena *arena, const struct stk_env *v, size_t n)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < n; i++)
		stk_buf_printf(&out, "%s" STK_FMT "=" STK_FMT, i ? ", " : "", STK_ARG(v[i].name),
			       STK_ARG(shown(&v[i]) ? v[i].value : S("***")));
	return stk_arena_str(arena, stk_buf_str(&out));
}

static struct stk_str platform(struct stk_arena *arena, const struct stk_image *image)
{
	if (!image->os.n && !image->architecture.n)
		return (struct stk_str){ 0 };
	return stk_arena_printf(arena, STK_FMT "/" STK_FMT "%s" STK_FMT, STK_ARG(image->os),
				STK_ARG(image->architecture), image->variant.n ? "/" : "", STK_ARG(image->variant));
}

static struct stk_str total_size(struct stk_arena *arena, const struct stk_image *image)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < image->layers.n; i++)
		bytes += image->layers.v[i].size;
	return bytes ? stk_arena_printf(arena, "%.1f MiB in %zu layer%s", (double)bytes / (double)STK_MIB(1),
					image->layers.n, image->layers.n == 1 ? "" : "s")
		     : (struct stk_str){ 0 };
}

static void describe_config(const struct stk_image *image, struct stk_report *report, struct stk_target *target)
{
	const struct stk_image_config *c = &image->config;
	struct stk_arena *arena = report->arena;
	if (image->config_text.n)
		add(report, target, "User", c->user.n ? c->user : S("root (none is set)"));
	add(report, target, "Workdir", c->workdir);
	add(report, target, "Entrypoint", words(arena, &c->entrypoint));
	add(report, target, "Cmd", words(arena, &c->cmd));
	add(report, target, "Ports", join(arena, &c->exposed_ports, ", "));
	add(report, target, "Volumes", join(arena, &c->volumes, ", "));
	add(report, target, "Healthcheck", words(arena, &c->healthcheck));
	add(report, target, "Env", pairs(arena, c->env.v, c->env.n));
	add(report, target, "Labels", pairs(arena, c->labels.v, c->labels.n));
}

void stk_image_describe(const struct stk_image *image, struct stk_report *report, size_t number)
{
	struct stk_target *target = &report->targets.v[number];
	struct stk_arena *arena = report->arena;
	add(report, target, "Source", stk_str_from(stk_image_kind_name(image->kind)));
	add(report, target, "Id", image->id);
	add(report, target, "Digest", image->manifest_digest);
	add(report, target, "Tags", join(arena, &image->tags, ", "));
	add(report, target, "Platform", platform(arena, image));
	add(report, target, "Created", image->created);
	add(report, target, "Size", total_size(arena, image));
	describe_config(image, report, target);
	for (size_t i = 0; i < image->layers.n; i++) {
		const struct stk_layer *layer = &image->layers.v[i];
		*STK_PUSH(arena, &target->layers) = (struct stk_target_layer){
			.digest = layer->diff_id.n ? layer->diff_id : layer->digest,
			.instruction = layer->instruction,
			.size = layer->size,
		};
	}
}
