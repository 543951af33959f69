/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tool's own JSON, "strake/1": docs/report.schema.json describes it, and read.c reads it
 * back. Absent facts are left out rather than written empty, so that a reader can tell "not
 * known" from "none". Keys are only ever added within one schema.
 */
#include "report/renderers.h"
#include "report/summary.h"
#include "base/time.h"
#include "text/json.h"

#include "base/banned.h"

/* Lines, columns and layers are counted from 1: a 0 is "not known". */
static void put_number_if(struct stk_json_writer *w, const char *key, int64_t value)
{
	if (value)
		stk_json_put_int(w, key, value);
}

static void put_time_if(struct stk_json_writer *w, struct stk_arena *arena, const char *key, int64_t seconds)
{
	if (seconds)
		stk_json_put_str(w, key, stk_time_format(arena, seconds));
}

static void write_layers(struct stk_json_writer *w, const struct stk_target *target)
{
	if (!target->layers.n)
		return;
	stk_json_key(w, "layers");
	stk_json_begin_array(w);
	for (size_t i = 0; i < target->layers.n; i++) {
		const struct stk_target_layer *layer = &target->layers.v[i];
		stk_json_begin_object(w);
		stk_json_put_str_if(w, "digest", layer->digest);
		stk_json_put_str_if(w, "instruction", layer->instruction);
		stk_json_put_int(w, "size", (int64_t)layer->size);
		stk_json_put_int(w, "packages", (int64_t)layer->packages);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
}

/* counts holds every severity, zeros too: whoever reads it should not have to know the list. */
static void write_target(struct stk_json_writer *w, const struct stk_report *report, size_t number)
{
	const struct stk_target *target = &report->targets.v[number];
	struct stk_counts counts = stk_report_count(report, number);
	stk_json_begin_object(w);
	stk_json_put_str(w, "name", target->name);
	stk_json_put_str(w, "kind", target->kind);
	if (target->os_family.n) {
		stk_json_key(w, "os");
		stk_json_begin_object(w);
		stk_json_put_str(w, "family", target->os_family);
		stk_json_put_str_if(w, "version", target->os_version);
		stk_json_put_bool(w, "end_of_life", target->os_end_of_life);
		stk_json_end_object(w);
	}
	if (target->facts.n) {
		stk_json_key(w, "facts");
		stk_json_begin_object(w);
		for (size_t i = 0; i < target->facts.n; i++) {
			stk_json_key_str(w, target->facts.v[i].name);
			stk_json_write_str(w, target->facts.v[i].value);
		}
		stk_json_end_object(w);
	}
	write_layers(w, target);
	stk_json_key(w, "counts");
	stk_json_begin_object(w);
	for (size_t severity = STK_SEV_COUNT; severity-- > 0;)
		stk_json_put_int(w, stk_severity_name((enum stk_severity)severity), (int64_t)counts.of[severity]);
	stk_json_put_int(w, "suppressed", (int64_t)counts.suppressed);
	stk_json_end_object(w);
	stk_json_end_object(w);
}

/* file, line and column are of a text; path, image_layer and layer_index of an image; service of a Compose
   file. */
static void write_location(struct stk_json_writer *w, const struct stk_location *at)
{
	stk_json_key(w, "location");
	stk_json_begin_object(w);
	stk_json_put_str_if(w, "file", at->file);
	put_number_if(w, "line", at->line);
	put_number_if(w, "column", at->column);
	put_number_if(w, "end_line", at->end_line);
	put_number_if(w, "end_column", at->end_column);
	stk_json_put_str_if(w, "path", at->path);
	stk_json_put_str_if(w, "image_layer", at->layer);
	put_number_if(w, "layer_index", at->layer_index);
	stk_json_put_str_if(w, "instruction", at->instruction);
	stk_json_put_str_if(w, "commit", at->commit);
	stk_json_put_str_if(w, "commit_path", at->commit_path);
	stk_json_put_str_if(w, "commit_author", at->commit_author);
	stk_json_put_str_if(w, "commit_date", at->commit_date);
	stk_json_put_str_if(w, "service", at->service);
	stk_json_end_object(w);
}

static void write_package(struct stk_json_writer *w, const struct stk_package *p)
{
	stk_json_begin_object(w);
	stk_json_put_str(w, "name", p->name);
	stk_json_put_str(w, "version", p->version);
	stk_json_put_str_if(w, "ecosystem", p->ecosystem);
	stk_json_put_str_if(w, "namespace", p->namespace);
	stk_json_put_str_if(w, "architecture", p->architecture);
	stk_json_put_str_if(w, "source_name", p->source_name);
	stk_json_put_str_if(w, "source_version", p->source_version);
	stk_json_put_str_if(w, "license", p->license);
	stk_json_put_str_if(w, "maintainer", p->maintainer);
	stk_json_put_str_if(w, "purl", p->purl);
	stk_json_put_str_if(w, "path", p->path);
	stk_json_put_str_if(w, "image_layer", p->layer);
	put_number_if(w, "layer_index", p->layer_index);
	stk_json_put_int(w, "target", (int64_t)p->target);
	stk_json_end_object(w);
}

/* The package stands in the finding whole, so that one finding can be read by itself. */
static void write_vulnerability(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_vulnerability *v)
{
	stk_json_key(w, "package");
	write_package(w, v->package);
	stk_json_key(w, "vulnerability");
	stk_json_begin_object(w);
	stk_json_put_str_if(w, "advisory", v->advisory);
	stk_json_put_str_if(w, "fixed_version", v->fixed_version);
	stk_json_put_str_if(w, "status", v->status);
	stk_json_put_str_if(w, "severity_source", v->severity_source);
	stk_json_put_str_if(w, "description", v->description);
	put_time_if(w, arena, "published", v->published);
	put_time_if(w, arena, "modified", v->modified);
	stk_json_key(w, "cvss");
	stk_json_begin_array(w);
	for (size_t i = 0; i < v->cvss.n; i++) {
		stk_json_begin_object(w);
		stk_json_put_str_if(w, "source", v->cvss.v[i].source);
		stk_json_put_str(w, "vector", v->cvss.v[i].vector);
		stk_json_key(w, "score");
		stk_json_write_double(w, v->cvss.v[i].score);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
	stk_json_put_strs(w, "references", &v->references);
	stk_json_put_strs(w, "cwes", &v->cwes);
	stk_json_end_object(w);
}

/* begin and end are bytes of the file as it was read. */
static void write_fix(struct stk_json_writer *w, const struct stk_fix *fix)
{
	stk_json_key(w, "fix");
	stk_json_begin_object(w);
	stk_json_put_str(w, "description", fix->description);
	stk_json_put_bool(w, "safe", fix->safe);
	stk_json_put_str_if(w, "command", fix->command);
	stk_json_key(w, "edits");
	stk_json_begin_array(w);
	for (size_t i = 0; i < fix->edits.n; i++) {
		const struct stk_edit *edit = &fix->edits.v[i];
		stk_json_begin_object(w);
		stk_json_put_str(w, "file", edit->file);
		stk_json_put_int(w, "begin", (int64_t)edit->begin);
		stk_json_put_int(w, "end", (int64_t)edit->end);
		stk_json_put_str(w, "text", edit->text);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
	stk_json_end_object(w);
}

static void write_suppression(struct stk_json_writer *w, const struct stk_suppression *suppressed)
{
	stk_json_key(w, "suppressed");
	stk_json_begin_object(w);
	stk_json_put_str(w, "by", suppressed->by);
	stk_json_put_str_if(w, "reason", suppressed->reason);
	stk_json_put_str_if(w, "expires", suppressed->expires);
	stk_json_end_object(w);
}

/* The fingerprint stays the same while lines move: dashboards know a finding again by it. */
static void write_finding(struct stk_json_writer *w, const struct stk_report *report, const struct stk_finding *finding)
{
	char fingerprint[33];
	stk_finding_fingerprint(report, finding, fingerprint);
	stk_json_begin_object(w);
	stk_json_put_str(w, "id", finding->id);
	stk_json_put_strs(w, "aliases", &finding->aliases);
	stk_json_put_text(w, "severity", stk_severity_name(finding->severity));
	stk_json_put_text(w, "layer", stk_layer_name(finding->layer));
	stk_json_put_int(w, "target", (int64_t)finding->target);
	stk_json_put_str(w, "title", finding->title);
	stk_json_put_str(w, "message", finding->message);
	stk_json_put_str_if(w, "why", finding->why);
	stk_json_put_str_if(w, "remedy", finding->remedy);
	stk_json_put_str_if(w, "url", finding->url);
	write_location(w, &finding->location);
	if (finding->evidence.n)
		stk_json_put_strs(w, "evidence", &finding->evidence);
	if (finding->vulnerability)
		write_vulnerability(w, report->arena, finding->vulnerability);
	if (finding->fix)
		write_fix(w, finding->fix);
	if (finding->suppressed)
		write_suppression(w, finding->suppressed);
	stk_json_put_text(w, "fingerprint", fingerprint);
	stk_json_end_object(w);
}

/* Always written, an empty list too: no gaps is an answer. */
static void write_gaps(struct stk_json_writer *w, const struct stk_report *report)
{
	stk_json_key(w, "incomplete");
	stk_json_begin_array(w);
	for (size_t i = 0; i < report->incomplete.n; i++) {
		stk_json_begin_object(w);
		stk_json_put_int(w, "target", (int64_t)report->incomplete.v[i].target);
		stk_json_put_str(w, "what", report->incomplete.v[i].what);
		stk_json_put_str(w, "why", report->incomplete.v[i].why);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
}

static void write_checklist(struct stk_json_writer *w, const struct stk_report *report)
{
	if (!report->checklist.n)
		return;
	stk_json_key(w, "checklist");
	stk_json_begin_array(w);
	for (size_t i = 0; i < report->checklist.n; i++) {
		const struct stk_item *item = &report->checklist.v[i];
		stk_json_begin_object(w);
		stk_json_put_str(w, "id", item->id);
		stk_json_put_text(w, "layer", stk_layer_name(item->layer));
		stk_json_put_str(w, "text", item->text);
		stk_json_put_text(w, "state", stk_item_state_name(item->state));
		stk_json_put_str_if(w, "reason", item->reason);
		stk_json_put_int(w, "findings", (int64_t)item->findings);
		stk_json_put_strs(w, "rules", &item->rules);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
}

static void write_drawings(struct stk_json_writer *w, const struct stk_report *report)
{
	if (!report->drawings.n)
		return;
	stk_json_key(w, "drawings");
	stk_json_begin_array(w);
	for (size_t i = 0; i < report->drawings.n; i++) {
		stk_json_begin_object(w);
		stk_json_put_str(w, "title", report->drawings.v[i].title);
		stk_json_put_str(w, "svg", report->drawings.v[i].svg);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
}

/* docs/report.schema.json describes it. Lists that few reports have are left out when empty. */
void stk_render_json(const struct stk_report *report, const struct stk_render_options *options, struct stk_buf *out)
{
	struct stk_json_writer w = stk_json_writer(out, 2);
	stk_json_begin_object(&w);
	stk_json_put_text(&w, "schema", "strake/1");
	stk_json_key(&w, "targets");
	stk_json_begin_array(&w);
	for (size_t i = 0; i < report->targets.n; i++)
		write_target(&w, report, i);
	stk_json_end_array(&w);
	stk_json_key(&w, "findings");
	stk_json_begin_array(&w);
	for (size_t i = 0; i < report->findings.n; i++)
		if (!report->findings.v[i].suppressed || options->show_suppressed)
			write_finding(&w, report, &report->findings.v[i]);
	stk_json_end_array(&w);
	stk_json_key(&w, "packages");
	stk_json_begin_array(&w);
	for (size_t i = 0; i < report->packages.n; i++)
		write_package(&w, report->packages.v[i]);
	stk_json_end_array(&w);
	write_gaps(&w, report);
	stk_json_put_strs(&w, "notices", &report->notices);
	stk_json_put_strs_if(&w, "unseen", &report->unseen);
	write_checklist(&w, report);
	stk_json_put_strs_if(&w, "paths", &report->paths);
	write_drawings(&w, report);
	stk_json_end_object(&w);
	stk_buf_byte(out, '\n');
}
