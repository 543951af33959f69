/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See summary.h. The fingerprint is what baselines, GitHub and GitLab recognise a finding by
 * from run to run; whatever goes into it must not change when lines move.
 */
#include "report/summary.h"

#include <stdio.h>

#include "base/banned.h"

struct stk_counts stk_report_count(const struct stk_report *report, size_t target)
{
	struct stk_counts counts = { 0 };
	STK_EACH_FINDING(finding, report, target)
	{
		if (finding->suppressed) {
			counts.suppressed++;
			continue;
		}
		counts.of[finding->severity]++;
		counts.total++;
	}
	for (size_t i = 0; i < report->incomplete.n; i++)
		counts.gaps += target == SIZE_MAX || report->incomplete.v[i].target == target;
	return counts;
}

void stk_counts_text(struct stk_buf *out, const struct stk_counts *counts)
{
	const char *separator = "";
	for (size_t severity = STK_SEV_COUNT; severity-- > 0;) {
		if (!counts->of[severity])
			continue;
		stk_buf_printf(out, "%s%zu %s", separator, counts->of[severity],
			       stk_severity_name((enum stk_severity)severity));
		separator = ", ";
	}
	if (!counts->total)
		stk_buf_add(out, counts->gaps ? S("nothing found in what could be scanned") : S("nothing found"));
	if (counts->suppressed)
		stk_buf_printf(out, " (%zu ignored)", counts->suppressed);
}

void stk_headline_text(struct stk_buf *out, const struct stk_report *report)
{
	struct stk_counts counts = stk_report_count(report, SIZE_MAX);
	stk_counts_text(out, &counts);
	if (report->unseen.n)
		stk_buf_printf(out, ", %zu image%s not looked at", report->unseen.n, report->unseen.n == 1 ? "" : "s");
}

/* "path:line (layer n)" in an image, "file:line:column" in the folder. */
void stk_finding_place(struct stk_buf *out, const struct stk_report *report, const struct stk_finding *finding)
{
	const struct stk_location *at = &finding->location;
	if (at->path.n) {
		stk_buf_add(out, at->path);
		if (at->line)
			stk_buf_printf(out, ":%u", at->line);
	} else {
		stk_buf_add(out, at->file.n ? at->file : report->targets.v[finding->target].name);
		if (at->line)
			stk_buf_printf(out, at->column ? ":%u:%u" : ":%u", at->line, at->column);
	}
	if (at->layer_index > 0)
		stk_buf_printf(out, " (layer %d)", at->layer_index);
}

struct stk_str stk_finding_message(const struct stk_finding *finding)
{
	struct stk_str message = finding->message.n ? finding->message
				 : finding->title.n ? finding->title
						    : finding->id;
	return stk_str_cut_line(&message);
}

/* Findings come in the order of their lines, so the search goes on where the last one ended. A line may have thousands
   of findings and be as long as the file, so that its end is looked for once. */
static struct stk_str find_line(const struct stk_target *target, struct stk_line_cursor *cursor, uint32_t line)
{
	struct stk_line_cursor from_start = { .line = 1, .n = SIZE_MAX };
	if (!line)
		return S("");
	if (!cursor->line || cursor->line > line || cursor->offset > target->text.n)
		*cursor = from_start;
	struct stk_str rest = stk_str_slice(target->text, cursor->offset, target->text.n);
	while (cursor->line < line && rest.n) {
		stk_str_cut_line(&rest);
		*cursor = (struct stk_line_cursor){ .line = cursor->line + 1,
						    .offset = target->text.n - rest.n,
						    .n = SIZE_MAX };
	}
	if (cursor->line != line)
		return S("");
	if (cursor->n == SIZE_MAX)
		cursor->n = stk_str_cut_line(&rest).n;
	return stk_str_slice(target->text, cursor->offset, cursor->offset + cursor->n);
}

struct stk_str stk_target_line(const struct stk_target *target, uint32_t line)
{
	struct stk_line_cursor own = { 0 };
	return find_line(target, target->cursor ? target->cursor : &own, line);
}

/* Counts on from the last column asked for, forwards or backwards: findings come in their order. */
int64_t stk_target_character(const struct stk_target *target, uint32_t line, uint32_t column)
{
	struct stk_line_cursor own = { 0 }, *cursor = target->cursor ? target->cursor : &own;
	struct stk_str text = find_line(target, cursor, line);
	size_t bytes = column ? column - 1 : 0;
	if (!line || cursor->line != line)
		return 1;
	bytes = bytes < text.n ? bytes : text.n;
	for (; cursor->bytes < bytes; cursor->bytes++)
		cursor->characters += ((unsigned char)text.p[cursor->bytes] & 0xc0) != 0x80;
	for (; cursor->bytes > bytes; cursor->bytes--)
		cursor->characters -= ((unsigned char)text.p[cursor->bytes - 1] & 0xc0) != 0x80;
	return (int64_t)cursor->characters + 1;
}

static uint64_t hash_of_line(const struct stk_target *target, uint32_t line)
{
	struct stk_line_cursor own = { 0 }, *cursor = target->cursor ? target->cursor : &own;
	struct stk_str text = find_line(target, cursor, line);
	if (!line || cursor->line != line)
		return stk_str_hash(S(""));
	if (!cursor->hash)
		cursor->hash = stk_str_hash(stk_str_trim(text));
	return cursor->hash;
}

/* No cryptography: nobody gains by a collision but who made the finding. */
static uint64_t mix(uint64_t hash, uint64_t part)
{
	return (hash ^ part) * UINT64_C(0x9e3779b97f4a7c15);
}

void stk_finding_fingerprint(const struct stk_report *report, const struct stk_finding *finding, char out[33])
{
	const struct stk_target *target = &report->targets.v[finding->target];
	const struct stk_vulnerability *v = finding->vulnerability;
	if (finding->fingerprint.n == 32) {
		snprintf(out, 33, STK_FMT, STK_ARG(finding->fingerprint));
		return;
	}
	/* Changing this list makes every known finding a new one for everybody. */
	uint64_t parts[] = {
		stk_str_hash(finding->id),
		stk_str_hash(finding->location.file.n ? finding->location.file : target->name),
		stk_str_hash(finding->location.path),
		stk_str_hash(finding->location.service),
		stk_str_hash(v ? v->package->name : S("")),
		stk_str_hash(v ? v->package->version : S("")),
		hash_of_line(target, finding->location.line),
		/* A fix that comes out makes no other finding of a vulnerability. */
		stk_str_hash(v ? S("") : stk_finding_message(finding)),
	};
	uint64_t low = 1, high = 2;
	for (size_t i = 0; i < STK_LEN(parts); i++) {
		low = mix(low, parts[i]);
		high = mix(high ^ low >> 7, parts[i]);
	}
	snprintf(out, 33, "%016llx%016llx", (unsigned long long)high, (unsigned long long)low);
}
