/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See read.h. The mirror of json.c, key by key; what one writes the other reads, and
 * read_test.c holds them to it.
 */
#include "report/read.h"

#include "base/time.h"
#include "base/banned.h"

static void read_strings(struct stk_report *report, const struct stk_json *object, const char *key,
			 struct stk_strs *out)
{
	const struct stk_json *list = stk_json_list(object, key);
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].type == STK_JSON_STRING)
			*STK_PUSH(report->arena, out) = list->items[i].text;
}

/* Out of range counts as absent, which is 0 for all of these. */
static uint32_t read_u32(const struct stk_json *object, const char *key)
{
	int64_t value = stk_json_int(object, key);
	return value > 0 && value <= UINT32_MAX ? (uint32_t)value : 0;
}

static int32_t read_i32(const struct stk_json *object, const char *key)
{
	int64_t value = stk_json_int(object, key);
	return value > 0 && value <= INT32_MAX ? (int32_t)value : 0;
}

static size_t read_size(const struct stk_json *object, const char *key)
{
	int64_t value = stk_json_int(object, key);
	return value > 0 ? (size_t)value : 0;
}

static int64_t read_time(const struct stk_json *object, const char *key)
{
	int64_t seconds = 0;
	stk_time_parse(stk_json_str(object, key), &seconds);
	return seconds;
}

/* The number of the target something belongs to. */
static int read_target_number(const struct stk_report *report, const struct stk_json *object, size_t *out,
			      struct stk_err *err)
{
	int64_t number = stk_json_int(object, "target");
	if (number < 0 || (uint64_t)number >= report->targets.n)
		return stk_fail(err, STK_EFORMAT, "target %lld is not in the list of targets", (long long)number);
	*out = (size_t)number;
	return 0;
}

static void read_target(struct stk_report *report, const struct stk_json *object)
{
	const struct stk_json *os = stk_json_get(object, "os"), *facts = stk_json_list(object, "facts"),
			      *layers = stk_json_list(object, "layers");
	/* Kinds are static strings elsewhere; here it is a view like everything else. */
	size_t number = stk_report_target(report, stk_json_str(object, "name"), "");
	struct stk_target *target = &report->targets.v[number];
	target->kind = stk_json_str(object, "kind");
	target->os_family = stk_json_str(os, "family");
	target->os_version = stk_json_str(os, "version");
	target->os_end_of_life = stk_json_bool(os, "end_of_life");
	for (size_t i = 0; i < facts->n; i++)
		*STK_PUSH(report->arena, &target->facts) =
			(struct stk_fact){ facts->items[i].key, facts->items[i].text };
	for (size_t i = 0; i < layers->n; i++) {
		const struct stk_json *layer = &layers->items[i];
		*STK_PUSH(report->arena, &target->layers) = (struct stk_target_layer){
			stk_json_str(layer, "digest"),
			stk_json_str(layer, "instruction"),
			read_size(layer, "size"),
			read_size(layer, "packages"),
		};
	}
}

static int read_package(const struct stk_report *report, const struct stk_json *object, struct stk_package *out,
			struct stk_err *err)
{
	*out = (struct stk_package){
		.name = stk_json_str(object, "name"),
		.version = stk_json_str(object, "version"),
		.ecosystem = stk_json_str(object, "ecosystem"),
		.namespace = stk_json_str(object, "namespace"),
		.architecture = stk_json_str(object, "architecture"),
		.source_name = stk_json_str(object, "source_name"),
		.source_version = stk_json_str(object, "source_version"),
		.license = stk_json_str(object, "license"),
		.maintainer = stk_json_str(object, "maintainer"),
		.purl = stk_json_str(object, "purl"),
		.path = stk_json_str(object, "path"),
		.layer = stk_json_str(object, "image_layer"),
		.layer_index = read_i32(object, "layer_index"),
	};
	return read_target_number(report, object, &out->target, err);
}

static struct stk_location read_location(const struct stk_json *object)
{
	return (struct stk_location){
		.file = stk_json_str(object, "file"),
		.line = read_u32(object, "line"),
		.column = read_u32(object, "column"),
		.end_line = read_u32(object, "end_line"),
		.end_column = read_u32(object, "end_column"),
		.path = stk_json_str(object, "path"),
		.layer = stk_json_str(object, "image_layer"),
		.layer_index = read_i32(object, "layer_index"),
		.instruction = stk_json_str(object, "instruction"),
		.commit = stk_json_str(object, "commit"),
		.commit_path = stk_json_str(object, "commit_path"),
		.commit_author = stk_json_str(object, "commit_author"),
		.commit_date = stk_json_str(object, "commit_date"),
		.service = stk_json_str(object, "service"),
	};
}

/* A package of its own for each finding: the report does not say which two are the same. */
static int read_vulnerability(struct stk_report *report, struct stk_finding *finding, const struct stk_json *package,
			      const struct stk_json *object, struct stk_err *err)
{
	struct stk_package *copy = STK_NEW(report->arena, struct stk_package, 1);
	if (read_package(report, package, copy, err) < 0)
		return -1;
	struct stk_vulnerability *v = STK_NEW(report->arena, struct stk_vulnerability, 1);
	finding->vulnerability = v;
	v->package = copy;
	v->advisory = stk_json_str(object, "advisory");
	v->fixed_version = stk_json_str(object, "fixed_version");
	v->status = stk_json_str(object, "status");
	v->severity_source = stk_json_str(object, "severity_source");
	v->description = stk_json_str(object, "description");
	v->published = read_time(object, "published");
	v->modified = read_time(object, "modified");
	read_strings(report, object, "references", &v->references);
	read_strings(report, object, "cwes", &v->cwes);
	const struct stk_json *scores = stk_json_list(object, "cvss");
	for (size_t i = 0; i < scores->n; i++) {
		const struct stk_json *score = stk_json_get(&scores->items[i], "score");
		*STK_PUSH(report->arena, &v->cvss) = (struct stk_cvss){
			stk_json_str(&scores->items[i], "source"),
			stk_json_str(&scores->items[i], "vector"),
			score ? score->number : 0,
		};
	}
	return 0;
}

static void read_fix(struct stk_report *report, struct stk_finding *finding, const struct stk_json *object)
{
	const struct stk_json *edits = stk_json_list(object, "edits");
	struct stk_fix *fix = STK_NEW(report->arena, struct stk_fix, 1);
	finding->fix = fix;
	fix->description = stk_json_str(object, "description");
	fix->safe = stk_json_bool(object, "safe");
	fix->command = stk_json_str(object, "command");
	for (size_t i = 0; i < edits->n; i++)
		*STK_PUSH(report->arena, &fix->edits) = (struct stk_edit){
			stk_json_str(&edits->items[i], "file"),
			read_size(&edits->items[i], "begin"),
			read_size(&edits->items[i], "end"),
			stk_json_str(&edits->items[i], "text"),
		};
}

static void read_suppression(struct stk_report *report, struct stk_finding *finding, const struct stk_json *object)
{
	finding->suppressed = STK_NEW(report->arena, struct stk_suppression, 1);
	*finding->suppressed = (struct stk_suppression){ stk_json_str(object, "by"), stk_json_str(object, "reason"),
							 stk_json_str(object, "expires") };
}

/* The layer of the guide, not that of an image. */
static bool layer_parse(struct stk_str name, enum stk_guide_layer *out)
{
	for (size_t layer = 0; layer < STK_LAYER_COUNT; layer++)
		if (stk_str_is(name, stk_layer_name((enum stk_guide_layer)layer))) {
			*out = (enum stk_guide_layer)layer;
			return true;
		}
	return false;
}

/* Renderers trust it: anything but hexadecimal digits is passed over. */
static struct stk_str read_fingerprint(const struct stk_json *object)
{
	struct stk_str fingerprint = stk_json_str(object, "fingerprint");
	for (size_t i = 0; i < fingerprint.n; i++)
		if (!stk_is_xdigit(fingerprint.p[i]))
			return S("");
	return fingerprint.n == 32 ? fingerprint : S("");
}

static int read_finding(struct stk_report *report, const struct stk_json *object, struct stk_err *err)
{
	size_t target = 0;
	if (read_target_number(report, object, &target, err) < 0)
		return -1;
	struct stk_finding *finding = stk_report_add_bare(report, stk_json_str(object, "id"), target);
	if (!stk_severity_parse(stk_json_str(object, "severity"), &finding->severity))
		return stk_fail(err, STK_EFORMAT, "unknown severity \"" STK_FMT "\"",
				STK_ARG(stk_json_str(object, "severity")));
	if (!layer_parse(stk_json_str(object, "layer"), &finding->layer))
		return stk_fail(err, STK_EFORMAT, "unknown layer \"" STK_FMT "\"",
				STK_ARG(stk_json_str(object, "layer")));
	finding->title = stk_json_str(object, "title");
	finding->message = stk_json_str(object, "message");
	finding->why = stk_json_str(object, "why");
	finding->remedy = stk_json_str(object, "remedy");
	finding->url = stk_json_str(object, "url");
	finding->fingerprint = read_fingerprint(object);
	finding->location = read_location(stk_json_get(object, "location"));
	read_strings(report, object, "aliases", &finding->aliases);
	read_strings(report, object, "evidence", &finding->evidence);
	const struct stk_json *vulnerability = stk_json_get(object, "vulnerability"),
			      *fix = stk_json_get(object, "fix"), *suppressed = stk_json_get(object, "suppressed");
	if (fix)
		read_fix(report, finding, fix);
	if (suppressed)
		read_suppression(report, finding, suppressed);
	return vulnerability ? read_vulnerability(report, finding, stk_json_get(object, "package"), vulnerability, err)
			     : 0;
}

static int read_item(struct stk_report *report, const struct stk_json *object, struct stk_err *err)
{
	struct stk_item item = { .id = stk_json_str(object, "id"),
				 .text = stk_json_str(object, "text"),
				 .reason = stk_json_str(object, "reason"),
				 .findings = read_size(object, "findings") };
	struct stk_str state = stk_json_str(object, "state");
	size_t known = 0;
	while (known < STK_ITEM_STATE_COUNT && !stk_str_is(state, stk_item_state_name((enum stk_item_state)known)))
		known++;
	if (known == STK_ITEM_STATE_COUNT || !layer_parse(stk_json_str(object, "layer"), &item.layer))
		return stk_fail(err, STK_EFORMAT, "unknown state \"" STK_FMT "\" or layer", STK_ARG(state));
	item.state = (enum stk_item_state)known;
	read_strings(report, object, "rules", &item.rules);
	*STK_PUSH(report->arena, &report->checklist) = item;
	return 0;
}

static int read_gap(struct stk_report *report, const struct stk_json *object, struct stk_err *err)
{
	size_t target = 0;
	if (read_target_number(report, object, &target, err) < 0)
		return -1;
	stk_report_gap(report, target, stk_json_str(object, "what"), stk_json_str(object, "why"));
	return 0;
}

/* One package, although the name in the report is that of the list. */
static int read_packages(struct stk_report *report, const struct stk_json *object, struct stk_err *err)
{
	struct stk_package *package = STK_NEW(report->arena, struct stk_package, 1);
	*STK_PUSH(report->arena, &report->packages) = package;
	return read_package(report, object, package, err);
}

int stk_report_read(struct stk_report *report, const struct stk_json *root, struct stk_err *err)
{
	static const struct {
		const char *key;
		int (*read)(struct stk_report *, const struct stk_json *, struct stk_err *);
	} lists[] = {
		{ "findings", read_finding },
		{ "packages", read_packages },
		{ "incomplete", read_gap },
		{ "checklist", read_item },
	};
	if (!stk_str_is(stk_json_str(root, "schema"), "strake/1")) {
		stk_fail(err, STK_EFORMAT, "no report of the schema strake/1");
		return stk_hint(err, "\"strake COMMAND --format json\" writes one.");
	}
	const struct stk_json *targets = stk_json_list(root, "targets"), *drawings = stk_json_list(root, "drawings");
	for (size_t i = 0; i < targets->n; i++)
		read_target(report, &targets->items[i]);
	/* Targets come first, since everything else refers to them. */
	for (size_t l = 0; l < STK_LEN(lists); l++) {
		const struct stk_json *list = stk_json_list(root, lists[l].key);
		for (size_t i = 0; i < list->n; i++)
			if (lists[l].read(report, &list->items[i], err) < 0)
				return stk_within(err, "%s[%zu]", lists[l].key, i);
	}
	for (size_t i = 0; i < drawings->n; i++)
		*STK_PUSH(report->arena, &report->drawings) =
			(struct stk_drawing){ stk_json_str(&drawings->items[i], "title"),
					      stk_json_str(&drawings->items[i], "svg") };
	read_strings(report, root, "notices", &report->notices);
	read_strings(report, root, "unseen", &report->unseen);
	read_strings(report, root, "paths", &report->paths);
	return 0;
}
